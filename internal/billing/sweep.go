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
	lateAfter  = 15 * time.Minute    // an event that waits
	parkedFor  = 30 * 24 * time.Hour // an event without an organization
	checkAgain = 6 * time.Hour       // a check whose refetch did not move it
)

// Sweep takes up what fell by the wayside: events that have waited for a quarter of an hour, parked ones whose customer
// is known by now or will never be, subscriptions whose end, trial or period passed an hour ago, and events that Stripe
// could not deliver. Stripe is asked last, so that the rest is done while it is away.
func (b *Billing) Sweep(ctx context.Context) error {
	if err := b.sweepOurs(ctx); err != nil {
		return err
	}
	return b.sweepUndelivered(ctx)
}

func (b *Billing) sweepOurs(ctx context.Context) error {
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

// difference says in which way a row is not what the API says; empty when it is.
func (b *Billing) difference(row *billingdb.SubscriptionStateRow, sub *stripe.Subscription) string {
	if row == nil || row.Status == "" {
		return "missing"
	}
	same := func(have *time.Time, seconds int64) bool { return sameTime(have, unix(seconds)) }
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
	case !same(row.EndedAt, sub.EndedAt):
		return "end"
	case (row.PauseCollection != nil) != (sub.PauseCollection != nil):
		return "pause"
	case (row.StripeScheduleID != nil) != running(sub.Schedule), replanned(row, sub.Schedule):
		return "planned change"
	}
	return ""
}

// shownDifference says in which way the part of a row that is only shown to people is not what the API says; empty when
// it is. No event tells of all of it, as when a bank renews a card by itself.
func shownDifference(row *billingdb.SubscriptionStateRow, sub *stripe.Subscription) string {
	if ended(string(sub.Status)) {
		return "" // nothing is charged any more
	}
	var want billingdb.WriteSubscriptionParams
	card(sub, &want)
	discount(sub, &want)
	switch {
	case row.CardBrand != want.CardBrand, row.CardLast4 != want.CardLast4, !sameTime(row.CardExpires, want.CardExpires):
		return "card"
	case row.DiscountName != want.DiscountName, row.DiscountPercent != want.DiscountPercent,
		row.DiscountAmount != want.DiscountAmount, !sameTime(row.DiscountUntil, want.DiscountUntil):
		return "discount"
	case row.PendingStripePriceID != nil && row.PendingInterval == "": // each price that is planned has one
		return "plan of the planned change"
	}
	return ""
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}
