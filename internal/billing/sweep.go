package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/jobs"
)

// How long things may wait before a sweep takes them up.
const (
	lateAfter   = 15 * time.Minute    // an event that waits
	parkedFor   = 30 * 24 * time.Hour // an event without an organization
	checkAgain  = 6 * time.Hour       // a check whose refetch did not move it
	syncPage    = 100                 // subscriptions a request
	sweepDetail = "the row was not what Stripe says: "
)

// Sweep takes up what fell by the wayside: events that have waited for a quarter of an hour, parked ones whose customer
// is known by now or will never be, and subscriptions whose end, trial or period passed an hour ago.
func (b *Billing) Sweep(ctx context.Context) error {
	// How long an event waits is real time, also where periods run by another clock.
	q, now, actual := billingdb.New(), b.Now(), time.Now()
	return b.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		late, err := q.LateStripeEvents(ctx, tx, actual.Add(-lateAfter))
		if err != nil {
			return fmt.Errorf("look for late events: %w", err)
		}
		mapped, err := q.UnparkMapped(ctx, tx)
		if err != nil {
			return fmt.Errorf("look for parked events: %w", err)
		}
		if err := b.enqueueEventsTx(ctx, tx, append(late, mapped...), true); err != nil {
			return err
		}
		if _, err := q.ExpireParked(ctx, tx, actual.Add(-parkedFor)); err != nil {
			return fmt.Errorf("expire parked events: %w", err)
		}
		due, err := q.DueChecks(ctx, tx, billingdb.DueChecksParams{Now: now, AgainAt: now.Add(checkAgain)})
		if err != nil {
			return fmt.Errorf("look for due checks: %w", err)
		}
		for _, d := range due {
			err := b.Queue.EnqueueTx(ctx, tx, jobs.RefetchSubscription{ForTenant: jobs.ForTenant{TenantID: d.TenantID}, Subscription: d.StripeSubscriptionID})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Refetch brings one subscription's row to what the API says.
func (b *Billing) Refetch(ctx context.Context, tenantID uuid.UUID, subscription string) error {
	s := scope.System(tenantID)
	var customer string
	err := b.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Value(r, &customer, billingdb.CustomerOfSubscription, tenantID, subscription)
	})
	if err != nil {
		return fmt.Errorf("read the row: %w", err)
	}
	if customer == "" {
		return jobs.ErrNothingToDo
	}
	return b.refetch(ctx, s, subject{customer: customer, subscription: subscription})
}

// Drift is a row that was not what Stripe says.
type Drift struct {
	TenantID     uuid.UUID
	Subscription string
	What         string
}

// SyncPage compares a page of Stripe's list of all subscriptions, ended ones too, with the rows, refetches those that
// differ, and returns them, with where the next page begins; empty at the end. Members are compared with seats too.
func (b *Billing) SyncPage(ctx context.Context, after string) (drift []Drift, next string, err error) {
	params := &stripe.SubscriptionListParams{Status: stripe.String("all")}
	params.Context, params.Limit, params.Single = ctx, stripe.Int64(syncPage), true
	if after != "" {
		params.StartingAfter = &after
	}
	list := b.Stripe.Subscriptions.List(params)
	for list.Next() {
		sub := list.Subscription()
		next = sub.ID
		d, err := b.compare(ctx, sub)
		if err != nil {
			return drift, "", fmt.Errorf("compare %s: %w", sub.ID, err)
		}
		if d != nil {
			drift = append(drift, *d)
		}
	}
	if err := list.Err(); err != nil {
		return drift, "", fmt.Errorf("list subscriptions: %w", err)
	}
	if !list.Meta().HasMore {
		next = ""
	}
	return drift, next, nil
}

// Sync does SyncPage for one page as a job does, and enqueues the job for the next.
func (b *Billing) Sync(ctx context.Context, after string) error {
	_, next, err := b.SyncPage(ctx, after)
	if err != nil || next == "" {
		return err
	}
	return b.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		return b.Queue.EnqueueTx(ctx, tx, jobs.SyncSubscriptions{After: next})
	})
}

// compare refetches a subscription whose row is another than what the list says. Customers that are nobody's are not
// ours to look at.
func (b *Billing) compare(ctx context.Context, sub *stripe.Subscription) (*Drift, error) {
	if sub.Customer == nil {
		return nil, nil
	}
	tenant, err := b.tenantOf(ctx, sub.Customer.ID)
	if err != nil || tenant == uuid.Nil {
		return nil, err
	}
	s := scope.System(tenant)
	var row *billingdb.SubscriptionStateRow
	var members int64
	err = b.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Maybe(r, &row, billingdb.SubscriptionState, tenant, sub.ID)
		db.Value(r, &members, billingdb.CountMembers, tenant)
	})
	if err != nil {
		return nil, err
	}
	what := b.difference(row, sub)
	if what != "" {
		if err := b.refetch(ctx, s, subject{customer: sub.Customer.ID, subscription: sub.ID}); err != nil {
			return nil, err
		}
	}
	item := b.Plans.licensed(sub)
	seats := item != nil && paysSeats(string(sub.Status)) && item.Quantity != max(members, 1)
	if what == "" && !seats {
		return nil, nil
	}
	err = b.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if seats {
			if err := b.Queue.EnqueueTx(ctx, tx, jobs.SyncSeats{ForTenant: jobs.ForTenant{TenantID: tenant}}); err != nil {
				return err
			}
		}
		if what == "" {
			return nil
		}
		return openTaskTx(ctx, tx, task{Kind: "drift", Object: sub.ID, Tenant: tenant, Detail: sweepDetail + what})
	})
	if err != nil || what == "" {
		return nil, err
	}
	return &Drift{TenantID: tenant, Subscription: sub.ID, What: what}, nil
}

// difference says in which way a row is not what the API says; empty when it is.
func (b *Billing) difference(row *billingdb.SubscriptionStateRow, sub *stripe.Subscription) string {
	if row == nil || row.Status == "" {
		return "missing"
	}
	same := func(have *time.Time, seconds int64) bool {
		want := unix(seconds)
		return have == nil && want == nil || have != nil && want != nil && have.Equal(*want)
	}
	item := b.Plans.licensed(sub)
	switch {
	case row.Status != string(sub.Status):
		return "status " + row.Status + " instead of " + string(sub.Status)
	case item != nil && row.StripePriceID != item.Price.ID:
		return "price"
	case item != nil && row.Quantity != item.Quantity:
		return fmt.Sprintf("quantity %d instead of %d", row.Quantity, item.Quantity)
	case !same(row.CurrentPeriodEnd, sub.CurrentPeriodEnd):
		return "end of the period"
	case row.CancelAtPeriodEnd != sub.CancelAtPeriodEnd, !same(row.CancelAt, sub.CancelAt):
		return "planned end"
	case !same(row.TrialEnd, sub.TrialEnd):
		return "end of the trial"
	}
	return ""
}
