package views

import (
	"context"
	"net/url"

	"plinth/internal/admin"
	"plinth/internal/billing"
	"plinth/views/ui"

	"github.com/google/uuid"
)

// OrganizationForms are the forms of an organization's page; the one that came back has what was typed.
type OrganizationForms struct {
	Suspend, Give, EndGift, Transfer, Delete, Note ui.Form
}

// giftLine says what was given, until when, by whom and why.
func giftLine(ctx context.Context, g admin.Gift) string {
	what := ui.T(ctx, "%s without payment", g.Plan)
	switch g.Kind {
	case billing.GivenTrial:
		what = ui.T(ctx, "a trial of %s", g.Plan)
	case billing.MovedTrial:
		what = ui.T(ctx, "the end of the trial at Stripe moved")
	}
	if g.Until != nil {
		return ui.T(ctx, "%s until %s, by %s: %s", what, ui.LongDay(ctx, *g.Until), g.Staff, g.Reason)
	}
	return ui.T(ctx, "%s without end, by %s: %s", what, g.Staff, g.Reason)
}

// giftEnd says how a gift ended, or that it goes on.
func giftEnd(ctx context.Context, g admin.Gift) string {
	switch {
	case g.Kind == billing.MovedTrial && g.EndedReason == "":
		return ui.T(ctx, "done at Stripe")
	case g.InForce:
		return ui.T(ctx, "in force")
	case g.EndedBy != "":
		return ui.T(ctx, "ended %s by %s: %s", ui.Day(ctx, *g.EndedAt), g.EndedBy, g.EndedReason)
	}
	return ui.T(ctx, "ended by its date")
}

func giftKinds(ctx context.Context, p admin.OrganizationPage) []ui.Option {
	trial := ui.T(ctx, "The plan until the day, as a trial. Nothing is charged when it ends.")
	if t := p.Trial(); t != nil && t.TrialEnd != nil {
		trial = ui.T(ctx, "The trial of %s runs at Stripe until %s. Its end is moved there; the plan below does not count.", t.Plan, ui.LongDay(ctx, *t.TrialEnd))
	}
	return []ui.Option{
		{Value: billing.GivenPlan, Text: ui.T(ctx, "A plan without payment"), Hint: ui.T(ctx, "Until the day, or without end.")},
		{Value: billing.GivenTrial, Text: ui.T(ctx, "A longer trial"), Hint: trial},
	}
}

func giftPlans(p admin.OrganizationPage) []ui.Option {
	var options []ui.Option
	for _, plan := range p.Plans {
		options = append(options, ui.Option{Value: plan.Key, Text: plan.Name})
	}
	return options
}

// giveForm is the form with what was typed, and an id of its own, so that sending it twice gives once.
func giveForm(f ui.Form) ui.Form {
	return f.Or(url.Values{"kind": {billing.GivenPlan}, "id": {uuid.Must(uuid.NewV7()).String()}}).Ordered("kind", "plan", "until", "why")
}
