package views

import (
	"context"
	"time"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// ahead is one thing that comes next.
type ahead struct {
	At         time.Time
	Text, Icon string
	Late       bool
}

// next lists what will happen to the subscription, in order.
func (p BillingPage) next(ctx context.Context) []ahead {
	if !p.Live() || p.Access.Override {
		return nil
	}
	var all []ahead
	add := func(at *time.Time, icon string, late bool, text string) {
		if at != nil {
			all = append(all, ahead{At: *at, Text: text, Icon: icon, Late: late})
		}
	}
	sub := p.Subscription
	if p.Failing != nil {
		add(p.Failing.NextAttemptAt, "alert", true, ui.T(ctx, "next attempt to charge %s", ui.Money(p.Failing.AmountDue, p.Failing.Currency)))
	}
	if sub.PastDueSince != nil {
		ends := sub.PastDueSince.Add(billing.Grace)
		add(&ends, "eye", false, ui.T(ctx, "read only, if still unpaid"))
	}
	switch end := p.ending(); {
	case end != nil:
		add(end, "x", false, ui.T(ctx, "%s ends; the free plan from then on, all data stays", p.planName()))
	case sub.Status == "trialing" && sub.CardLast4 != "":
		add(sub.TrialEnd, "card", false, ui.T(ctx, "the trial ends and %s will be charged", p.total()))
	case sub.Status == "trialing":
		add(sub.TrialEnd, "clock", false, ui.T(ctx, "the trial ends; without a card, the free plan from then on"))
	case p.pending() != nil:
		next := p.pending()
		add(&next.At, "clock", false, p.nextText(ctx, next))
	case sub.Status == "active":
		add(sub.CurrentPeriodEnd, "card", false, ui.T(ctx, "%s will be charged", p.total()))
	}
	return all
}

// failure is the banner line of a failed payment; empty when none fails.
func (p BillingPage) failure(ctx context.Context) (title, text string) {
	if p.Subscription == nil || p.Failing == nil || p.Subscription.Status != "past_due" && p.Subscription.Status != "unpaid" {
		return "", ""
	}
	title = ui.T(ctx, "The payment of %s on %s failed.", ui.Money(p.Failing.AmountDue, p.Failing.Currency), ui.LongDay(ctx, p.Failing.IssuedAt))
	if at := p.Failing.NextAttemptAt; at != nil {
		text = ui.T(ctx, "The next attempt is on %s.", ui.LongDay(ctx, *at))
	}
	if since := p.Subscription.PastDueSince; since != nil && p.Access.ReadOnly == scope.Writable {
		text += " " + ui.T(ctx, "%s stays on until %s.", p.planName(), ui.LongDay(ctx, since.Add(billing.Grace)))
	}
	return title, text
}

// nextText says what begins with a planned change.
func (p BillingPage) nextText(ctx context.Context, c *billing.Pending) string {
	if c.Plan.Key != p.Subscription.Plan {
		return ui.T(ctx, "%s begins", pendingName(ctx, c))
	}
	return p.pendingText(ctx, c)
}
