package events

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
	"plinth/internal/scope"
	"plinth/jobs"
)

// LateAfter is how long an event may wait for its seal; longer is an alarm.
const LateAfter = time.Minute

// Audit seals what happened into chains, one for each organization and one for all accounts, and holds the chains
// against the events. It is asked as plinth_worker.
type Audit struct {
	DB    *db.DB
	Heads *db.DB // where the copies of the newest seals are kept; DB itself, or the database of AUDIT_DATABASE_URL
	Queue *jobs.Queue
	Log   *slog.Logger

	alarm sync.Mutex
	rang  time.Time // the last alarm, so that one is rung in a minute and not with every look
}

// chain is the history of one organization, or that of the accounts: then tenant is the nil id.
type chain struct {
	tenant uuid.UUID
	sql    chainSQL
}

type chainSQL struct {
	last, at, append                       string
	unsealed, missed                       string
	lastHead, appendHead                   string
	sealed, headsBetween, without, erasure string
	metricCursor, sealedSince              string
}

func chainOf(tenant uuid.UUID) chain {
	if tenant == uuid.Nil {
		return chain{sql: chainSQL{
			last: eventsdb.LastAccountSeal, at: eventsdb.AccountSealAt, append: eventsdb.AppendAccountSeal,
			unsealed: eventsdb.UnsealedAccount, missed: eventsdb.QueueMissedAccount,
			lastHead: eventsdb.LastAccountHead, appendHead: eventsdb.AppendAccountHead,
			sealed: eventsdb.SealedAccountEvents, headsBetween: eventsdb.AccountHeadsBetween,
			without: eventsdb.UnsealedAccounts, erasure: eventsdb.AccountErasures,
			metricCursor: eventsdb.TakeAccountMetricCursor, sealedSince: eventsdb.SealedAccountsSince,
		}}
	}
	return chain{tenant: tenant, sql: chainSQL{
		last: eventsdb.LastSeal, at: eventsdb.SealAt, append: eventsdb.AppendSeal,
		unsealed: eventsdb.UnsealedOf, missed: eventsdb.QueueMissed,
		lastHead: eventsdb.LastHead, appendHead: eventsdb.AppendHead,
		sealed: eventsdb.SealedEvents, headsBetween: eventsdb.HeadsBetween,
		without: eventsdb.Unsealed, erasure: eventsdb.Erasures,
		metricCursor: eventsdb.TakeMetricCursor, sealedSince: eventsdb.SealedSince,
	}}
}

// args puts the organization in front, which the statements of the one chain of accounts do not name.
func (c chain) args(rest ...any) []any {
	if c.tenant == uuid.Nil {
		return rest
	}
	return append([]any{c.tenant}, rest...)
}

// in runs fn in a transaction of d that sees the chain.
func (c chain) in(ctx context.Context, d *db.DB, fn func(context.Context, db.Tx) error) error {
	if c.tenant == uuid.Nil {
		return d.InGlobal(ctx, fn)
	}
	return d.InTenant(ctx, scope.System(c.tenant), fn)
}

// read sends what fn queues in one round trip.
func (c chain) read(ctx context.Context, d *db.DB, fn func(*db.Reads)) error {
	return c.in(ctx, d, func(ctx context.Context, tx db.Tx) error { return db.Together(ctx, tx, fn) })
}

// point is a place in a chain.
type point struct {
	Seq  int64
	Hash []byte
}
