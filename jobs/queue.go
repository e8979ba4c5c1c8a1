// Package jobs lists the background work: each kind with its arguments, queue, retries and uniqueness. The work itself
// is in jobs/worker; modules only enqueue, in the transaction of the cause.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// Schema is the Postgres schema of River's tables.
const Schema = "river"

// The queues. Each has workers of its own, so that none waits for another's work.
const (
	QueueCritical = "critical"         // what somebody waits for before they can go on: money, and mails that let people in
	QueueDefault  = river.QueueDefault // what people notice within seconds
	QueueBulk     = "bulk"             // long work, and work for everybody: an organization does one of it at a time
	QueueAudit    = "audit"            // seals, whose being late is an alarm
	QueueOutgoing = "outgoing"         // waits for servers of others
)

// Queues lists the queues by name.
func Queues() []string {
	return []string{QueueAudit, QueueBulk, QueueCritical, QueueDefault, QueueOutgoing}
}

// Timeout is how long one job may run. Longer work is a chain of jobs.
const Timeout = 30 * time.Second

// RescueAfter is when a job whose worker died is taken up again. It is just above Timeout, so a job that still runs is
// never started twice.
const RescueAfter = 35 * time.Second

// Args are a job's arguments: ids, never data, because data grows stale and mails would lie in the queue.
type Args interface{ river.JobArgs }

// ForTenant is embedded by the arguments of all work for one organization.
type ForTenant struct {
	TenantID uuid.UUID `json:"tenant_id" river:"unique"`
}

// Tenant is the organization the work is for.
func (f ForTenant) Tenant() uuid.UUID { return f.TenantID }

// Queue adds jobs. It never works them.
type Queue struct {
	client *river.Client[pgx.Tx]
}

// NewQueue returns a queue that inserts through the pool.
func NewQueue(pool *pgxpool.Pool, log *slog.Logger) (*Queue, error) {
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema: Schema, Logger: log,
		// The inserting side's cooldown delays its own notification: 10 ms gives a median of 3 ms from insert to start.
		FetchCooldown: 10 * time.Millisecond,
	})
	if err != nil {
		return nil, fmt.Errorf("make the job queue: %w", err)
	}
	return &Queue{client: client}, nil
}

// EnqueueTx adds a job that becomes visible when tx commits, and is gone when it does not. It is the only way in.
// Where the kind is unique and such a job waits already, nothing is added.
func (q *Queue) EnqueueTx(ctx context.Context, tx pgx.Tx, args Args) error {
	if err := named(args); err != nil {
		return err
	}
	if _, err := q.client.InsertTx(ctx, tx, args, opts(RequestOf(ctx))); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// EnqueueManyTx is EnqueueTx for many jobs, in one round trip.
func (q *Queue) EnqueueManyTx(ctx context.Context, tx pgx.Tx, all []Args) error {
	caused := make([]Caused, len(all))
	for i, args := range all {
		caused[i] = Caused{args, RequestOf(ctx)}
	}
	return q.EnqueueCausedTx(ctx, tx, caused)
}

// Caused is a job with the id of the request that caused it; "" when none did.
type Caused struct {
	Args    Args
	Request string
}

// EnqueueCausedTx is EnqueueManyTx for jobs that each have a request of their own.
func (q *Queue) EnqueueCausedTx(ctx context.Context, tx pgx.Tx, all []Caused) error {
	if len(all) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(all))
	for i, c := range all {
		if err := named(c.Args); err != nil {
			return err
		}
		params[i] = river.InsertManyParams{Args: c.Args, InsertOpts: opts(c.Request)}
	}
	if _, err := q.client.InsertManyTx(ctx, tx, params); err != nil {
		return fmt.Errorf("enqueue %d jobs: %w", len(all), err)
	}
	return nil
}

// named refuses work for an organization that names none.
func named(args Args) error {
	if t, ok := args.(interface{ Tenant() uuid.UUID }); ok && t.Tenant() == uuid.Nil {
		return fmt.Errorf("enqueue %s: no organization is named", args.Kind())
	}
	return nil
}

// Client is River's own, for the back-office's list, retry, cancel and pause.
func (q *Queue) Client() *river.Client[pgx.Tx] { return q.client }

// ErrNothingToDo says that a job's cause is gone, so that it ends without being tried again.
var ErrNothingToDo = errors.New("nothing to do any more")
