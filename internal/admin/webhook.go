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

// WebhookStates lists the states of a stored event.
func WebhookStates() []string { return []string{"queued", "applied", "parked", "ignored"} }

// Webhook is a stored Stripe event as it arrived.
type Webhook struct {
	ID           string
	Type         string
	State        string
	Note         string
	Created      time.Time // at Stripe
	ReceivedAt   time.Time
	AppliedAt    *time.Time
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
	Jobs    []Job
}

// WebhookFilter says which events a list shows; what is empty leaves everything in.
type WebhookFilter struct {
	State, Type string
}

// Webhooks reads a page of Stripe events, the newest first, and the types that came lately.
func (a *Admin) Webhooks(ctx context.Context, f WebhookFilter, after string) (List[WebhookRow], []string, error) {
	var l List[WebhookRow]
	var types []string
	at, id, ok := timed(after)
	if !ok {
		at, id = future(), ""
	}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Rows, admindb.ListWebhooks, at, id, f.State, f.Type, pageSize+1)
		db.Value(r, &l.Count, admindb.CountWebhooks, f.State, f.Type, CountStop+1)
		db.Values(r, &types, admindb.WebhookTypes)
	})
	l.cut(pageSize, func(e WebhookRow) string { return timeCursor(e.ReceivedAt, e.ID) })
	return l, types, err
}

// Webhook reads one event, and notes in its organization that staff looked at it. NotFound when there is none.
func (a *Admin) Webhook(ctx context.Context, by Actor, id string) (WebhookPage, error) {
	var p WebhookPage
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Row(r, &p.Webhook, admindb.Webhook, id)
		jobs.ReadJobsWith(r, jobs.ApplyStripeEvent{}.Kind(), "event_id", id, partSize, &p.Jobs)
	})
	if err != nil || p.Webhook.TenantID == nil {
		return p, err
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
