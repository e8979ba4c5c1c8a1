// Package worker does the background work. Each kind is one call of a module; a mail kind is one call for its data and
// one mails.Send.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"plinth/internal/admin"
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
	Admin    *admin.Admin
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
	// ID names the worker among all; empty is one that River makes up.
	ID string
	// Periodic is false in tests that count jobs.
	Periodic bool
	// Observe hears of each attempt: of which kind, how long it waited and took, and whether it failed; nil hears nothing.
	Observe func(kind string, waited, took time.Duration, failed bool)
	// Also registers further kinds; tests make some up.
	Also func(*river.Workers)
}

// fetchCooldown lets a queue with ten workers begin a thousand jobs in a second; River's own 100 ms would be a hundred.
const fetchCooldown = 10 * time.Millisecond

// limited is a worker with the time that its kind may take.
type limited[T jobs.Args] struct {
	river.Worker[T]
	most time.Duration
}

// Timeout is how long one run may take.
func (l limited[T]) Timeout(*river.Job[T]) time.Duration { return l.most }

// registry takes up the workers of all kinds, each with its time, which is at most most.
type registry struct {
	*river.Workers
	most    time.Duration
	unknown []string // kinds that have not said how long they may take
}

func add[T jobs.Args](r *registry, w river.Worker[T]) {
	var args T
	d, ok := jobs.TimeoutOf(args.Kind())
	if !ok || d <= 0 || d > jobs.Timeout {
		r.unknown = append(r.unknown, args.Kind())
	}
	river.AddWorker(r.Workers, limited[T]{w, min(d, r.most)})
}

// workers registers every kind.
func (m Modules) workers(most time.Duration) (*river.Workers, error) {
	w := &registry{Workers: river.NewWorkers(), most: most}
	add(w, &actOnJobs{m: m})
	add(w, &sendVerification{m: m})
	add(w, &sendReset{m: m})
	add(w, &sendSecurityNotice{m: m})
	add(w, &sendSignInLink{m: m})
	add(w, &sendEmailChange{m: m})
	add(w, &sendInvitation{m: m})
	add(w, &sendOwnership{m: m})
	add(w, &sendSuspension{m: m})
	add(w, &purgeExpired{m: m})
	add(w, &prepareWebhooks{m: m})
	add(w, &postWebhooks{m: m})
	add(w, &replayWebhooks{m: m})
	add(w, &stopWebhooks{m: m})
	add(w, &sendWebhookPaused{m: m})
	add(w, &tendWebhooks{m: m})
	add(w, &tendAllWebhooks{m: m})
	add(w, &applyStripeEvent{m: m})
	add(w, &syncSeats{m: m})
	add(w, &refetchSubscription{m: m})
	add(w, &sweepBilling{m: m})
	add(w, &syncSubscriptions{m: m})
	add(w, &measureUsage{m: m})
	add(w, &reportUsage{m: m})
	add(w, &checkRevenue{m: m})
	add(w, &sendBillingMail{m: m})
	add(w, &reassignTickets{m: m})
	add(w, &followSettings{m: m})
	add(w, &recountTickets{m: m})
	add(w, &recountAll{m: m})
	add(w, &purgeTrash{m: m})
	add(w, &purgeAllTrash{m: m})
	add(w, &sealAll{m: m})
	add(w, &sealEvents{m: m})
	add(w, &sweepSeals{m: m})
	add(w, &countEvents{m: m})
	add(w, &countAccounts{m: m})
	add(w, &sweepMetrics{m: m})
	add(w, &exportAccount{m: m})
	add(w, &sendExportReady{m: m})
	add(w, &exportOrganization{m: m})
	add(w, &sendOrganizationExportReady{m: m})
	add(w, &tidyPictures{m: m})
	add(w, &tidyLogos{m: m})
	add(w, &drawThumbnail{m: m})
	add(w, &tidyFiles{m: m})
	add(w, &tidyAllFiles{m: m})
	add(w, &eraseAccount{m: m})
	add(w, &settleOrganization{m: m})
	add(w, &sendClosingMail{m: m})
	add(w, &purgeOrganization{m: m})
	add(w, &notifyTicket{m: m})
	add(w, &sendNotification{m: m})
	add(w, &sendDigest{m: m})
	add(w, &sendReport{m: m})
	add(w, &tendNotifications{m: m})
	add(w, &tendAllNotifications{m: m})
	add(w, &exportProject{m: m})
	add(w, &runImport{m: m})
	if len(w.unknown) > 0 {
		return nil, fmt.Errorf("these kinds say no time within which they end, in jobs/timeout.go: %s", strings.Join(w.unknown, ", "))
	}
	return w.Workers, nil
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
	kinds, err := m.workers(o.Timeout)
	if err != nil {
		return nil, err
	}
	if o.Also != nil {
		o.Also(kinds)
	}
	config := &river.Config{
		ID: o.ID, Schema: jobs.Schema, Logger: o.Log, Workers: kinds, PollOnly: o.PollOnly,
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
