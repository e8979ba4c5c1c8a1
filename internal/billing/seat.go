package billing

import (
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
)

// Seat is what one more member costs an organization, and where to go when there is no room for one.
type Seat struct {
	Amount   int64 // a month or year; zero when members cost nothing
	Currency string
	Interval string // month or year
	Rest     int64  // of it, for the rest of the period that is paid for; zero in a trial
	Until    time.Time
	Trial    bool
	Upgrade  Plan // the next plan with room for more members; no key when there is none
	Buys     bool // a plan is bought for the first time rather than changed
}

// QueueSeat reads, in a page's round trip, what Seat is computed from.
func QueueSeat(r *db.Reads, tenant uuid.UUID, into **Subscription) {
	db.Maybe(r, into, billingdb.CurrentSubscription, tenant)
}

// Seat says what one more member costs at a moment. limit is how many members the organization may have; below zero
// there is none. A nil subscription is an organization that never subscribed.
func (c *Catalogue) Seat(sub *Subscription, limit int, now time.Time) Seat {
	out := Seat{Buys: true}
	rank := 0
	if sub != nil && live(sub.Status) {
		out.Buys = false
		plan, ok := c.Plan(sub.Plan)
		rank = plan.Rank
		if ok && plan.PerSeat {
			out.Amount, out.Currency, out.Interval, out.Trial = sub.UnitAmount, sub.Currency, sub.Interval, sub.Status == "trialing"
		}
		if from, to := sub.CurrentPeriodStart, sub.CurrentPeriodEnd; !out.Trial && from != nil && to != nil && now.Before(*to) && to.After(*from) {
			out.Rest = (out.Amount*int64(to.Sub(now).Seconds()) + int64(to.Sub(*from).Seconds())/2) / int64(to.Sub(*from).Seconds())
			out.Until = *to
		}
	}
	for _, p := range c.plans {
		if limit >= 0 && p.Rank > rank && len(p.Prices) > 0 && (p.Limits.Members < 0 || p.Limits.Members > limit) {
			out.Upgrade = p
			break
		}
	}
	return out
}
