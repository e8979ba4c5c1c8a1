package views

import (
	"context"
	"time"

	"plinth/internal/billing"
	"plinth/views/ui"
)

// pending is the planned change of plan, or nil.
func (p BillingPage) pending() *billing.Pending {
	if !p.Live() || p.Access.Override {
		return nil
	}
	return billing.PendingOf(p.Subscription, p.Plans)
}

func (p BillingPage) pendingText(ctx context.Context, c *billing.Pending) string {
	switch {
	case c.Plan.Key != p.Subscription.Plan:
		return ui.T(ctx, "Changes to %s on %s", pendingName(ctx, c), ui.LongDay(ctx, c.At))
	case c.Interval == "year":
		return ui.T(ctx, "Is paid by year from %s on", ui.LongDay(ctx, c.At))
	}
	return ui.T(ctx, "Is paid by month from %s on", ui.LongDay(ctx, c.At))
}

func (p BillingPage) keepText(ctx context.Context) string {
	if c := p.pending(); c.Plan.Key != p.Subscription.Plan {
		return ui.T(ctx, "Keep %s", p.planName())
	}
	if p.Subscription.Interval == "year" {
		return ui.T(ctx, "Keep paying by year")
	}
	return ui.T(ctx, "Keep paying by month")
}

// unpaid says whether a payment is missing that a card would bring.
func (p BillingPage) unpaid() bool {
	return p.Subscription != nil && (p.Subscription.Status == "past_due" || p.Subscription.Status == "unpaid")
}

// startable says whether paying can begin now: in a trial, and after one that is paused for want of a card.
func (p BillingPage) startable() bool {
	return p.Live() && p.ending() == nil && (p.Subscription.Status == "trialing" || p.Subscription.Status == "paused")
}

func (p BillingPage) card() billing.Card {
	if p.Subscription == nil {
		return billing.Card{}
	}
	return p.Subscription.Card()
}

func (p BillingPage) discount() billing.Discount {
	if p.Subscription == nil {
		return billing.Discount{}
	}
	return p.Subscription.Discount()
}

func (p BillingPage) cardText(ctx context.Context) string {
	if p.card().Last4 == "" {
		return ui.T(ctx, "Add a card")
	}
	return ui.T(ctx, "Update the card")
}

// stateNote says what a state that is neither good nor a failed payment means; empty for those.
func (p BillingPage) stateNote(ctx context.Context) string {
	if p.Subscription == nil || p.Access.Override {
		return ""
	}
	switch p.Subscription.Status {
	case "paused":
		return ui.T(ctx, "The trial is over and no card was on file, so the subscription is paused. Everything can be read; add a card and start paying to change things again.")
	case "trialing", "active", "past_due", "unpaid", "incomplete", "canceled", "incomplete_expired", "":
		return ""
	}
	return ui.T(ctx, "Stripe reports a state that this version does not know. Your plan stays as it was while it is looked into.")
}

// nextCharge is when the card is charged next, as far as that is planned.
func (p BillingPage) nextCharge() *time.Time {
	switch {
	case p.Subscription == nil || p.ending() != nil:
		return nil
	case p.Subscription.Status == "trialing":
		return p.Subscription.TrialEnd
	}
	return p.Subscription.CurrentPeriodEnd
}

// codeHint says what is taken off now, since a code takes its place.
func (p BillingPage) codeHint(ctx context.Context) string {
	if d := p.discount(); d.Name != "" {
		return ui.T(ctx, "Taken off now: %s. A new code takes its place.", discountText(ctx, d))
	}
	return ui.T(ctx, "What it takes off holds from the next invoice on.")
}
