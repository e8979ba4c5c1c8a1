package views

import (
	"context"

	"plinth/internal/billing"
	"plinth/views/ui"
)

func changeTitle(ctx context.Context, p billing.Preview) string {
	if p.From.Key == p.To.Key {
		return ui.T(ctx, "Pay %s by year", p.To.Name)
	}
	return ui.T(ctx, "Change to %s", p.To.Name)
}

func changeIntro(ctx context.Context, p billing.Preview) string {
	if p.Trial {
		return ui.T(ctx, "The trial goes on with %s until its end. Nothing is charged before.", p.To.Name)
	}
	return ui.T(ctx, "Limits rise as soon as the payment of today is through. Nothing changes for your people.")
}

// changeThen says what is paid afterwards.
func changeThen(ctx context.Context, p billing.Preview) string {
	every := ui.T(ctx, "%s a month", ui.Money(p.Then, p.Currency))
	if p.Choice.Interval == "year" {
		every = ui.T(ctx, "%s a year", ui.Money(p.Then, p.Currency))
	}
	seats := ui.TN(ctx, int(p.Seats), "for one seat", "for %d seats")
	if p.Renews.IsZero() {
		return ui.T(ctx, "After that %s %s, before VAT, until you change it.", every, seats)
	}
	return ui.T(ctx, "From %s: %s %s, before VAT, until you change it.", ui.LongDay(ctx, p.Renews), every, seats)
}

func changeButton(ctx context.Context, p billing.Preview) string {
	if p.Due == 0 {
		return ui.T(ctx, "Change to %s", p.To.Name)
	}
	return ui.T(ctx, "Pay %s and change", ui.Money(p.Due, p.Currency))
}
