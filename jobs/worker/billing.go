package worker

import (
	"context"
	"encoding/binary"
	"errors"
	"strconv"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

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

// runOf is the report of a job, with the time it was made in, so that reports sort by it.
func runOf(job *rivertype.JobRow) uuid.UUID {
	id := uuid.NewSHA1(uuid.Nil, []byte(strconv.FormatInt(job.ID, 10)))
	binary.BigEndian.PutUint64(id[:8], uint64(job.CreatedAt.UnixMilli())<<16|7<<12)
	return id
}

func (w *syncSubscriptions) Work(ctx context.Context, job *river.Job[jobs.SyncSubscriptions]) error {
	run := job.Args.Run
	if run == uuid.Nil { // a job that is tried again goes on with the report that it began
		run = runOf(job.JobRow)
	}
	return w.m.Billing.Sync(ctx, run, job.Args.After)
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
