package worker

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"

	"plinth/jobs"
	"plinth/views/mail"
)

type notifyTicket struct {
	river.WorkerDefaults[jobs.NotifyTicket]
	m Modules
}

func (w *notifyTicket) Work(ctx context.Context, job *river.Job[jobs.NotifyTicket]) error {
	return done(w.m.Notify.Tell(ctx, job.Args.TenantID, job.Args.Event))
}

type sendNotification struct {
	river.WorkerDefaults[jobs.SendNotification]
	m Modules
}

func (w *sendNotification) Work(ctx context.Context, job *river.Job[jobs.SendNotification]) error {
	data, err := w.m.Notify.Mail(ctx, job.Args.TenantID, job.Args.ID)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "notification", job.Args.ID.String(), job.Args.TenantID, mail.Notification(data))
}

type sendDigest struct {
	river.WorkerDefaults[jobs.SendDigest]
	m Modules
}

func (w *sendDigest) Work(ctx context.Context, job *river.Job[jobs.SendDigest]) error {
	a := job.Args
	data, err := w.m.Notify.Digest(ctx, a.TenantID, a.UserID, a.At)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "digest", fmt.Sprintf("%s:%s:%d", a.TenantID, a.UserID, a.At), a.TenantID, mail.Digest(data))
}

type sendReport struct {
	river.WorkerDefaults[jobs.SendReport]
	m Modules
}

func (w *sendReport) Work(ctx context.Context, job *river.Job[jobs.SendReport]) error {
	a := job.Args
	data, err := w.m.Notify.ReportMail(ctx, a.TenantID, a.ProjectID, a.UserID, a.Week)
	if err != nil {
		return done(err)
	}
	return w.m.send(ctx, "report", fmt.Sprintf("%s:%s:%s:%s", a.TenantID, a.ProjectID, a.UserID, a.Week), a.TenantID, mail.Report(data))
}

type tendNotifications struct {
	river.WorkerDefaults[jobs.TendNotifications]
	m Modules
}

func (w *tendNotifications) Work(ctx context.Context, job *river.Job[jobs.TendNotifications]) error {
	return w.m.Notify.Tend(ctx, job.Args.TenantID)
}

type tendAllNotifications struct {
	river.WorkerDefaults[jobs.TendAllNotifications]
	m Modules
}

func (w *tendAllNotifications) Work(ctx context.Context, job *river.Job[jobs.TendAllNotifications]) error {
	return w.m.Notify.TendAll(ctx, job.Args.After)
}
