package worker

import (
	"context"

	"github.com/riverqueue/river"

	"plinth/jobs"
)

type exportProject struct {
	river.WorkerDefaults[jobs.ExportProject]
	m Modules
}

func (w *exportProject) Work(ctx context.Context, job *river.Job[jobs.ExportProject]) error {
	a := job.Args
	step := func(ctx context.Context) (bool, error) { return w.m.Transfer.RunExport(ctx, a.TenantID, a.ExportID) }
	return inTurns(ctx, job.JobRow, step, func(ctx context.Context) error { return w.m.Transfer.GiveUpExport(ctx, a.TenantID, a.ExportID) })
}

type runImport struct {
	river.WorkerDefaults[jobs.RunImport]
	m Modules
}

func (w *runImport) Work(ctx context.Context, job *river.Job[jobs.RunImport]) error {
	a := job.Args
	step := func(ctx context.Context) (bool, error) { return w.m.Transfer.RunImport(ctx, a.TenantID, a.ImportID) }
	return inTurns(ctx, job.JobRow, step, func(ctx context.Context) error { return w.m.Transfer.GiveUpImport(ctx, a.TenantID, a.ImportID) })
}
