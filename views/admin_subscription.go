package views

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/admin"
	"plinth/internal/billing"
	"plinth/views/ui"
)

// subscriptionPath is the page of a subscription.
func subscriptionPath(tenant, id uuid.UUID) string {
	return adminPath("organizations", tenant.String(), "subscriptions", id.String())
}

// subscriptionFacets are the filters: each status there is, each plan, drift, and plans given by staff.
func subscriptionFacets(ctx context.Context, l Listing, p admin.SubscriptionList) []ui.FacetLink {
	var all []ui.FacetLink
	for _, c := range p.Counts {
		all = append(all, statusFacet(ctx, l, c))
	}
	add := func(name, value, text string) {
		f := ui.FacetLink{Text: text, URL: l.with(name, value), On: l.Get(name) == value}
		if f.On {
			f.URL = l.with(name, "")
		}
		all = append(all, f)
	}
	for _, plan := range p.Plans {
		add("plan", plan.Key, plan.Name)
	}
	add("drift", "yes", ui.T(ctx, "With drift"))
	add("given", "yes", ui.T(ctx, "With a given plan"))
	return all
}

// subscriptionCount is how many there are, as far as it is known without counting: by status alone.
func subscriptionCount(ctx context.Context, l Listing, p admin.SubscriptionList) string {
	if l.Get("plan") != "" || l.Get("drift") != "" || l.Get("given") != "" {
		return ""
	}
	var n int64
	for _, c := range p.Counts {
		if l.Get("status") == "" || l.Get("status") == c.Status {
			n += c.Count
		}
	}
	return adminCount(ctx, n, "one subscription", "%[2]s subscriptions")
}

// statusFacet is the filter for one status: it turns itself off again.
func statusFacet(ctx context.Context, l Listing, c admin.StatusCount) ui.FacetLink {
	text, _ := subscriptionState(ctx, c.Status)
	f := ui.FacetLink{Text: ui.T(ctx, "%s %d", text, c.Count), URL: l.with("status", c.Status), On: l.Get("status") == c.Status}
	if f.On {
		f.URL = l.with("status", "")
	}
	return f
}

// adminMoney is an amount, or a dash where no currency is known yet.
func adminMoney(amount int64, currency string) string {
	if currency == "" {
		return "–"
	}
	return ui.Money(amount, currency)
}

// subscriptionNote says what else is to be known of a subscription beside its status.
func subscriptionNote(ctx context.Context, s admin.Subscription) string {
	var parts []string
	if !s.Current {
		parts = append(parts, ui.T(ctx, "not current"))
	}
	if s.CancelAtPeriodEnd {
		parts = append(parts, ui.T(ctx, "ends with the period"))
	}
	if s.PastDueSince != nil {
		parts = append(parts, ui.T(ctx, "unpaid since %s", ui.Day(ctx, *s.PastDueSince)))
	}
	if s.EndedAt != nil {
		parts = append(parts, ui.T(ctx, "ended %s", ui.Day(ctx, *s.EndedAt)))
	}
	return strings.Join(parts, ", ")
}

// comparedNote says how many columns differ.
func comparedNote(ctx context.Context, p admin.SubscriptionPage) string {
	n := 0
	for _, c := range p.Compared {
		if !c.Same() {
			n++
		}
	}
	if n == 0 {
		return ui.T(ctx, "alike")
	}
	return ui.TN(ctx, n, "one column differs", "%d columns differ")
}

// orDash is a value, or a dash where there is none.
func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// planLimits are a plan's limits in a line each.
func planLimits(ctx context.Context, l billing.PlanLimits) []string {
	return []string{
		limitText(ctx, l.Members, "one member", "%d members", "members without limit"),
		limitText(ctx, l.Projects, "one project", "%d projects", "projects without limit"),
		limitText(ctx, l.StorageMB, "one MB of files", "%d MB of files", "files without limit"),
		limitText(ctx, l.APIRPM, "one request a minute", "%d requests a minute", "requests without limit"),
	}
}

// priceState says whether a price of the catalogue is set up at Stripe, and its colour.
func priceState(ctx context.Context, p admin.PriceInForce, asked bool) (text, hue string) {
	switch {
	case !asked:
		return ui.T(ctx, "not asked"), ""
	case p.Stripe == nil:
		return ui.T(ctx, "Missing"), "brick"
	case !p.Stripe.Is(p.Price):
		return ui.T(ctx, "Differs: %s by %s", ui.Money(p.Stripe.Amount, p.Stripe.Currency), p.Stripe.Interval), "bronze"
	}
	return ui.T(ctx, "Set up"), "moss"
}
