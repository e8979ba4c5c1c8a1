package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"plinth/jobs"
	"plinth/views/mail"
)

type settleOrganization struct {
	river.WorkerDefaults[jobs.SettleOrganization]
	m Modules
}

func (w *settleOrganization) Work(ctx context.Context, job *river.Job[jobs.SettleOrganization]) error {
	return done(w.m.Tenants.Settle(ctx, job.Args.TenantID, job.Args.Asked))
}

type purgeOrganization struct {
	river.WorkerDefaults[jobs.PurgeOrganization]
	m Modules
}

func (w *purgeOrganization) Work(ctx context.Context, job *river.Job[jobs.PurgeOrganization]) error {
	more, err := w.m.Privacy.PurgeOrganization(ctx, job.Args.TenantID)
	if err == nil && more {
		return river.JobSnooze(0) // others get their turn; this one goes on where it was
	}
	return done(err)
}

type sendClosingMail struct {
	river.WorkerDefaults[jobs.SendClosingMail]
	m Modules
}

func (w *sendClosingMail) Work(ctx context.Context, job *river.Job[jobs.SendClosingMail]) error {
	a := job.Args
	owners, err := w.m.Tenants.ClosingMails(ctx, a.TenantID, a.Mail)
	if err != nil {
		return done(err)
	}
	var failed []error // an address that takes nothing must not keep the mail from the others
	for _, data := range owners {
		failed = append(failed, w.m.send(ctx, a.Mail, fmt.Sprintf("%s:%d:%s", a.TenantID, a.Asked, data.UserID), a.TenantID, mail.Closing(data)))
	}
	return errors.Join(failed...)
}
