package views

import (
	"context"
	"strings"
	"time"

	"plinth/internal/admin"
	"plinth/views/ui"
)

func overviewStats(ctx context.Context, o admin.Overview) []ui.StatBox {
	t, s := o.Totals, o.Subscriptions
	return []ui.StatBox{
		revenueStat(ctx, o.Revenue),
		{Label: ui.T(ctx, "Active subscriptions"), Value: ui.Num(ctx, s.Active), Late: lateCount(ctx, s.PastDue, "%d past due"), Note: ui.T(ctx, "of %d organizations", t.Organizations)},
		{Label: ui.T(ctx, "Trials"), Value: ui.Num(ctx, s.Trials), Note: ui.T(ctx, "%d end this week", s.TrialsEnding)},
		failedPaidStat(ctx, o),
		activeStat(ctx, o.Days),
		{Label: ui.T(ctx, "Organizations"), Value: ui.Num(ctx, t.Organizations), Note: ui.T(ctx, "%d opened in 30 days", t.OrganizationsNew)},
		{Label: ui.T(ctx, "Users"), Value: ui.Num(ctx, t.Users), Note: ui.T(ctx, "%d new in 30 days", t.UsersNew)},
		failureStat(ctx, o.Failures),
		mailStat(ctx, o.Mail),
		waitingStat(ctx, o),
	}
}

func lateCount(ctx context.Context, n int64, text string) string {
	if n == 0 {
		return ""
	}
	return ui.T(ctx, text, n)
}

// revenueStat shows the largest currency and names the others: amounts of different currencies have no sum.
func revenueStat(ctx context.Context, all []admin.Revenue) ui.StatBox {
	box := ui.StatBox{Label: ui.T(ctx, "MRR"), Value: "0", Note: ui.T(ctx, "nobody pays yet")}
	if len(all) == 0 {
		return box
	}
	box.Value = ui.MoneyShort(all[0].MonthlyAmount, all[0].Currency)
	paying := int64(0)
	var others []string
	for i, r := range all {
		paying += r.Subscriptions
		if i > 0 {
			others = append(others, ui.MoneyShort(r.MonthlyAmount, r.Currency))
		}
	}
	box.Note = ui.TN(ctx, int(paying), "from one subscription", "from %d subscriptions")
	if len(others) > 0 {
		box.Note = ui.T(ctx, "and %s", strings.Join(others, ", ")) + " · " + box.Note
	}
	return box
}

func failureStat(ctx context.Context, f admin.Failures) ui.StatBox {
	box := ui.StatBox{Label: ui.T(ctx, "Failed jobs"), Value: ui.Num(ctx, f.Kept), Note: ui.T(ctx, "none in 24 h")}
	if f.LastDay > 0 {
		box.Late, box.Note = ui.T(ctx, "%d in 24 h,", f.LastDay), ui.T(ctx, "most in %s", f.Queue)
	}
	return box
}

func openedBars(ctx context.Context, months []admin.Opened) ui.BarsBox {
	box := ui.BarsBox{ID: "opened-chart"}
	total := int64(0)
	for i, m := range months {
		total += m.Count
		box.Bars = append(box.Bars, ui.Bar{Label: m.Month.Format("Jan"), Value: m.Count, Strong: i == len(months)-1})
	}
	box.Title = ui.T(ctx, "Organizations opened per month, the last twelve months: %d in all, %d this month", total, months[len(months)-1].Count)
	return box
}

func webhookBars(ctx context.Context, hours []admin.WebhookHour) ui.BarsBox {
	box := ui.BarsBox{ID: "webhook-chart"}
	done, waiting := webhookSums(hours)
	zone := ui.NavFrom(ctx).Zone
	if zone == nil {
		zone = time.UTC
	}
	for i, h := range hours {
		bar := ui.Bar{Value: h.Done, Bad: h.Waiting}
		if i%6 == 0 {
			bar.Label = h.Hour.In(zone).Format("15:04")
		}
		box.Bars = append(box.Bars, bar)
	}
	box.Title = ui.T(ctx, "Stripe events per hour, last 24 hours: %d applied, %d wait", done, waiting)
	return box
}

func webhookSums(hours []admin.WebhookHour) (done, waiting int64) {
	for _, h := range hours {
		done += h.Done
		waiting += h.Waiting
	}
	return done, waiting
}

func healthLine(ctx context.Context, o admin.Overview) string {
	parts := []string{ui.T(ctx, "No event was applied"), ui.T(ctx, "parked %d", o.Health.Parked)}
	if h := o.Health; h.Applied > 0 {
		parts[0] = ui.T(ctx, "Applied within %s (95 of 100 within %s)", seconds(ctx, h.MedianSeconds), seconds(ctx, h.SlowSeconds))
	}
	if t := o.Health.OldestQueued; t != nil {
		parts = append(parts, ui.T(ctx, "oldest unapplied %s", span(ctx, o.At.Sub(*t))))
	}
	return strings.Join(parts, " · ")
}

func seconds(ctx context.Context, s float64) string {
	if s < 10 {
		return ui.T(ctx, "%.1f s", s)
	}
	return span(ctx, time.Duration(s*float64(time.Second)))
}

// span is a length of time in its largest unit.
func span(ctx context.Context, d time.Duration) string {
	switch {
	case d < time.Minute:
		return ui.T(ctx, "%d s", int(max(d, 0)/time.Second))
	case d < time.Hour:
		return ui.T(ctx, "%d min", int(d/time.Minute))
	case d < 48*time.Hour:
		return ui.T(ctx, "%d h", int(d/time.Hour))
	}
	return ui.T(ctx, "%d days", int(d/(24*time.Hour)))
}
