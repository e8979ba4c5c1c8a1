package views

import (
	"context"

	"plinth/views/ui"
)

// storageMeter is what is kept against what is included; more is charged and not refused.
func (p BillingPage) storageMeter(ctx context.Context) ui.MeterBox {
	included := int64(p.paid().IncludedMB(p.given()))
	if included > 0 {
		included *= 1_000_000
	}
	return ui.MeterBox{Label: ui.T(ctx, "Storage"), Used: p.Use.Measured, Limit: included, Unit: "bytes"}
}

// filesMeter is what files of tickets take up against what the plan has room for, where nothing is charged for more.
func (p BillingPage) filesMeter(ctx context.Context) ui.MeterBox {
	limit := int64(p.Access.Plan.Limits.StorageMB)
	if limit > 0 {
		limit *= 1_000_000
	}
	return ui.MeterBox{Label: ui.T(ctx, "Files"), Used: p.Stored, Limit: limit, Unit: "bytes"}
}

// storageNote says what is charged beyond what is included; empty where nothing is.
func (p BillingPage) storageNote(ctx context.Context) string {
	interval := "month"
	if p.Subscription != nil && p.Subscription.Interval != "" {
		interval = p.Subscription.Interval
	}
	price, ok := p.paid().MeterPrice(interval)
	if !ok || p.paid().IncludedMB(p.given()) < 0 {
		return ""
	}
	text := ui.T(ctx, "Storage as of %s. Each gigabyte beyond what is included is %s a month, by the most that was kept at a full hour.",
		ui.Exact(ctx, p.Use.Hour), ui.Money(price.Amount, price.Currency))
	if interval == "year" {
		text = ui.T(ctx, "Storage as of %s. Each gigabyte beyond what is included is %s a year, by the most that was kept at a full hour.",
			ui.Exact(ctx, p.Use.Hour), ui.Money(price.Amount, price.Currency))
	}
	if p.Use.Quantity > 0 {
		text += " " + ui.TN(ctx, int(p.Use.Quantity), "One is charged at the moment.", "%d are charged at the moment.")
	}
	return text
}
