// Package worker does the background work. Each kind is one call of a module; a mail kind is one call for its data and
// one mails.Send.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/internal/events"
	"plinth/internal/files"
	"plinth/internal/mails"
	"plinth/internal/notify"
	"plinth/internal/privacy"
	"plinth/internal/projects"
	"plinth/internal/tenants"
	"plinth/internal/transfer"
	"plinth/internal/users"
	"plinth/jobs"
)

// Modules are what the work is done with.
type Modules struct {
	Auth     *auth.Auth
	Tenants  *tenants.Tenants
	Pictures *users.Pictures
	Mails    *mails.Mails
	Billing  *billing.Billing
	Files    *files.Files
	Projects *projects.Projects
	Audit    *events.Audit
	Privacy  *privacy.Privacy
	Notify   *notify.Notify
	Transfer *transfer.Transfer
}

// Options say how the worker runs; tests shorten the times.
type Options struct {
	Log *slog.Logger
	// RescueAfter is when a job whose worker died is taken up again; zero is jobs.RescueAfter.
	RescueAfter time.Duration
	// Timeout is how long one job may run; zero is jobs.Timeout. It must be below RescueAfter.
	Timeout time.Duration
	// PollOnly does without LISTEN, as behind a pooler in transaction mode.
	PollOnly bool
	// FetchCooldown is the pause between two looks at the queue; zero is River's 100 ms.
	FetchCooldown time.Duration
	// FetchPoll is after how long the queue is looked at although nothing was told; zero is a second.
	FetchPoll time.Duration
	// Periodic is false in tests that count jobs.
	Periodic bool
}

// Add registers every kind.
func (m Modules) workers() *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, &sendVerification{m: m})
	river.AddWorker(w, &sendReset{m: m})
	river.AddWorker(w, &sendSecurityNotice{m: m})
	river.AddWorker(w, &sendSignInLink{m: m})
	river.AddWorker(w, &sendEmailChange{m: m})
	river.AddWorker(w, &sendInvitation{m: m})
	river.AddWorker(w, &sendOwnership{m: m})
	river.AddWorker(w, &sendSuspension{m: m})
	river.AddWorker(w, &purgeExpired{m: m})
	river.AddWorker(w, &applyStripeEvent{m: m})
	river.AddWorker(w, &syncSeats{m: m})
	river.AddWorker(w, &refetchSubscription{m: m})
	river.AddWorker(w, &sweepBilling{m: m})
	river.AddWorker(w, &syncSubscriptions{m: m})
	river.AddWorker(w, &measureUsage{m: m})
	river.AddWorker(w, &reportUsage{m: m})
	river.AddWorker(w, &checkRevenue{m: m})
	river.AddWorker(w, &sendBillingMail{m: m})
	river.AddWorker(w, &reassignTickets{m: m})
	river.AddWorker(w, &followSettings{m: m})
	river.AddWorker(w, &recountTickets{m: m})
	river.AddWorker(w, &recountAll{m: m})
	river.AddWorker(w, &purgeTrash{m: m})
	river.AddWorker(w, &purgeAllTrash{m: m})
	river.AddWorker(w, &sealAll{m: m})
	river.AddWorker(w, &sealEvents{m: m})
	river.AddWorker(w, &sweepSeals{m: m})
	river.AddWorker(w, &exportAccount{m: m})
	river.AddWorker(w, &sendExportReady{m: m})
	river.AddWorker(w, &exportOrganization{m: m})
	river.AddWorker(w, &sendOrganizationExportReady{m: m})
	river.AddWorker(w, &tidyPictures{m: m})
	river.AddWorker(w, &tidyLogos{m: m})
	river.AddWorker(w, &drawThumbnail{m: m})
	river.AddWorker(w, &tidyFiles{m: m})
	river.AddWorker(w, &tidyAllFiles{m: m})
	river.AddWorker(w, &eraseAccount{m: m})
	river.AddWorker(w, &settleOrganization{m: m})
	river.AddWorker(w, &sendClosingMail{m: m})
	river.AddWorker(w, &purgeOrganization{m: m})
	river.AddWorker(w, &notifyTicket{m: m})
	river.AddWorker(w, &sendNotification{m: m})
	river.AddWorker(w, &sendDigest{m: m})
	river.AddWorker(w, &sendReport{m: m})
	river.AddWorker(w, &tendNotifications{m: m})
	river.AddWorker(w, &tendAllNotifications{m: m})
	river.AddWorker(w, &exportProject{m: m})
	river.AddWorker(w, &runImport{m: m})
	return w
}

