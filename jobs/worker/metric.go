package worker

import (
	"context"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"plinth/jobs"
)

type countEvents struct {
	river.WorkerDefaults[jobs.CountEvents]
	m Modules
}

func (w *countEvents) Work(ctx context.Context, job *river.Job[jobs.CountEvents]) error {
	return again(w.m.Metrics.Count(ctx, job.Args.TenantID))
}

type countAccounts struct {
	river.WorkerDefaults[jobs.CountAccounts]
	m Modules
}

func (w *countAccounts) Work(ctx context.Context, _ *river.Job[jobs.CountAccounts]) error {
	return again(w.m.Metrics.Count(ctx, uuid.Nil))
}

type sweepMetrics struct {
	river.WorkerDefaults[jobs.SweepMetrics]
	m Modules
}

func (w *sweepMetrics) Work(ctx context.Context, job *river.Job[jobs.SweepMetrics]) error {
	return w.m.Metrics.CountAll(ctx, job.Args.After)
}

// again lets others have their turn when there is more to do.
func again(more bool, err error) error {
	if err == nil && more {
		return river.JobSnooze(0)
	}
	return err
}
