package views

import (
	"context"
	"strings"

	"plinth/internal/admin"
	"plinth/views/ui"
)

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
