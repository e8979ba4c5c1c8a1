package views

import (
	"context"
	"strings"
	"time"

	"plinth/internal/billing"
	"plinth/views/ui"
)

// cardName is a card as people know it: Visa ending in 4242.
func cardName(ctx context.Context, c billing.Card) string {
	names := map[string]string{"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "discover": "Discover", "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}
	name := names[c.Brand]
	if name == "" {
		name = ui.T(ctx, "Card")
	}
	return ui.T(ctx, "%s ending in %s", name, c.Last4)
}

// cardExpiry is as it stands on the card: 12/30.
func cardExpiry(c billing.Card) string { return c.Expires.Format("01/06") }

// cardWarning says that the card will not be good for the next charge; empty when it will.
func cardWarning(ctx context.Context, c billing.Card, next *time.Time, now time.Time) string {
	if c.Last4 == "" || c.Expires == nil {
		return ""
	}
	over := c.Expires.AddDate(0, 0, 1)
	switch {
	case !over.After(now):
		return ui.T(ctx, "This card has expired. Replace it, so that the next payment goes through.")
	case next != nil && !over.After(*next):
		return ui.T(ctx, "This card expires before the next payment on %s. Replace it in time.", ui.LongDay(ctx, *next))
	}
	return ""
}

// discountText says what is taken off and until when.
func discountText(ctx context.Context, d billing.Discount) string {
	off := ui.T(ctx, "%s off", ui.Money(d.Amount, d.Currency))
	if d.Percent > 0 {
		off = ui.T(ctx, "%s off", percent(ctx, d.Percent))
	}
	if d.Until != nil {
		return ui.T(ctx, "%s: %s until %s", d.Name, off, ui.LongDay(ctx, *d.Until))
	}
	return ui.T(ctx, "%s: %s", d.Name, off)
}

func percent(ctx context.Context, p float64) string {
	return strings.TrimSuffix(strings.TrimRight(ui.T(ctx, "%.2f", p), "0"), ".") + " %"
}

// startThen says what is paid after the first payment, and with what.
func startThen(ctx context.Context, p billing.Start) string {
	line := ui.T(ctx, "The first period begins today.")
	if p.Plan.PerSeat {
		line = ui.T(ctx, "The first period begins today and covers %s.", ui.TN(ctx, int(p.Seats), "one seat", "%d seats"))
	}
	if !p.Renews.IsZero() {
		line += " " + ui.T(ctx, "It renews on %s.", ui.LongDay(ctx, p.Renews))
	}
	if p.Card.Last4 != "" {
		line += " " + ui.T(ctx, "Paid with %s.", cardName(ctx, p.Card))
	}
	return line
}
