package worker

import (
	"context"
	"errors"

	"github.com/riverqueue/river"

	"plinth/jobs"
	"plinth/views/mail"
)

type sendSuspension struct {
	river.WorkerDefaults[jobs.SendSuspension]
	m Modules
}

func (w *sendSuspension) Work(ctx context.Context, job *river.Job[jobs.SendSuspension]) error {
	a := job.Args
	owners, err := w.m.Tenants.SuspensionMails(ctx, a.TenantID, a.Suspended)
	if err != nil {
		return done(err)
	}
	var failed []error // an address that takes nothing must not keep the mail from the others
	for _, data := range owners {
		failed = append(failed, w.m.send(ctx, "suspension", a.Cause.String()+":"+data.UserID.String(), a.TenantID, mail.Suspension(data)))
	}
	return errors.Join(failed...)
}
