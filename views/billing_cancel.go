package views

import (
	"context"

	"plinth/internal/billing"
	"plinth/views/ui"
)

// CancelPage is what is shown before a subscription is cancelled.
type CancelPage struct {
	billing.Overview
	Plan    billing.Plan // that is paid for
	Free    billing.Plan
	Pending *billing.Pending
}

func (p CancelPage) now() bool { return billing.EndsNow(p.Subscription.Status) }

func (p CancelPage) title(ctx context.Context) string { return ui.T(ctx, "Cancel %s", p.Plan.Name) }

// when says when the subscription ends.
func (p CancelPage) when(ctx context.Context) string {
	sub := p.Subscription
	switch {
	case p.now():
		return ui.T(ctx, "A payment is missing, so %s ends at once. Nothing more is charged, and no further attempt is made on the card.", p.Plan.Name)
	case sub.Status == "trialing" && sub.TrialEnd != nil:
		return ui.T(ctx, "The trial can go on until %s or end now. Nothing is charged either way.", ui.LongDay(ctx, *sub.TrialEnd))
	case sub.CurrentPeriodEnd != nil:
		return ui.T(ctx, "%s stays until %s, because it is paid for. It does not renew, and you can take this back until then.", p.Plan.Name, ui.LongDay(ctx, *sub.CurrentPeriodEnd)) + " " + p.last(ctx)
	}
	return ui.T(ctx, "%s ends with the period that is paid for.", p.Plan.Name) + " " + p.last(ctx)
}

// last says what may still be charged for what was had until the end.
func (p CancelPage) last(ctx context.Context) string {
	switch {
	case p.Plan.Meter != "" && p.Plan.PerSeat:
		return ui.T(ctx, "What is open by then comes with a last invoice: seats that were added or given back since the one before, and storage beyond what is included. Nothing is charged after that.")
	case p.Plan.Meter != "":
		return ui.T(ctx, "Storage beyond what is included, used until then, comes with a last invoice. Nothing is charged after that.")
	case p.Plan.PerSeat:
		return ui.T(ctx, "Seats that were added or given back since the last invoice are settled then. Nothing is charged after that.")
	}
	return ui.T(ctx, "Nothing more is charged.")
}

func (p CancelPage) endOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "0", Text: ui.T(ctx, "At the end of the trial, on %s", ui.LongDay(ctx, *p.Subscription.TrialEnd))},
		{Value: "1", Text: ui.T(ctx, "Now")},
	}
}

func reasonOptions(ctx context.Context) []ui.Option {
	words := map[string]string{
		"too_expensive": ui.T(ctx, "It costs too much"), "missing_features": ui.T(ctx, "Something is missing"),
		"unused": ui.T(ctx, "We do not use it enough"), "too_complex": ui.T(ctx, "It is too complicated"),
		"switched_service": ui.T(ctx, "We use something else"), "low_quality": ui.T(ctx, "It is not good enough"),
		"customer_service": ui.T(ctx, "The help was not good enough"), "other": ui.T(ctx, "Something else"),
	}
	all := []ui.Option{{Text: ui.T(ctx, "Not said")}}
	for _, reason := range billing.Reasons() {
		all = append(all, ui.Option{Value: reason, Text: words[reason]})
	}
	return all
}
