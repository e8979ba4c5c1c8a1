package worker

import (
	"context"

	"github.com/riverqueue/river"

	"plinth/jobs"
)

type drawThumbnail struct {
	river.WorkerDefaults[jobs.DrawThumbnail]
	m Modules
}

func (w *drawThumbnail) Work(ctx context.Context, job *river.Job[jobs.DrawThumbnail]) error {
	return done(w.m.Files.DrawThumbnail(ctx, job.Args.Tenant(), job.Args.AttachmentID))
}

type tidyFiles struct {
	river.WorkerDefaults[jobs.TidyFiles]
	m Modules
}

func (w *tidyFiles) Work(ctx context.Context, job *river.Job[jobs.TidyFiles]) error {
	more, err := w.m.Files.Tidy(ctx, job.Args.Tenant())
	if err == nil && more {
		return river.JobSnooze(0) // others get their turn; this one goes on where it was
	}
	if err != nil {
		return err
	}
	return w.m.Transfer.Tidy(ctx, job.Args.Tenant())
}

type tidyAllFiles struct {
	river.WorkerDefaults[jobs.TidyAllFiles]
	m Modules
}

func (w *tidyAllFiles) Work(ctx context.Context, job *river.Job[jobs.TidyAllFiles]) error {
	return w.m.Files.TidyAll(ctx, job.Args.After)
}
