package billing

import (
	"math"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/scope"
)

// row is the projection of what the API says at rest. had is the row as it stands, failed when the latest invoice's
// payment first failed as far as events have told.
func (b *Billing) row(s scope.Scope, snap snapshot, had billingdb.SubscriptionForUpdateRow, failed *time.Time) billingdb.WriteSubscriptionParams {
	sub, item := snap.sub, b.Plans.licensed(snap.sub)
	out := billingdb.WriteSubscriptionParams{
		TenantID: s.TenantID, StripeSubscriptionID: sub.ID, StripeCustomerID: sub.Customer.ID, Status: string(sub.Status),
		CurrentPeriodStart: unix(sub.CurrentPeriodStart), CurrentPeriodEnd: unix(sub.CurrentPeriodEnd),
		CancelAtPeriodEnd: sub.CancelAtPeriodEnd, CancelAt: unix(sub.CancelAt), CanceledAt: unix(sub.CanceledAt), EndedAt: unix(sub.EndedAt),
		TrialEnd: unix(sub.TrialEnd), Livemode: sub.Livemode, Ticket: snap.ticket, Now: snap.at,
		AccessStatus: string(sub.Status), PastDueSince: pastDueSince(string(sub.Status), had.PastDueSince, failed, snap.at),
	}
	if !known(out.Status) {
		out.AccessStatus, out.UnknownSince = had.AccessStatus, had.UnknownSince
		if out.UnknownSince == nil {
			out.UnknownSince = &snap.at
		}
	}
	if item != nil {
		out.StripePriceID, out.Quantity, out.UnitAmount, out.Currency = item.Price.ID, item.Quantity, item.Price.UnitAmount, string(item.Price.Currency)
		if item.Price.Recurring != nil {
			out.BillingInterval = string(item.Price.Recurring.Interval)
		}
	}
	if sub.PauseCollection != nil {
		out.PauseCollection = orNil(string(sub.PauseCollection.Behavior))
	}
	b.Plans.pending(sub, &out)
	card(sub, &out)
	discount(sub, &out)
	return out
}

// statuses are those this program knows, in the order in which a row becomes the current one; a status that Stripe
// adds later stands between paused and incomplete.
func statuses() []string {
	return []string{"trialing", "active", "past_due", "unpaid", "paused", "", "incomplete", "canceled", "incomplete_expired"}
}

func known(status string) bool { return status != "" && slices.Contains(statuses(), status) }

// live says whether a subscription with this status goes on.
func live(status string) bool { return rank(status) <= rank("?") }

func ended(status string) bool { return rank(status) >= rank("canceled") }

func rank(status string) int {
	if !known(status) {
		status = ""
	}
	if status == "incomplete_expired" {
		status = "canceled"
	}
	return slices.Index(statuses(), status)
}

// pastDueSince is when the grace began: the earliest that is known, for as long as the status stays past_due.
func pastDueSince(status string, had, failed *time.Time, now time.Time) *time.Time {
	switch {
	case status != "past_due":
		return nil
	case had == nil && failed == nil:
		return &now
	case had == nil || failed != nil && failed.Before(*had):
		return failed
	}
	return had
}

// licensed is the item that counts: the one whose price is a plan's, else the first that is not metered.
func (c *Catalogue) licensed(sub *stripe.Subscription) *stripe.SubscriptionItem {
	if sub.Items == nil {
		return nil
	}
	var first *stripe.SubscriptionItem
	for _, item := range sub.Items.Data {
		if item.Price == nil {
			continue
		}
		if _, ok := c.planOf(item.Price); ok {
			return item
		}
		metered := item.Price.Recurring != nil && item.Price.Recurring.UsageType == stripe.PriceRecurringUsageTypeMetered
		if first == nil && !metered {
			first = item
		}
	}
	return first
}

// metaPlan is the metadata key by which a price that has lost its lookup key to a newer one still names its plan.
const metaPlan = "plinth_plan"

// planOf finds the plan that a price pays for.
func (c *Catalogue) planOf(price *stripe.Price) (Plan, bool) {
	for _, p := range c.plans {
		for _, x := range p.Prices {
			if x.LookupKey == price.LookupKey || x.StripePrice != "" && x.StripePrice == price.ID {
				return p, true
			}
		}
	}
	if key := price.Metadata[metaPlan]; key != "" {
		return c.Plan(key)
	}
	return Plan{}, false
}

// Monthly is what a subscription brings in a month, in the smallest unit of its currency: the licensed item, a year's
// price by twelve, less a discount that goes on. A coupon for one invoice alone is not of the month, and neither is what
// a meter charges.
func (c *Catalogue) Monthly(sub *stripe.Subscription) int64 {
	item := c.licensed(sub)
	if item == nil || item.Price == nil || item.Price.Recurring == nil {
		return 0
	}
	times, per := int64(1), max(item.Price.Recurring.IntervalCount, 1)
	switch item.Price.Recurring.Interval {
	case stripe.PriceRecurringIntervalMonth:
	case stripe.PriceRecurringIntervalYear:
		per *= 12
	case stripe.PriceRecurringIntervalWeek:
		times, per = 52, per*12
	case stripe.PriceRecurringIntervalDay:
		times, per = 365, per*12
	}
	period := item.Price.UnitAmount * item.Quantity
	return (discounted(period, item.Price.Currency, sub.Discount)*times + per/2) / per
}

// discounted is what is left of a period's amount, never less than nothing.
func discounted(amount int64, currency stripe.Currency, discount *stripe.Discount) int64 {
	if discount == nil || discount.Coupon == nil || discount.Coupon.Duration == stripe.CouponDurationOnce {
		return amount
	}
	coupon := discount.Coupon
	switch {
	case coupon.PercentOff > 0:
		amount -= int64(math.Round(float64(amount) * coupon.PercentOff / 100))
	case coupon.Currency == currency:
		amount -= coupon.AmountOff
	}
	return max(amount, 0)
}
