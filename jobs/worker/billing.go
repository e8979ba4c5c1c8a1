package worker

import (
	"context"
	"errors"

	"github.com/riverqueue/river"

	"plinth/jobs"
	"plinth/views/mail"
)

type applyStripeEvent struct {
	river.WorkerDefaults[jobs.ApplyStripeEvent]
	m Modules
}

func (w *applyStripeEvent) Work(ctx context.Context, job *river.Job[jobs.ApplyStripeEvent]) error {
	return done(w.m.Billing.ApplyEvent(ctx, job.Args.EventID))
}

type syncSeats struct {
	river.WorkerDefaults[jobs.SyncSeats]
	m Modules
}

func (w *syncSeats) Work(ctx context.Context, job *river.Job[jobs.SyncSeats]) error {
	return done(w.m.Billing.SyncSeats(ctx, job.Args.TenantID))
}

type refetchSubscription struct {
	river.WorkerDefaults[jobs.RefetchSubscription]
	m Modules
}

func (w *refetchSubscription) Work(ctx context.Context, job *river.Job[jobs.RefetchSubscription]) error {
	return done(w.m.Billing.Refetch(ctx, job.Args.TenantID, job.Args.Subscription))
}

type sweepBilling struct {
	river.WorkerDefaults[jobs.SweepBilling]
	m Modules
}

func (w *sweepBilling) Work(ctx context.Context, _ *river.Job[jobs.SweepBilling]) error {
	return w.m.Billing.Sweep(ctx)
}

type syncSubscriptions struct {
	river.WorkerDefaults[jobs.SyncSubscriptions]
	m Modules
}

func (w *syncSubscriptions) Work(ctx context.Context, job *river.Job[jobs.SyncSubscriptions]) error {
	return w.m.Billing.Sync(ctx, job.Args.After)
}

type measureUsage struct {
	river.WorkerDefaults[jobs.MeasureUsage]
	m Modules
}

func (w *measureUsage) Work(ctx context.Context, job *river.Job[jobs.MeasureUsage]) error {
	return w.m.Billing.MeasureUsage(ctx, job.Args.Hour, job.Args.After)
}

type reportUsage struct {
	river.WorkerDefaults[jobs.ReportUsage]
	m Modules
}

func (w *reportUsage) Work(ctx context.Context, job *river.Job[jobs.ReportUsage]) error {
	return done(w.m.Billing.ReportUsage(ctx, job.Args.TenantID, job.Args.Hour))
}

type sendBillingMail struct {
	river.WorkerDefaults[jobs.SendBillingMail]
	m Modules
}

func (w *sendBillingMail) Work(ctx context.Context, job *river.Job[jobs.SendBillingMail]) error {
	a := job.Args
	owners, err := w.m.Billing.Mails(ctx, a.Mail, a.TenantID, a.Subscription, a.Invoice)
	if err != nil {
		return done(err)
	}
	var failed []error // an address that takes nothing must not keep the mail from the others
	for _, data := range owners {
		failed = append(failed, w.m.send(ctx, a.Mail, a.Key+":"+data.UserID.String(), a.TenantID, mail.Billing(ctx, data)))
	}
	return errors.Join(failed...)
}
