package worker

import (
	"context"

	"github.com/riverqueue/river"

	"plinth/jobs"
)

type tidyPictures struct {
	river.WorkerDefaults[jobs.TidyPictures]
	m Modules
}

func (w *tidyPictures) Work(ctx context.Context, job *river.Job[jobs.TidyPictures]) error {
	return w.m.Pictures.Tidy(ctx, job.Args.UserID, job.Args.Dropped)
}

type tidyLogos struct {
	river.WorkerDefaults[jobs.TidyLogos]
	m Modules
}

func (w *tidyLogos) Work(ctx context.Context, job *river.Job[jobs.TidyLogos]) error {
	return w.m.Tenants.TidyLogo(ctx, job.Args.Tenant(), job.Args.Dropped)
}
