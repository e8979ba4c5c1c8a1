package worker

import (
	"context"

	"github.com/riverqueue/river"

	"plinth/jobs"
)

type checkRevenue struct {
	river.WorkerDefaults[jobs.CheckRevenue]
	m Modules
}

func (w *checkRevenue) Work(ctx context.Context, job *river.Job[jobs.CheckRevenue]) error {
	return done(w.m.Billing.CheckRevenue(ctx, job.Args.CheckID, job.Args.After))
}
