// Package webhooks tells servers of organizations what happens: what they want to hear of is written down for each of them
// when it happens, signed in the form of Standard Webhooks (https://www.standardwebhooks.com), and posted in order until it
// is taken or three days are over.
package webhooks

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/limit"
	"plinth/internal/outbound"
	"plinth/internal/scope"
	"plinth/internal/secret"
	"plinth/internal/webhooks/webhooksdb"
	"plinth/jobs"
)

// Webhooks has the operations. Its fields are set once, where the program is put together.
type Webhooks struct {
	DB     *db.DB
	Queue  *jobs.Queue
	Keys   *secret.Keys
	Client *outbound.Client
	Limits *limit.Limiter
	URL    string // APP_URL, for links
	Log    *slog.Logger
	Now    func() time.Time // nil is time.Now
	// RunFor is when a turn lets others have theirs; zero is twenty seconds. Tests make it shorter.
	RunFor time.Duration
}

// The states of an endpoint.
const (
	Active = "active"
	Paused = "paused"
)

// Why an endpoint is paused.
const (
	ByHand  = "hand"
	Failing = "failing" // nothing was taken for GiveUpAfter
	Gone    = "gone"    // it answered 410
)

// The states of a delivery.
const (
	Waiting   = "waiting"
	Delivered = "delivered"
	Failed    = "failed"
)

// States lists the states of a delivery.
func States() []string { return []string{Waiting, Delivered, Failed} }

const (
	// MaxEndpoints is how many an organization may have.
	MaxEndpoints = 20
	// MaxTurns is how many endpoints of an organization are posted to at once: slow ones leave the workers to others.
	MaxTurns = 5
	// GiveUpAfter is how long a delivery is tried, and how long an endpoint may fail before it is paused.
	GiveUpAfter = 72 * time.Hour
	// Overlap is how long the secret before signs as well, after a new one was made.
	Overlap = 24 * time.Hour
	// KeptFor is how long deliveries are kept.
	KeptFor = 30 * 24 * time.Hour
)

// TestType is the type of the event that people send to try an endpoint out. It is in no catalogue: nothing has happened.
const TestType = "webhook.test"

// consumer is the name that the subscriptions of organizations bear.
const consumer = "webhooks"

// Consumer hears of what the endpoints of organizations have subscribed to.
func Consumer() events.Consumer {
	return events.Consumer{Name: consumer, Job: func(tenant, event uuid.UUID) jobs.Args {
		return jobs.PrepareWebhooks{ForTenant: jobs.ForTenant{TenantID: tenant}, Event: event}
	}}
}

// now is cut to what Postgres keeps.
func (w *Webhooks) now() time.Time {
	if w.Now == nil {
		return time.Now().Truncate(time.Microsecond)
	}
	return w.Now().Truncate(time.Microsecond)
}

func (w *Webhooks) runFor() time.Duration {
	if w.RunFor == 0 {
		return 20 * time.Second
	}
	return w.RunFor
}

// subscribeTx lets the dispatcher know what the endpoints of an organization hear of together.
func subscribeTx(ctx context.Context, tx db.Tx, s scope.Scope) error {
	row, err := webhooksdb.New().Subscribed(ctx, tx, s.TenantID)
	if err != nil {
		return wrap("read what the endpoints hear of", err)
	}
	if row.Everything {
		row.Types = events.Told()
	}
	return events.SubscribeTx(ctx, tx, s, consumer, row.Types)
}

// heard are the types that an endpoint hears of.
func heard(types []string) []string {
	if len(types) == 0 {
		return events.Told()
	}
	return types
}
