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
	"plinth/internal/webhooks"
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
	Metrics  *events.Metrics
	Privacy  *privacy.Privacy
	Notify   *notify.Notify
	Transfer *transfer.Transfer
	Leases   jobs.Leases
	// Forget drops what all processes told of themselves long ago.
	Forget   func(context.Context) error
	Events   *events.Dispatcher
	Webhooks *webhooks.Webhooks
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
	// FetchCooldown is the pause between two looks at a queue; zero is fetchCooldown.
	FetchCooldown time.Duration
	// FetchPoll is after how long the queue is looked at although nothing was told; zero is a second.
	FetchPoll time.Duration
	// Periodic is false in tests that count jobs.
	Periodic bool
	// Observe hears of each attempt: of which kind, how long it waited and took, and whether it failed; nil hears nothing.
	Observe func(kind string, waited, took time.Duration, failed bool)
	// Also registers further kinds; tests make some up.
	Also func(*river.Workers)
}

// fetchCooldown lets a queue with ten workers begin a thousand jobs in a second; River's own 100 ms would be a hundred.
const fetchCooldown = 10 * time.Millisecond

// workers registers every kind.
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
	river.AddWorker(w, &prepareWebhooks{m: m})
	river.AddWorker(w, &postWebhooks{m: m})
	river.AddWorker(w, &replayWebhooks{m: m})
	river.AddWorker(w, &stopWebhooks{m: m})
	river.AddWorker(w, &sendWebhookPaused{m: m})
	river.AddWorker(w, &tendWebhooks{m: m})
	river.AddWorker(w, &tendAllWebhooks{m: m})
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
	river.AddWorker(w, &countEvents{m: m})
	river.AddWorker(w, &countAccounts{m: m})
	river.AddWorker(w, &sweepMetrics{m: m})
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

// Worker works all queues, and makes jobs of what happens.
type Worker struct {
	*river.Client[pgx.Tx]
	dispatch func(ctx context.Context)
	rest     func() // ends the dispatching and waits for its end
}

// Start begins to work; Stop or StopAndCancel must follow.
func (w *Worker) Start(ctx context.Context) error {
	if err := w.Client.Start(ctx); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	running, end := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.dispatch(running)
	}()
	w.rest = func() { end(); <-ended }
	return nil
}

// Stop takes no new work and waits until what is under way is done, or ctx ends.
func (w *Worker) Stop(ctx context.Context) error {
	w.rest()
	return w.Client.Stop(ctx)
}

// New returns a worker, which does nothing before Start.
func New(pool *pgxpool.Pool, m Modules, o Options) (*Worker, error) {
	if o.RescueAfter == 0 {
		o.RescueAfter = jobs.RescueAfter
	}
	if o.Timeout == 0 {
		o.Timeout = jobs.Timeout
	}
	if o.FetchPoll == 0 {
		o.FetchPoll = max(o.FetchCooldown, time.Second)
	}
	if o.FetchCooldown == 0 {
		o.FetchCooldown = fetchCooldown
	}
	kinds := m.workers()
	if o.Also != nil {
		o.Also(kinds)
	}
	config := &river.Config{
		Schema: jobs.Schema, Logger: o.Log, Workers: kinds, PollOnly: o.PollOnly,
		Queues: map[string]river.QueueConfig{
			jobs.QueueCritical: {MaxWorkers: 10}, jobs.QueueDefault: {MaxWorkers: 10}, jobs.QueueBulk: {MaxWorkers: 4},
			jobs.QueueAudit: {MaxWorkers: 4}, jobs.QueueOutgoing: {MaxWorkers: 20},
			// While a web of the release before still runs, it adds to these. The next release does without them.
			"mail": {MaxWorkers: 2}, "billing": {MaxWorkers: 2},
		},
		Middleware: []rivertype.Middleware{known(m.Mails), oneEach(m.Leases, o.Timeout), timed(o.Observe)},
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
	return &Worker{Client: client, dispatch: func(ctx context.Context) { m.Events.Run(ctx, !o.PollOnly, o.FetchPoll) }}, nil
}

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
