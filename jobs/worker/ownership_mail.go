package worker

import (
	"context"

	"github.com/riverqueue/river"

	"plinth/jobs"
	"plinth/views/mail"
)

type sendOwnership struct {
	river.WorkerDefaults[jobs.SendOwnership]
	m Modules
}

func (w *sendOwnership) Work(ctx context.Context, job *river.Job[jobs.SendOwnership]) error {
	a := job.Args
	data, err := w.m.Tenants.OwnershipMail(ctx, a.TenantID, a.TransferID, a.Done)
	if err != nil {
		return done(err)
	}
	kind := "ownership_offer"
	if a.Done {
		kind = "ownership_done"
	}
	return w.m.send(ctx, kind, a.TransferID.String(), a.TenantID, mail.Ownership(data))
}
