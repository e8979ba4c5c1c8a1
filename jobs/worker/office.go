package worker

import (
	"context"

	"github.com/riverqueue/river"

	"plinth/jobs"
)

type actOnJobs struct {
	river.WorkerDefaults[jobs.ActOnJobs]
	m Modules
}

func (w *actOnJobs) Work(ctx context.Context, job *river.Job[jobs.ActOnJobs]) error {
	return again(w.m.Admin.ActOnJobs(ctx, job.Args.Act))
}
