package worker

import (
	"context"
	"errors"

	"github.com/riverqueue/river"

	"plinth/jobs"
)

type purgeExpired struct {
	river.WorkerDefaults[jobs.PurgeExpired]
	m Modules
}

func (w *purgeExpired) Work(ctx context.Context, _ *river.Job[jobs.PurgeExpired]) error {
	return errors.Join(w.m.Auth.Purge(ctx), w.m.Mails.Purge(ctx), w.m.Privacy.Purge(ctx), w.m.Privacy.EraseDue(ctx), w.m.Tenants.Unsettled(ctx), w.m.Privacy.PurgeDue(ctx),
		w.m.Leases.Purge(ctx), w.m.Forget(ctx), w.m.Admin.Purge(ctx))
}
