package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"plinth/jobs"
	"plinth/views/mail"
)

type exportAccount struct {
	river.WorkerDefaults[jobs.ExportAccount]
	m Modules
}

func (w *exportAccount) Work(ctx context.Context, job *river.Job[jobs.ExportAccount]) error {
	step := func(ctx context.Context) (bool, error) { return w.m.Privacy.Run(ctx, job.Args.ExportID) }
	return inTurns(ctx, job.JobRow, step, func(ctx context.Context) error { return w.m.Privacy.GiveUp(ctx, job.Args.ExportID) })
}

// inTurns does a step, lets others have their turn when there is more to do, and gives up after the last try.
func inTurns(ctx context.Context, job *rivertype.JobRow, step func(context.Context) (bool, error), giveUp func(context.Context) error) error {
	more, err := caught(ctx, step)
	if err == nil && more {
		return river.JobSnooze(0) // it goes on where it was
	}
	err = done(err)
	if err != nil && job.Attempt >= job.MaxAttempts {
		// The step may have run out of time, and whoever waits is still to be told.
		err = errors.Join(err, giveUp(context.WithoutCancel(ctx)))
	}
	return err
}

// caught turns a panic into an error, so that whoever waits is told of this end as well.
func caught(ctx context.Context, step func(context.Context) (bool, error)) (more bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			more, err = false, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return step(ctx)
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

type exportOrganization struct {
	river.WorkerDefaults[jobs.ExportOrganization]
	m Modules
}

func (w *exportOrganization) Work(ctx context.Context, job *river.Job[jobs.ExportOrganization]) error {
	a := job.Args
	step := func(ctx context.Context) (bool, error) {
		return w.m.Privacy.RunOrganization(ctx, a.TenantID, a.ExportID)
	}
	return inTurns(ctx, job.JobRow, step, func(ctx context.Context) error {
		return w.m.Privacy.GiveUpOrganization(ctx, a.TenantID, a.ExportID)
	})
}

type sendOrganizationExportReady struct {
	river.WorkerDefaults[jobs.SendOrganizationExportReady]
	m Modules
}

func (w *sendOrganizationExportReady) Work(ctx context.Context, job *river.Job[jobs.SendOrganizationExportReady]) error {
	a := job.Args
	data, err := w.m.Privacy.OrganizationReadyMail(ctx, a.TenantID, a.ExportID)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "organization_export_ready", a.ExportID.String(), a.TenantID, mail.OrganizationExportReady(data))
}

type eraseAccount struct {
	river.WorkerDefaults[jobs.EraseAccount]
	m Modules
}

func (w *eraseAccount) Work(ctx context.Context, job *river.Job[jobs.EraseAccount]) error {
	return done(w.m.Privacy.Erase(ctx, job.Args.UserID))
}