// New returns a client that works all queues; Start and Stop are its owner's.
func New(pool *pgxpool.Pool, m Modules, o Options) (*river.Client[pgx.Tx], error) {
	if o.RescueAfter == 0 {
		o.RescueAfter = jobs.RescueAfter
	}
	if o.Timeout == 0 {
		o.Timeout = jobs.Timeout
	}
	if o.FetchPoll == 0 {
		o.FetchPoll = max(o.FetchCooldown, time.Second)
	}
	config := &river.Config{
		Schema: jobs.Schema, Logger: o.Log, Workers: m.workers(), PollOnly: o.PollOnly,
		Queues: map[string]river.QueueConfig{
			jobs.QueueDefault: {MaxWorkers: 10}, jobs.QueueMail: {MaxWorkers: 5}, jobs.QueueBilling: {MaxWorkers: 10},
			jobs.QueueAudit: {MaxWorkers: 4}, jobs.QueueBulk: {MaxWorkers: 2},
		},
		JobTimeout: o.Timeout, RescueStuckJobsAfter: o.RescueAfter,
		FetchCooldown: o.FetchCooldown, FetchPollInterval: o.FetchPoll,
		// A role that owns nothing cannot reindex.
		ReindexerIndexNames: []string{},
		ErrorHandler:        &errorLog{o.Log},
	}
	if o.Periodic {
		config.PeriodicJobs = periodic()
	}
	client, err := river.NewClient(riverpgxv5.New(pool), config)
	if err != nil {
		return nil, fmt.Errorf("make the worker: %w", err)
	}
	return client, nil
}

func periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{
		river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) {
			return jobs.PurgeExpired{}, nil
		}, &river.PeriodicJobOpts{ID: "purge_expired"}),
		river.NewPeriodicJob(river.PeriodicInterval(15*time.Minute), func() (river.JobArgs, *river.InsertOpts) {
			return jobs.SweepBilling{}, nil
		}, &river.PeriodicJobOpts{ID: "sweep_billing", RunOnStart: true}),
		river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) {
			return jobs.MeasureUsage{}, nil
		}, &river.PeriodicJobOpts{ID: "measure_usage", RunOnStart: true}),
		river.NewPeriodicJob(hourly{}, func() (river.JobArgs, *river.InsertOpts) {
			return jobs.TendAllNotifications{}, nil
		}, &river.PeriodicJobOpts{ID: "tend_all_notifications", RunOnStart: true}),
		river.NewPeriodicJob(nightly{hour: 3}, func() (river.JobArgs, *river.InsertOpts) {
			return jobs.SyncSubscriptions{}, nil
		}, &river.PeriodicJobOpts{ID: "sync_subscriptions"}),
		river.NewPeriodicJob(nightly{hour: 2}, func() (river.JobArgs, *river.InsertOpts) {
			return jobs.RecountAll{}, nil
		}, &river.PeriodicJobOpts{ID: "recount_all"}),
		river.NewPeriodicJob(nightly{hour: 1}, func() (river.JobArgs, *river.InsertOpts) {
			return jobs.TidyAllFiles{}, nil
		}, &river.PeriodicJobOpts{ID: "tidy_all_files"}),
		river.NewPeriodicJob(nightly{hour: 0}, func() (river.JobArgs, *river.InsertOpts) {
			return jobs.PurgeAllTrash{}, nil
		}, &river.PeriodicJobOpts{ID: "purge_all_trash"}),
		river.NewPeriodicJob(river.PeriodicInterval(3*time.Second), func() (river.JobArgs, *river.InsertOpts) {
			return jobs.SealAll{}, nil
		}, &river.PeriodicJobOpts{ID: "seal_all", RunOnStart: true}),
		river.NewPeriodicJob(nightly{hour: 4}, func() (river.JobArgs, *river.InsertOpts) {
			return jobs.SweepSeals{}, nil
		}, &river.PeriodicJobOpts{ID: "sweep_seals", RunOnStart: true}),
	}
}

// nightly is once a day, at an hour when few people work.
type nightly struct{ hour int }

// Next is the hour's next beginning, in UTC.
func (n nightly) Next(t time.Time) time.Time {
	t = t.UTC()
	next := time.Date(t.Year(), t.Month(), t.Day(), n.hour, 0, 0, 0, time.UTC)
	if !next.After(t) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

// hourly is when an hour begins, as mornings do.
type hourly struct{}

// Next is the next hour's beginning.
func (hourly) Next(t time.Time) time.Time { return t.Truncate(time.Hour).Add(time.Hour) }

// done turns "nothing to do any more" into the end of the job without further tries.
func done(err error) error {
	if errors.Is(err, jobs.ErrNothingToDo) {
		return river.JobCancel(err)
	}
	return err
}

// errorLog writes what went wrong in a job, without its arguments.
type errorLog struct{ log *slog.Logger }

func (e *errorLog) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	level := slog.LevelWarn
	if job.Attempt >= job.MaxAttempts {
		level = slog.LevelError
	}
	e.log.Log(ctx, level, "job", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "error", err)
	return nil
}

func (e *errorLog) HandlePanic(ctx context.Context, job *rivertype.JobRow, panicVal any, trace string) *river.ErrorHandlerResult {
	e.log.Log(ctx, slog.LevelError, "job panicked", "kind", job.Kind, "job", job.ID, "panic", panicVal, "trace", trace)
	return nil
}
