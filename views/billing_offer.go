package views

import (
	"context"
	"net/url"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// offer is what a plan's card leads to.
type offer struct {
	Text, Kind string
	Action     string // a form posts there
	Fields     map[string]string
	URL        string // or a link leads there
	Note       string // instead of a button
}

// offer decides what can be done with a plan from where the organization stands.
func (p BillingPage) offer(ctx context.Context, s scope.Scope, plan billing.Plan) offer {
	path := func(parts ...string) string { return ui.OrgPath(s.Slug, append([]string{"billing"}, parts...)...) }
	choice := map[string]string{"plan": plan.Key, "interval": p.Interval}
	held, same := plan.Key == p.Access.Plan.Key, plan.Key == p.paid().Key
	switch {
	case held && (p.Access.Override || !p.Live() || p.Interval == p.Subscription.Interval):
		return offer{Note: ui.T(ctx, "This is your plan")}
	case same && p.Interval == p.Subscription.Interval:
		return offer{Note: ui.T(ctx, "You pay for this one")}
	case !s.May(scope.ManageBilling):
		return offer{Note: ui.T(ctx, "An owner can change the plan")}
	case !p.Live() && len(plan.Prices) == 0:
		return offer{Note: ui.T(ctx, "Included")}
	case !p.Live():
		return offer{Text: ui.T(ctx, "Choose %s", plan.Name), Kind: pick(plan.Rank == 1, "primary", ""), Action: path("checkout"), Fields: choice}
	case len(plan.Prices) == 0:
		if !p.Cancelable() {
			return offer{Note: ui.T(ctx, "From %s on", ui.LongDay(ctx, *p.ending()))}
		}
		return offer{Text: ui.T(ctx, "Cancel %s", p.paid().Name), URL: path("cancel")}
	case p.Subscription.Status != "active" && p.Subscription.Status != "trialing":
		return offer{Note: ui.T(ctx, "After the open payment")}
	case p.ending() != nil:
		return offer{Note: ui.T(ctx, "Keep %s first", p.paid().Name)}
	}
	if next := p.pending(); next != nil && next.Plan.Key == plan.Key && next.Interval == p.Interval {
		return offer{Note: ui.T(ctx, "From %s on", ui.LongDay(ctx, next.At))}
	}
	return offer{Text: changeText(ctx, same, plan, p.Interval), URL: changePath(s, plan, p.Interval)}
}

func changePath(s scope.Scope, plan billing.Plan, interval string) string {
	return ui.OrgPath(s.Slug, "billing", "change") + "?" + url.Values{"plan": {plan.Key}, "interval": {interval}}.Encode()
}

// ways lead from a plan that is paid for to a higher one, and to paying it by the year.
func (p BillingPage) ways(ctx context.Context, s scope.Scope) []ui.Btn {
	if p.Subscription.Status != "active" || p.ending() != nil || p.Access.Override || p.pending() != nil {
		return nil
	}
	var all []ui.Btn
	for _, plan := range p.Plans {
		if plan.Rank > p.Access.Plan.Rank && billing.Upgrade(p.Access.Plan, p.Subscription.Interval, plan, p.Subscription.Interval) {
			all = append(all, ui.Btn{Text: ui.T(ctx, "Change to %s", plan.Name), Kind: "primary", URL: changePath(s, plan, p.Subscription.Interval)})
			break
		}
	}
	month, byMonth := p.Access.Plan.Price("month")
	year, byYear := p.Access.Plan.Price("year")
	if save := (12*month.Amount - year.Amount) * p.Subscription.Quantity; p.Subscription.Interval == "month" && byMonth && byYear && save > 0 {
		text := ui.T(ctx, "Pay by year, save %s", ui.MoneyShort(save, year.Currency))
		all = append(all, ui.Btn{Text: text, URL: changePath(s, p.Access.Plan, "year")})
	}
	return all
}

func changeText(ctx context.Context, same bool, plan billing.Plan, interval string) string {
	switch {
	case same && interval == "year":
		return ui.T(ctx, "Pay by year")
	case same:
		return ui.T(ctx, "Pay by month")
	}
	return ui.T(ctx, "Change to %s", plan.Name)
}
