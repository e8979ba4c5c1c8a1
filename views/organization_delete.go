package views

import (
	"context"

	"plinth/internal/billing"
	"plinth/views/ui"
)

// endingText says what becomes of the plan of an organization that is deleted.
func endingText(ctx context.Context, o billing.Overview) string {
	plan := o.Access.Plan.Name
	switch {
	case o.Live() && o.Subscription.Status == "trialing":
		return ui.T(ctx, "The trial of %s ends at once. Nothing is charged.", plan)
	case o.Live() && o.Access.Plan.PerSeat:
		return ui.TN(ctx, int(o.Subscription.Quantity), "Your "+plan+" plan (1 seat) ends at once; nothing is charged any more, and nothing is paid back for the rest of the period.",
			"Your "+plan+" plan (%d seats) ends at once; nothing is charged any more, and nothing is paid back for the rest of the period.")
	case o.Live():
		return ui.T(ctx, "Your %s plan ends at once; nothing is charged any more, and nothing is paid back for the rest of the period.", plan)
	case o.Checkout:
		return ui.T(ctx, "An order that was begun and not paid is withdrawn. Nothing is charged.")
	}
	return ui.T(ctx, "There is no plan to end: nothing is charged.")
}
