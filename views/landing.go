// Package views holds the pages: pure templ components that take values and do no I/O.
package views

import (
	"context"

	"plinth/views/ui"
)

// PlanCard is one plan on the landing page. Amounts are per member where PerSeat, in the smallest unit of Currency;
// Yearly is what a whole year costs. A plan without a price has zero for both.
type PlanCard struct {
	Name, Text, Badge string
	Monthly, Yearly   int64
	Currency          string
	PerSeat           bool
	Features          []string
	Button, URL       string
	// Pick marks the plan most people take.
	Pick bool
}

func (p PlanCard) free() bool { return p.Monthly == 0 && p.Yearly == 0 }

func (p PlanCard) monthly() string { return ui.MoneyShort(p.Monthly, p.Currency) }

// byYear is what a member costs a month when paid by year, so both prices can be compared.
func (p PlanCard) byYear() string { return ui.MoneyShort((p.Yearly+6)/12, p.Currency) }

func (p PlanCard) yearly(ctx context.Context) string {
	if !p.PerSeat {
		return ui.T(ctx, "%s once a year", ui.MoneyShort(p.Yearly, p.Currency))
	}
	return ui.T(ctx, "%s per member, once a year", ui.MoneyShort(p.Yearly, p.Currency))
}

func (p PlanCard) aMonth(ctx context.Context) string {
	if !p.PerSeat {
		return ui.T(ctx, "a month")
	}
	return ui.T(ctx, "per member, a month")
}

func (p PlanCard) buttonKind() string {
	if p.Pick {
		return "primary"
	}
	return ""
}

// shownTicket and shownLane are the picture of a board on the landing page.
type shownTicket struct{ key, title, priority, person, label, hue string }

type shownLane struct {
	status, count, class string
	tickets              []shownTicket
}

func shownBoard(ctx context.Context) []shownLane {
	return []shownLane{
		{"todo", "9", "max-sm:hidden", []shownTicket{
			{"WEB-219", ui.T(ctx, "Cookie notice covers the checkout button"), "high", "Jun Park", ui.T(ctx, "bug"), "brick"},
			{"WEB-217", ui.T(ctx, "Spanish and German texts for the RX‑4"), "medium", "Elif Demir", "", ""}}},
		{"progress", "6", "", []shownTicket{
			{"WEB-216", ui.T(ctx, "Configurator: payload and reach change the price at once"), "urgent", "Mira Okafor", ui.T(ctx, "launch"), "plum"},
			{"WEB-213", ui.T(ctx, "Product images in AVIF"), "medium", "Jun Park", "", ""}}},
		{"review", "5", "max-lg:hidden", []shownTicket{
			{"WEB-214", ui.T(ctx, "Quote form loses the country when the VAT check fails"), "high", "Dana Whitfield", ui.T(ctx, "bug"), "brick"},
			{"WEB-208", ui.T(ctx, "Product page for the RX‑4 gripper"), "medium", "Dana Whitfield", "", ""}}},
		{"done", "41", "max-lg:hidden", []shownTicket{
			{"WEB-215", ui.T(ctx, "Redirect the old firmware links"), "medium", "Tomás Rivas", "", ""},
			{"WEB-209", ui.T(ctx, "Contact form answers within a second"), "high", "Jun Park", ui.T(ctx, "performance"), "moss"}}},
	}
}
