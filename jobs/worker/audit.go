package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"plinth/jobs"
)

type sealAll struct {
	river.WorkerDefaults[jobs.SealAll]
	m Modules
}

func (w *sealAll) Work(ctx context.Context, _ *river.Job[jobs.SealAll]) error {
	return w.m.Audit.SealAll(ctx)
}

type sealEvents struct {
	river.WorkerDefaults[jobs.SealEvents]
	m Modules
}

func (w *sealEvents) Work(ctx context.Context, job *river.Job[jobs.SealEvents]) error {
	if !job.Args.Sweep {
		return w.m.Audit.Seal(ctx, job.Args.TenantID)
	}
	more, err := w.m.Audit.Sweep(ctx, job.Args.TenantID)
	if err == nil && more {
		return river.JobSnooze(time.Second)
	}
	return err
}

type sweepSeals struct {
	river.WorkerDefaults[jobs.SweepSeals]
	m Modules
}

func (w *sweepSeals) Work(ctx context.Context, job *river.Job[jobs.SweepSeals]) error {
	return w.m.Audit.SweepAll(ctx, job.Args.After)
}
