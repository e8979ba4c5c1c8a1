package views

import (
	"context"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views/ui"
)

// seatCost says what each invited person costs once they join; empty when members cost nothing.
func seatCost(ctx context.Context, page tenants.PeoplePage) string {
	seat := page.Seat
	if seat.Amount == 0 {
		return ""
	}
	line := ui.T(ctx, "Each person who joins takes a seat: %s, before VAT.", every(ctx, seat.Amount, seat.Currency, seat.Interval))
	switch {
	case seat.Trial:
		line = ui.T(ctx, "Each person who joins takes a seat: %s after the trial, before VAT.", every(ctx, seat.Amount, seat.Currency, seat.Interval))
	case seat.Rest > 0:
		line += " " + ui.T(ctx, "Somebody who joins today costs %s until %s; it comes with the next invoice.", ui.Money(seat.Rest, seat.Currency), ui.LongDay(ctx, seat.Until))
	}
	waiting := 0
	for _, p := range page.Pending {
		if scope.Role(p.Role) != scope.Guest {
			waiting++
		}
	}
	if waiting > 0 {
		line += " " + ui.TN(ctx, waiting, "One invitation is waiting and would take another seat.", "%d invitations are waiting and would take a seat each.")
	}
	return line + " " + ui.T(ctx, "Guests cost nothing.")
}

// roomURL leads to where there is room for more members: to the change of plan itself where one can be made at once.
func roomURL(s scope.Scope, seat billing.Seat) string {
	if seat.Buys || seat.Trial || seat.Upgrade.Key == "" || !s.May(scope.ManageBilling) {
		return ui.OrgPath(s.Slug, "billing")
	}
	return changePath(s, seat.Upgrade, seat.Interval)
}

func roomText(ctx context.Context, seat billing.Seat) string {
	if seat.Upgrade.Key == "" || seat.Buys {
		return ui.T(ctx, "See the plans")
	}
	return ui.T(ctx, "Make room with %s", seat.Upgrade.Name)
}
