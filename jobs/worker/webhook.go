package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"plinth/internal/webhooks"
	"plinth/jobs"
	"plinth/views/mail"
)

type prepareWebhooks struct {
	river.WorkerDefaults[jobs.PrepareWebhooks]
	m Modules
}

func (w *prepareWebhooks) Work(ctx context.Context, job *river.Job[jobs.PrepareWebhooks]) error {
	return done(w.m.Webhooks.Prepare(ctx, job.Args.TenantID, job.Args.Event))
}

type postWebhooks struct {
	river.WorkerDefaults[jobs.PostWebhooks]
	m Modules
}

// Work has a turn at an endpoint. One that finds it taken need not wait: whoever has it looks again before it gives it back.
// But a job that is tried again may be the one that had it, and died.
func (w *postWebhooks) Work(ctx context.Context, job *river.Job[jobs.PostWebhooks]) error {
	err := w.m.Webhooks.Post(ctx, job.Args.TenantID, job.Args.Endpoint, job.Args.Wake)
	if errors.Is(err, webhooks.ErrBusy) {
		if job.Attempt > 1 {
			return river.JobSnooze(5 * time.Second)
		}
		return nil
	}
	return done(err)
}

type replayWebhooks struct {
	river.WorkerDefaults[jobs.ReplayWebhooks]
	m Modules
}

func (w *replayWebhooks) Work(ctx context.Context, job *river.Job[jobs.ReplayWebhooks]) error {
	a := job.Args
	step := func(ctx context.Context) (bool, error) { return w.m.Webhooks.RunReplay(ctx, a.TenantID, a.Replay) }
	return inTurns(ctx, job.JobRow, step, func(ctx context.Context) error { return w.m.Webhooks.GiveUpReplay(ctx, a.TenantID, a.Replay) })
}

type stopWebhooks struct {
	river.WorkerDefaults[jobs.StopWebhooks]
	m Modules
}

func (w *stopWebhooks) Work(ctx context.Context, job *river.Job[jobs.StopWebhooks]) error {
	more, err := w.m.Webhooks.Stop(ctx, job.Args.TenantID, job.Args.Endpoint)
	if err == nil && more {
		return river.JobSnooze(0) // it goes on where it was
	}
	return err
}

type sendWebhookPaused struct {
	river.WorkerDefaults[jobs.SendWebhookPaused]
	m Modules
}

func (w *sendWebhookPaused) Work(ctx context.Context, job *river.Job[jobs.SendWebhookPaused]) error {
	a := job.Args
	people, err := w.m.Webhooks.PausedMails(ctx, a.TenantID, a.Endpoint, a.At)
	if err != nil {
		return done(err)
	}
	var failed []error // an address that takes nothing must not keep the mail from the others
	for _, data := range people {
		failed = append(failed, w.m.send(ctx, "webhook_paused", fmt.Sprintf("%s:%d:%s", a.Endpoint, a.At, data.UserID), a.TenantID, mail.WebhookPaused(data)))
	}
	return errors.Join(failed...)
}

type tendWebhooks struct {
	river.WorkerDefaults[jobs.TendWebhooks]
	m Modules
}

func (w *tendWebhooks) Work(ctx context.Context, job *river.Job[jobs.TendWebhooks]) error {
	return w.m.Webhooks.Tend(ctx, job.Args.TenantID)
}

type tendAllWebhooks struct {
	river.WorkerDefaults[jobs.TendAllWebhooks]
	m Modules
}

func (w *tendAllWebhooks) Work(ctx context.Context, job *river.Job[jobs.TendAllWebhooks]) error {
	return w.m.Webhooks.TendAll(ctx, job.Args.After)
}
