package views

import (
	"context"

	"plinth/internal/billing"
	"plinth/views/ui"
)

// givenLine says who gave the plan, and until when.
func (p BillingPage) givenLine(ctx context.Context) string {
	switch {
	case p.Given == nil || p.Given.Until == nil:
		return ui.T(ctx, "given by Plinth's staff")
	case p.Given.Kind == billing.GivenTrial:
		return ui.T(ctx, "a trial until %s, given by Plinth's staff", ui.LongDay(ctx, *p.Given.Until))
	}
	return ui.T(ctx, "given by Plinth's staff until %s", ui.LongDay(ctx, *p.Given.Until))
}
