package admin

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// SubscriptionRow is a subscription in the list of all.
type SubscriptionRow struct {
	TenantID         uuid.UUID
	ID               uuid.UUID
	Organization     string
	StripeID         string
	Status           string
	Current          bool
	Plan             string // the plan's name
	Quantity         int64
	MonthlyAmount    int64
	Currency         string // "" before the first change
	CurrentPeriodEnd *time.Time
	UpdatedAt        time.Time
	Drift            string // what the newest comparison found, or an open task; "" when there is nothing
	Override         bool   // staff gave the organization a plan
}

// StatusCount is how many subscriptions have a status.
type StatusCount struct {
	Status string
	Count  int64
}

// SyncRun is one nightly comparison with Stripe.
type SyncRun struct {
	StartedAt  time.Time
	FinishedAt *time.Time
	LookedAt   int64
	Differed   int64
}

// SubscriptionFilter says which subscriptions a list shows; what is empty leaves everything in.
type SubscriptionFilter struct {
	Status, Plan    string
	Drift, Override bool
}

// SubscriptionList is a page of subscriptions with the last comparisons.
type SubscriptionList struct {
	Rows   []SubscriptionRow
	Next   string
	Counts []StatusCount
	Plans  []billing.Plan
	Syncs  []SyncRun
}

// SubscriptionPage is one subscription with all that belongs to it.
type SubscriptionPage struct {
	Subscription Subscription
	More         SubscriptionMore
	Changes      []SubscriptionChange
	Invoices     []Invoice
	Events       []WebhookRow
	Drifts       []DriftFound
	Compared     []billing.Compared // nil: Stripe was not asked
	Problem      string             // why it could not be compared
}

// SubscriptionMore is what only the page of a subscription shows.
type SubscriptionMore struct {
	TenantID           uuid.UUID
	Organization       string
	CustomerID         string
	PriceID            string
	UnitAmount         int64
	Interval           string
	CurrentPeriodStart *time.Time
	CancelAt           *time.Time
	CanceledAt         *time.Time
	ScheduleID         *string
	PendingPriceID     *string
	PendingAt          *time.Time
	PauseCollection    *string
	DisputeState       *string
	UnknownSince       *time.Time
	Livemode           bool
	CreatedAt          time.Time
	CheckDue           *time.Time // when it is looked at although no event came
}

// SubscriptionChange is an applied change of plan, seats or amount.
type SubscriptionChange struct {
	At            time.Time
	Plan          string // the plan's name
	PriceID       string
	Quantity      int64
	MonthlyAmount int64
	Currency      string
}

// DriftFound is what a comparison found.
type DriftFound struct {
	At   time.Time
	What string
}

// syncsShown is how many of the last comparisons are shown.
const syncsShown = 5

// Subscriptions reads a page of subscriptions, those of the newest organizations first.
func (a *Admin) Subscriptions(ctx context.Context, f SubscriptionFilter, after string) (SubscriptionList, error) {
	l := SubscriptionList{Plans: a.Plans.Plans()[1:]}
	tenant, id := uuid.Max, uuid.Max
	if t, i, ok := strings.Cut(after, "_"); ok {
		tenant, id = idBefore(t), idBefore(i)
	}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Rows, admindb.ListSubscriptions, tenant, id, f.Status, f.Plan, f.Drift, f.Override, pageSize+1)
		db.Rows(r, &l.Counts, admindb.CountSubscriptions)
		db.Rows(r, &l.Syncs, admindb.LastSyncs, syncsShown)
	})
	page := List[SubscriptionRow]{Rows: l.Rows}
	page.cut(pageSize, func(s SubscriptionRow) string { return s.TenantID.String() + "_" + s.ID.String() })
	l.Rows, l.Next = page.Rows, page.Next
	for i := range l.Rows {
		l.Rows[i].Plan = a.planName(l.Rows[i].Plan)
	}
	return l, err
}

// Subscription reads one subscription and notes in its organization that staff looked. With ask, Stripe is asked for it
// and both are compared. NotFound when there is none.
func (a *Admin) Subscription(ctx context.Context, by Actor, tenant, id uuid.UUID, ask bool) (SubscriptionPage, error) {
	var p SubscriptionPage
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Row(r, &p.Subscription, admindb.SubscriptionOfTenant, tenant, id)
		db.Row(r, &p.More, admindb.SubscriptionMore, tenant, id)
		db.Rows(r, &p.Changes, admindb.SubscriptionChanges, tenant, id, partSize)
		db.Rows(r, &p.Invoices, admindb.SubscriptionInvoices, tenant, id, partSize)
		db.Rows(r, &p.Events, admindb.SubscriptionWebhooks, tenant, id, partSize)
		db.Rows(r, &p.Drifts, admindb.SubscriptionDrifts, tenant, id, partSize)
	})
	if err != nil {
		return p, err
	}
	p.Subscription.Plan = a.planName(p.Subscription.Plan)
	for i := range p.Changes {
		p.Changes[i].Plan = a.planName(p.Changes[i].Plan)
	}
	if ask {
		p.Compared, err = a.Billing.CompareNow(ctx, tenant, p.Subscription.StripeID)
		if f := fault.As(err); f != nil && (f.Kind == fault.Unavailable || f.Kind == fault.Conflict) {
			p.Problem, err = f.Public, nil
		}
		if err != nil {
			return p, err
		}
	}
	return p, a.viewed(ctx, by, scope.System(tenant), events.Event{ObjectKind: "subscription", ObjectID: id, ObjectName: p.Subscription.StripeID})
}

// Refetch brings a subscription's row to what Stripe says at this moment; the act is noted before. It may be done again
// and again.
func (a *Admin) Refetch(ctx context.Context, by Actor, tenant, id uuid.UUID) error {
	var sub Subscription
	if err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Row(r, &sub, admindb.SubscriptionOfTenant, tenant, id) }); err != nil {
		return err
	}
	err := a.act(ctx, by, "staff.subscription_refetched", sub.StripeID, func(context.Context, db.Tx) error { return nil })
	if err != nil {
		return err
	}
	if err := a.Billing.Refetch(ctx, tenant, sub.StripeID); err != nil {
		return fault.Wrap(fault.Unavailable, "Stripe could not be asked at the moment. Nothing was changed. Try again in a minute.", err)
	}
	return nil
}
