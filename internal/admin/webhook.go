package admin

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/jobs"
)

// WebhookRow is a stored Stripe event in a list.
type WebhookRow struct {
	ID           string
	Type         string
	State        string // queued, applied, parked or ignored
	Note         string
	ReceivedAt   time.Time
	CustomerID   string
	TenantID     *uuid.UUID // nil while the customer is unknown
	Organization string
}

// WebhookLate is no state of its own: queued for a quarter of an hour, as when the job of an event has failed for good.
const WebhookLate = "late"

// WebhookStates lists the states of a stored event, and late.
func WebhookStates() []string { return []string{"queued", WebhookLate, "parked", "applied", "ignored"} }

// WebhooksWaiting is what waits to be applied, and since when.
type WebhooksWaiting struct {
	Queued       int64
	OldestQueued *time.Time
	Parked       int64
	OldestParked *time.Time
}

// WebhookList is a page of stored events with what waits.
type WebhookList struct {
	Events  List[WebhookRow]
	Types   []string // that came lately, for the filter
	Waiting WebhooksWaiting
}

// Webhook is a stored Stripe event as it arrived.
type Webhook struct {
	ID           string
	Type         string
	State        string
	Note         string
	Created      time.Time // at Stripe
	ReceivedAt   time.Time
	AppliedAt    *time.Time // or, while it is queued, when it was last tried
	Livemode     bool
	APIVersion   string
	Account      string
	ObjectID     string
	CustomerID   string
	TenantID     *uuid.UUID
	Slug         string
	Organization string
	Payload      []byte // JSON
}

// WebhookPage is an event with the jobs that applied it, or tried to.
type WebhookPage struct {
	Webhook Webhook
	Jobs    []JobFull
}

// WebhookFilter says which events a list shows; what is empty leaves everything in.
type WebhookFilter struct {
	State, Type, Customer string
}

// Replayable says whether all events of the filter can be replayed at once.
func (f WebhookFilter) Replayable() bool { return f.State == "parked" || f.State == WebhookLate }

// Webhooks reads a page of Stripe events, the newest first.
func (a *Admin) Webhooks(ctx context.Context, f WebhookFilter, after string) (WebhookList, error) {
	var l WebhookList
	at, id, ok := timed(after)
	if !ok {
		at, id = future(), ""
	}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Events.Rows, admindb.ListWebhooks, at, id, f.State, f.Type, f.Customer, pageSize+1)
		db.Value(r, &l.Events.Count, admindb.CountWebhooks, f.State, f.Type, f.Customer, CountStop+1)
		db.Values(r, &l.Types, admindb.WebhookTypes)
		db.Row(r, &l.Waiting, admindb.WebhooksWaiting)
	})
	l.Events.cut(pageSize, func(e WebhookRow) string { return timeCursor(e.ReceivedAt, e.ID) })
	return l, err
}

// Webhook reads one event, and notes that staff looked at it: in its organization, or in the history of staff while none
// has its customer. NotFound when there is none.
func (a *Admin) Webhook(ctx context.Context, by Actor, id string) (WebhookPage, error) {
	var p WebhookPage
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Row(r, &p.Webhook, admindb.Webhook, id)
		jobs.ReadAttempts(r, jobs.ApplyStripeEvent{}.Kind(), "event_id", id, partSize, &p.Jobs)
	})
	if err != nil {
		return p, err
	}
	if p.Webhook.TenantID == nil {
		return p, a.noted(ctx, by, "staff.webhook_viewed", id)
	}
	return p, a.viewed(ctx, by, scope.System(*p.Webhook.TenantID), events.Event{ObjectKind: "stripe_event", ObjectName: id})
}

// Replay has an event applied again. The state comes from Stripe's API and not from the event, so doing it twice or too
// late changes nothing that is right. NotFound when there is no such event.
func (a *Admin) Replay(ctx context.Context, by Actor, id string) error {
	return a.act(ctx, by, "staff.webhook_replayed", id, func(ctx context.Context, tx db.Tx) error {
		if err := billing.RequeueEventTx(ctx, tx, id); err != nil {
			return err
		}
		return a.Queue.EnqueueTx(ctx, tx, jobs.ApplyStripeEvent{EventID: id})
	})
}
