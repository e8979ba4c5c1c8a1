package views

import (
	"context"

	"plinth/internal/billing"
	"plinth/views/ui"
)

func changeTitle(ctx context.Context, p billing.Preview) string {
	switch {
	case p.From.Key != p.To.Key:
		return ui.T(ctx, "Change to %s", p.To.Name)
	case p.Choice.Interval == "year":
		return ui.T(ctx, "Pay %s by year", p.To.Name)
	}
	return ui.T(ctx, "Pay %s by month", p.To.Name)
}

func changeIntro(ctx context.Context, p billing.Preview) string {
	switch {
	case p.Later && p.From.Key == p.To.Key:
		return ui.T(ctx, "What is paid for goes on until %s. From then on you pay by month.", ui.LongDay(ctx, p.Renews))
	case p.Later:
		return ui.T(ctx, "%s stays until %s, because it is paid for. Nothing is charged today, and you can take this back until then.", p.From.Name, ui.LongDay(ctx, p.Renews))
	case p.Trial && p.To.Rank < p.From.Rank:
		return ui.T(ctx, "The trial goes on with %s until its end. The lower limits hold at once. Nothing is charged before the end.", p.To.Name)
	case p.Trial:
		return ui.T(ctx, "The trial goes on with %s until its end. Nothing is charged before.", p.To.Name)
	}
	return ui.T(ctx, "Limits rise as soon as the payment of today is through. Nothing changes for your people.")
}

// every is an amount and how often it is paid.
func every(ctx context.Context, amount int64, currency, interval string) string {
	if interval == "year" {
		return ui.T(ctx, "%s a year", ui.Money(amount, currency))
	}
	return ui.T(ctx, "%s a month", ui.Money(amount, currency))
}

// before says what an amount does not show.
func before(ctx context.Context, d billing.Discount) string {
	if d.Name != "" {
		return ui.T(ctx, "before VAT and the discount")
	}
	return ui.T(ctx, "before VAT")
}

// changeThen says what is paid afterwards.
func changeThen(ctx context.Context, p billing.Preview) string {
	amount := every(ctx, p.Then, p.Currency, p.Choice.Interval)
	if p.To.PerSeat {
		amount += " " + ui.TN(ctx, int(p.Seats), "for one seat", "for %d seats")
	}
	if p.Renews.IsZero() {
		return ui.T(ctx, "After that %s, %s, until you change it.", amount, before(ctx, p.Discount))
	}
	return ui.T(ctx, "From %s: %s, %s, until you change it.", ui.LongDay(ctx, p.Renews), amount, before(ctx, p.Discount))
}

func changeButton(ctx context.Context, p billing.Preview) string {
	switch {
	case p.Later:
		return ui.T(ctx, "Change on %s", ui.LongDay(ctx, p.Renews))
	case p.Due == 0:
		return ui.T(ctx, "Change to %s", p.To.Name)
	}
	return ui.T(ctx, "Pay %s and change", ui.Money(p.Due, p.Currency))
}

// lineText names a line of what is paid today.
func lineText(ctx context.Context, line billing.PreviewLine) string {
	switch line.Kind {
	case billing.LineTax:
		return ui.T(ctx, "VAT")
	case billing.LineOpen:
		return ui.T(ctx, "Owed from before")
	case billing.LineKept:
		return ui.T(ctx, "Kept as credit for the next invoices")
	case billing.LineLater:
		return ui.T(ctx, "Charged with the next invoice")
	}
	if line.Text == "" {
		return ui.T(ctx, "Discount")
	}
	return line.Text
}

// withdrawn says that a planned change is given up for this one.
func withdrawn(ctx context.Context, p *billing.Pending) string {
	return ui.T(ctx, "The change to %s on %s, which was planned, will not happen.", pendingName(ctx, p), ui.LongDay(ctx, p.At))
}

func pendingName(ctx context.Context, p *billing.Pending) string {
	if p.Plan.Key == "" {
		return ui.T(ctx, "another price")
	}
	return p.Plan.Name
}

// overText says what becomes of what a lower plan does not include.
func overText(ctx context.Context, o billing.Over) string {
	if o.What == billing.Projects {
		return ui.T(ctx, "%d projects are in use, %d are included. All stay readable and can be worked in; new ones can be made when there is room again.", o.Used, o.Limit)
	}
	return ui.T(ctx, "%d members are in use, %d are included. Everybody keeps their access; nobody new can come in until there is room again.", o.Used, o.Limit)
}
