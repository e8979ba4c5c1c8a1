package views

import (
	"context"
	"time"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// BillingPage is what the billing page shows.
type BillingPage struct {
	billing.Overview
	Plans      []billing.Plan
	Interval   string  // the prices that are shown: month or year
	From       string  // "checkout" or "portal" when somebody comes back from there
	StripeAway bool    // the question on coming back got no answer
	Form       ui.Form // what was typed into one of the page's forms, and what is wrong with it
}

// updating says whether the page waits for what was just paid.
func (p BillingPage) updating() bool {
	return p.From == "checkout" && p.Checkout && !p.Live() && !p.unfinished()
}

// unfinished says whether a first payment waits for the person.
func (p BillingPage) unfinished() bool {
	return p.Subscription != nil && p.Subscription.Status == "incomplete"
}

func (p BillingPage) planName() string { return p.Access.Plan.Name }

// paid is the plan of the subscription that goes on beside one that was given, else the one that access is by.
func (p BillingPage) paid() billing.Plan {
	if p.Access.Override && p.Live() {
		for _, plan := range p.Plans {
			if plan.Key == p.Subscription.Plan {
				return plan
			}
		}
	}
	return p.Access.Plan
}

// given is the plan that was given, or nil.
func (p BillingPage) given() *billing.Plan {
	if !p.Access.Override {
		return nil
	}
	return &p.Access.Plan
}

// headLine is the price and what comes next, in one line.
func (p BillingPage) headLine(ctx context.Context) string {
	if p.Access.Override {
		return p.givenLine(ctx)
	}
	if !p.Live() {
		return p.Access.Plan.Description
	}
	sub := p.Subscription
	line := ui.Money(sub.UnitAmount, sub.Currency) + " " + perPeriod(ctx, p.paid(), sub.Interval)
	if end := p.ending(); end != nil {
		return line + " · " + ui.T(ctx, "ends on %s", ui.LongDay(ctx, *end))
	}
	switch {
	case sub.Status == "trialing" && sub.TrialEnd != nil:
		return line + " · " + ui.T(ctx, "trial until %s", ui.LongDay(ctx, *sub.TrialEnd))
	case p.pending() != nil: // stands in a line of its own
		return line
	case sub.CurrentPeriodEnd != nil:
		return line + " · " + ui.T(ctx, "renews on %s", ui.LongDay(ctx, *sub.CurrentPeriodEnd))
	}
	return line
}

// ending is when the subscription stops by plan, or nil.
func (p BillingPage) ending() *time.Time {
	if !p.Live() {
		return nil
	}
	return p.Subscription.Ends()
}

// nothing is the price of a plan without one, in the currency of the others.
func (p BillingPage) nothing() string {
	for _, plan := range p.Plans {
		if price, ok := plan.Price(p.Interval); ok {
			return ui.MoneyShort(0, price.Currency)
		}
	}
	return ui.MoneyShort(0, "eur")
}

// total is what a period costs.
func (p BillingPage) total() string {
	return ui.Money(p.Subscription.UnitAmount*p.Subscription.Quantity, p.Subscription.Currency)
}

func (p BillingPage) totalNote(ctx context.Context) string {
	if !p.paid().PerSeat {
		return perPeriod(ctx, p.paid(), p.Subscription.Interval) + ", " + before(ctx, p.discount())
	}
	seats := ui.TN(ctx, int(p.Subscription.Quantity), "a month for one seat", "a month for %d seats")
	if p.Subscription.Interval == "year" {
		seats = ui.TN(ctx, int(p.Subscription.Quantity), "a year for one seat", "a year for %d seats")
	}
	return seats + ", " + before(ctx, p.discount())
}

func (p BillingPage) seatsLabel(ctx context.Context) string {
	if p.Subscription.Status == "trialing" {
		return ui.T(ctx, "After the trial")
	}
	return ui.T(ctx, "Paid now")
}

// state is the subscription's state as a word and a hue; empty for the free plan.
func (p BillingPage) state(ctx context.Context) (text, hue string) {
	if p.Subscription == nil || p.Access.Override {
		return "", ""
	}
	switch p.Subscription.Status {
	case "trialing":
		return ui.TN(ctx, p.TrialDays(), "Trial, one day left", "Trial, %d days left"), "blue"
	case "active":
		if p.ending() != nil {
			return ui.T(ctx, "Ends soon"), "bronze"
		}
		return ui.T(ctx, "Active"), "moss"
	case "past_due":
		return ui.T(ctx, "Payment failed"), "brick"
	case "unpaid":
		return ui.T(ctx, "Unpaid"), "brick"
	case "paused":
		return ui.T(ctx, "Paused"), "bronze"
	case "incomplete":
		return ui.T(ctx, "Payment not finished"), "bronze"
	case "canceled", "incomplete_expired":
		return ui.T(ctx, "No subscription"), ""
	}
	return ui.T(ctx, "Being checked"), "bronze"
}

// usageNotes say what is near a limit, at it, or above it; none when nothing is.
func (p BillingPage) usageNotes(ctx context.Context) []string {
	l := p.Access.Plan.Limits
	var all []string
	for _, u := range []struct {
		use               billing.Use
		near, full, above string
	}{
		{
			billing.Use{Used: p.Members, Limit: int64(l.Members)},
			ui.T(ctx, "%d of %d members are in use. A higher plan makes room for more; guests take no seat.", p.Members, l.Members),
			ui.T(ctx, "All members of the plan are in use. Guests take no seat; a higher plan makes room for more members."),
			ui.T(ctx, "There are %d members and the plan includes %d. Nobody is removed; for a further one it takes a higher plan.", p.Members, l.Members),
		}, {
			billing.Use{Used: p.Projects, Limit: int64(l.Projects)},
			ui.T(ctx, "%d of %d projects are in use. Archived ones count too; a higher plan makes room for more.", p.Projects, l.Projects),
			ui.T(ctx, "All projects of the plan are in use. Archived ones count too; a higher plan makes room for more."),
			ui.T(ctx, "There are %d projects and the plan includes %d. All of them stay and can be worked in; for a further one it takes a higher plan.", p.Projects, l.Projects),
		},
	} {
		switch u.use.Level() {
		case billing.Near:
			all = append(all, u.near)
		case billing.Full:
			all = append(all, u.full)
		case billing.Above:
			all = append(all, u.above)
		case billing.Ample:
		}
	}
	return all
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// trialOf says whether the plan can be tried.
func (p BillingPage) trialOf(s scope.Scope, plan billing.Plan) bool {
	return plan.TrialDays > 0 && p.TrialFree && !p.Live() && !p.Access.Override && s.May(scope.ManageBilling) &&
		(p.Subscription == nil || p.Subscription.Status == "incomplete_expired")
}
