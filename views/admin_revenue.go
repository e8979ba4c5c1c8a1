package views

import (
	"context"
	"strconv"
	"strings"

	"plinth/internal/admin"
	"plinth/views/ui"
)

// share is a part of a whole with one decimal; a dash where there is no whole.
func share(part, whole int64) string {
	if whole <= 0 {
		return "–"
	}
	return strconv.FormatFloat(float64(part)*100/float64(whole), 'f', 1, 64) + " %"
}

// revenueStats are the figures of one currency at this moment.
func revenueStats(ctx context.Context, c admin.CurrencyRevenue) []ui.StatBox {
	now := c.Now()
	var trend []int64
	for _, m := range c.Months {
		trend = append(trend, m.End)
	}
	boxes := []ui.StatBox{
		{Label: ui.T(ctx, "MRR"), Value: ui.MoneyShort(now.End, c.Currency), Note: ui.T(ctx, "%s since the month began", signed(now.End-now.Start, c.Currency)), Trend: trend},
		{Label: ui.T(ctx, "ARR"), Value: ui.MoneyShort(now.End*12, c.Currency), Note: ui.T(ctx, "the MRR times twelve")},
		{Label: ui.T(ctx, "Paying organizations"), Value: ui.Num(ctx, now.Paying), Note: ui.T(ctx, "%d came, %d went this month", now.Came, now.Went)},
		{Label: ui.T(ctx, "ARPA"), Value: ui.Money(now.Average(), c.Currency), Note: ui.T(ctx, "a paying organization and month")},
	}
	if len(c.Months) > 1 {
		last := c.Months[len(c.Months)-2]
		boxes = append(boxes, ui.StatBox{
			Label: ui.T(ctx, "Churn in %s", last.Month.Format("January")), Value: share(last.Went, last.PayingBefore),
			Note: ui.T(ctx, "of organizations, %s of revenue", share(last.Churn+last.Contraction, last.Start)),
		})
	}
	return boxes
}

func signed(amount int64, currency string) string {
	if amount > 0 {
		return "+" + ui.MoneyShort(amount, currency)
	}
	return ui.MoneyShort(amount, currency)
}

// monthLabel names every month of a short list, and every third of a long one.
func monthLabel(i int, c admin.CurrencyRevenue) string {
	if len(c.Months) > 12 && (len(c.Months)-1-i)%3 != 0 {
		return ""
	}
	return c.Months[i].Month.Format("Jan")
}

func revenueBars(ctx context.Context, c admin.CurrencyRevenue) ui.BarsBox {
	box := ui.BarsBox{ID: "mrr-" + c.Currency, Format: axisMoney(c.Currency)}
	for i, m := range c.Months {
		box.Bars = append(box.Bars, ui.Bar{Label: monthLabel(i, c), Value: m.End, Strong: i == len(c.Months)-1})
	}
	box.Title = ui.T(ctx, "MRR at the end of each month in %s: from %s to %s", strings.ToUpper(c.Currency),
		ui.MoneyShort(c.Months[0].End, c.Currency), ui.MoneyShort(c.Now().End, c.Currency))
	return box
}

func revenueMoves(ctx context.Context, c admin.CurrencyRevenue) ui.MovesBox {
	box := ui.MovesBox{ID: "moves-" + c.Currency, Format: axisMoney(c.Currency)}
	var up, down int64
	for i, m := range c.Months {
		move := ui.Move{Label: monthLabel(i, c), Up: m.New + m.Expansion + m.Reactivation, Down: m.Contraction + m.Churn}
		up, down = up+move.Up, down+move.Down
		box.Moves = append(box.Moves, move)
	}
	box.Title = ui.T(ctx, "What came and went each month in %s: %s came and %s went", strings.ToUpper(c.Currency), ui.MoneyShort(up, c.Currency), ui.MoneyShort(down, c.Currency))
	return box
}

// axisMoney writes amounts short, so that they fit beside a chart.
func axisMoney(currency string) func(int64) string {
	return func(n int64) string { return ui.MoneyShort(n, currency) }
}

func revenueTabs(ctx context.Context, months int) []ui.Tab {
	return []ui.Tab{
		{Text: ui.T(ctx, "12 months"), URL: "/admin/revenue", Current: months == 12},
		{Text: ui.T(ctx, "24 months"), URL: "/admin/revenue?months=24", Current: months == 24},
	}
}

// trialSums are all months together.
func trialSums(months []admin.TrialMonth) admin.TrialMonth {
	var sum admin.TrialMonth
	for _, m := range months {
		sum.Started, sum.Won, sum.Lost = sum.Started+m.Started, sum.Won+m.Won, sum.Lost+m.Lost
	}
	return sum
}

// checkNote says how the last comparison stands.
func checkNote(ctx context.Context, c admin.RevenueCheck) string {
	switch {
	case c.State == "running" && c.Problem != "":
		return ui.T(ctx, "Under way: %d pages are read. %s.", c.Pages, c.Problem)
	case c.State == "running":
		return ui.T(ctx, "Under way: %d pages are read. Load this page again in a moment.", c.Pages)
	case c.State == "failed":
		return ui.T(ctx, "It did not end: %s.", c.Problem)
	}
	for _, line := range c.Lines {
		if !line.Same() {
			return ui.T(ctx, "They differ. A change that Stripe has told of since may be the reason: compare again, then look at the subscriptions with drift.")
		}
	}
	return ui.T(ctx, "They are alike.")
}

// revenueWords are the definitions, in the order of the table.
func revenueWords(ctx context.Context) [][2]string {
	return [][2]string{
		{ui.T(ctx, "MRR"), ui.T(ctx, "What the subscriptions that are active or past due bring in a month: price times seats, a year's price divided by twelve, less a discount that goes on. Without tax, without what a meter charges, and without a coupon for one invoice alone. A trial brings nothing, a plan given by staff brings nothing. Past due counts until it ends; unpaid and paused count nothing.")},
		{ui.T(ctx, "A month"), ui.T(ctx, "By UTC. An organization is compared with itself: what it brings at the end of the month against the end of the month before. What comes and goes within one month shows in neither.")},
		{ui.T(ctx, "New, reactivation"), ui.T(ctx, "It brought nothing before and brings something now: new for the first time, reactivation when it had paid at the end of an earlier month.")},
		{ui.T(ctx, "Expansion, contraction"), ui.T(ctx, "It brings more, or less, than before: another plan, more or fewer seats, the end of a discount.")},
		{ui.T(ctx, "Churn"), ui.T(ctx, "It brought something and brings nothing now. The rate of organizations is those that went, of those that paid at the beginning; the rate of revenue is churn and contraction of the MRR at the beginning.")},
		{ui.T(ctx, "ARR, ARPA"), ui.T(ctx, "The MRR times twelve; the MRR divided by the paying organizations.")},
		{ui.T(ctx, "Trials"), ui.T(ctx, "Counted in the month they began. Won when a payment is due since, lost when it ended without one. The conversion is won of won and lost; those that go on are left out.")},
		{ui.T(ctx, "Currencies"), ui.T(ctx, "Each by itself; amounts of different currencies have no sum. An organization that is erased takes its history with it, and earlier months lose its part.")},
	}
}
