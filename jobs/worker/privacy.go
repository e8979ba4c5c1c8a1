package worker

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"plinth/jobs"
	"plinth/views/mail"
)

type exportAccount struct {
	river.WorkerDefaults[jobs.ExportAccount]
	m Modules
}

func (w *exportAccount) Work(ctx context.Context, job *river.Job[jobs.ExportAccount]) error {
	more, err := w.m.Privacy.Run(ctx, job.Args.ExportID)
	if err == nil && more {
		return river.JobSnooze(0) // others get their turn; this one goes on where it was
	}
	err = done(err)
	if err != nil && job.Attempt >= job.MaxAttempts {
		// The step may have run out of time, and its person is still to be told.
		err = errors.Join(err, w.m.Privacy.GiveUp(context.WithoutCancel(ctx), job.Args.ExportID))
	}
	return err
}

type sendExportReady struct {
	river.WorkerDefaults[jobs.SendExportReady]
	m Modules
}

func (w *sendExportReady) Work(ctx context.Context, job *river.Job[jobs.SendExportReady]) error {
	data, err := w.m.Privacy.ReadyMail(ctx, job.Args.ExportID)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "export_ready", job.Args.ExportID.String(), uuid.Nil, mail.ExportReady(data))
}
