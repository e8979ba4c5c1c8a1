package billing

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// Compared is a column of a subscription's row beside what Stripe says of it at this moment; "" is nothing.
type Compared struct {
	Column, Ours, Stripe string
}

// Same says whether both are alike.
func (c Compared) Same() bool { return c.Ours == c.Stripe }

// CompareNow asks Stripe for one subscription and puts its projection beside the row. Nothing is written. NotFound when
// there is no such row; Conflict when Stripe does not know the subscription.
func (b *Billing) CompareNow(ctx context.Context, tenant uuid.UUID, subscription string) ([]Compared, error) {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	s := scope.System(tenant)
	var row *billingdb.SubscriptionProjectionRow
	err := b.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &row, billingdb.SubscriptionProjection, tenant, subscription) })
	if err != nil {
		return nil, fmt.Errorf("read the row: %w", err)
	}
	if row == nil {
		return nil, fault.Missing()
	}
	snap, err := b.fetch(ctx, subject{customer: row.StripeCustomerID, subscription: subscription})
	if err != nil {
		return nil, away("read the subscription", err)
	}
	if snap.sub == nil || snap.sub.Customer == nil {
		return nil, fault.New(fault.Conflict, "Stripe does not know this subscription.")
	}
	had := billingdb.SubscriptionForUpdateRow{Status: row.Status, AccessStatus: row.AccessStatus, UnknownSince: row.UnknownSince, PastDueSince: row.PastDueSince}
	return compared(*row, b.row(s, snap, had, row.PastDueSince)), nil
}

func compared(ours billingdb.SubscriptionProjectionRow, stripe billingdb.WriteSubscriptionParams) []Compared {
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	return []Compared{
		{"stripe_customer_id", ours.StripeCustomerID, stripe.StripeCustomerID},
		{"status", ours.Status, stripe.Status},
		{"access_status", ours.AccessStatus, stripe.AccessStatus},
		{"stripe_price_id", ours.StripePriceID, stripe.StripePriceID},
		{"quantity", number(ours.Quantity), number(stripe.Quantity)},
		{"unit_amount", number(ours.UnitAmount), number(stripe.UnitAmount)},
		{"currency", ours.Currency, stripe.Currency},
		{"billing_interval", ours.BillingInterval, stripe.BillingInterval},
		{"current_period_start", moment(ours.CurrentPeriodStart), moment(stripe.CurrentPeriodStart)},
		{"current_period_end", moment(ours.CurrentPeriodEnd), moment(stripe.CurrentPeriodEnd)},
		{"trial_end", moment(ours.TrialEnd), moment(stripe.TrialEnd)},
		{"cancel_at_period_end", strconv.FormatBool(ours.CancelAtPeriodEnd), strconv.FormatBool(stripe.CancelAtPeriodEnd)},
		{"cancel_at", moment(ours.CancelAt), moment(stripe.CancelAt)},
		{"canceled_at", moment(ours.CanceledAt), moment(stripe.CanceledAt)},
		{"ended_at", moment(ours.EndedAt), moment(stripe.EndedAt)},
		{"past_due_since", moment(ours.PastDueSince), moment(stripe.PastDueSince)},
		{"stripe_schedule_id", orEmpty(ours.StripeScheduleID), orEmpty(stripe.StripeScheduleID)},
		{"pending_stripe_price_id", orEmpty(ours.PendingStripePriceID), orEmpty(stripe.PendingStripePriceID)},
		{"pending_at", moment(ours.PendingAt), moment(stripe.PendingAt)},
		{"pending_plan", ours.PendingPlan, stripe.PendingPlan},
		{"pending_interval", ours.PendingInterval, stripe.PendingInterval},
		{"card_brand", ours.CardBrand, stripe.CardBrand},
		{"card_last4", ours.CardLast4, stripe.CardLast4},
		{"card_expires", moment(ours.CardExpires), moment(stripe.CardExpires)},
		{"discount_name", ours.DiscountName, stripe.DiscountName},
		{"discount_percent", strconv.FormatFloat(ours.DiscountPercent, 'f', -1, 64), strconv.FormatFloat(stripe.DiscountPercent, 'f', -1, 64)},
		{"discount_amount", number(ours.DiscountAmount), number(stripe.DiscountAmount)},
		{"discount_until", moment(ours.DiscountUntil), moment(stripe.DiscountUntil)},
		{"pause_collection", orEmpty(ours.PauseCollection), orEmpty(stripe.PauseCollection)},
		{"livemode", strconv.FormatBool(ours.Livemode), strconv.FormatBool(stripe.Livemode)},
	}
}

func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// StripePrice is a price as Stripe has it.
type StripePrice struct {
	ID, Interval, Currency string
	Amount                 int64
}

// Is says whether it is what the catalogue says.
func (p StripePrice) Is(c Price) bool {
	return p.Amount == c.Amount && p.Currency == c.Currency && p.Interval == c.Interval
}

// PricesAtStripe asks for the prices that the catalogue's lookup keys lead to; one that is not set up is not among them.
func (b *Billing) PricesAtStripe(ctx context.Context) (map[string]StripePrice, error) {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	found, err := b.pricesByKey(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]StripePrice{}
	for key, p := range found {
		out[key] = stripePrice(p)
	}
	return out, nil
}

func stripePrice(p *stripe.Price) StripePrice {
	price := StripePrice{ID: p.ID, Currency: string(p.Currency), Amount: p.UnitAmount}
	if p.Recurring != nil {
		price.Interval = string(p.Recurring.Interval)
	}
	return price
}
