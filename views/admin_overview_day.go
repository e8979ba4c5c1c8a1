package views

import (
	"context"
	"strings"
	"time"

	"plinth/internal/admin"
	"plinth/views/ui"
)

// dayFigure is what is known of each day: a column of the table, and a chart unless it has no id.
type dayFigure struct {
	id, title string
	value     func(admin.Day) int64
	format    func(int64) string // nil: it is a number of things
}

func dayFigures(ctx context.Context, o admin.Overview) []dayFigure {
	mrr := dayFigure{"mrr", ui.T(ctx, "MRR"), func(d admin.Day) int64 { return d.Revenue }, nil}
	if o.Currency != "" {
		mrr.title, mrr.format = ui.T(ctx, "MRR in %s", strings.ToUpper(o.Currency)), axisMoney(o.Currency)
	}
	return []dayFigure{
		mrr,
		{"signups", ui.T(ctx, "Sign-ups"), func(d admin.Day) int64 { return d.SignUps }, nil},
		{"active", ui.T(ctx, "Active organizations"), func(d admin.Day) int64 { return d.Active }, nil},
		{"", ui.T(ctx, "New subscriptions"), func(d admin.Day) int64 { return d.Subscriptions }, nil},
		{"created", ui.T(ctx, "Tickets created"), func(d admin.Day) int64 { return d.Tickets }, nil},
	}
}

// text writes the value of a day.
func (f dayFigure) text(ctx context.Context, d admin.Day) string {
	if f.format != nil {
		return f.format(f.value(d))
	}
	return ui.Num(ctx, f.value(d))
}

// bars draws the days; every seventh from today back is named.
func (f dayFigure) bars(ctx context.Context, days []admin.Day) ui.BarsBox {
	box := ui.BarsBox{ID: f.id + "-chart", Format: f.format}
	total, last := int64(0), days[len(days)-1]
	for i, d := range days {
		bar := ui.Bar{Value: f.value(d), Strong: i == len(days)-1}
		if (len(days)-1-i)%7 == 1 {
			bar.Label = utcDay(d.Day)
		}
		total += bar.Value
		box.Bars = append(box.Bars, bar)
	}
	box.Title = ui.T(ctx, "%s by day, the last thirty days: %d in all, %d today", f.title, total, f.value(last))
	if f.format != nil {
		box.Title = ui.T(ctx, "%s at the end of each of the last thirty days: from %s to %s", f.title, f.text(ctx, days[0]), f.text(ctx, last))
	}
	return box
}

// utcDay writes a day that begins at midnight UTC, which is another day where a person may be.
func utcDay(t time.Time) string { return t.UTC().Format("2 Jan") }

func daySeries(days []admin.Day, value func(admin.Day) int64) []int64 {
	out := make([]int64, len(days))
	for i, d := range days {
		out[i] = value(d)
	}
	return out
}

func activeStat(ctx context.Context, days []admin.Day) ui.StatBox {
	series := daySeries(days, func(d admin.Day) int64 { return d.Active })
	last := len(series) - 1
	return ui.StatBox{Label: ui.T(ctx, "Active organizations"), Value: ui.Num(ctx, series[last]), Note: ui.T(ctx, "today, %d yesterday", series[last-1]), Trend: series}
}

func failedPaidStat(ctx context.Context, o admin.Overview) ui.StatBox {
	total := int64(0)
	for _, d := range o.Days {
		total += d.FailedPaid
	}
	return ui.StatBox{
		Label: ui.T(ctx, "Failed payments"), Value: ui.Num(ctx, total), Late: lateCount(ctx, o.Days[len(o.Days)-1].FailedPaid, "%d today,"), Note: ui.T(ctx, "in 30 days"),
	}
}

func mailStat(ctx context.Context, m admin.MailHealth) ui.StatBox {
	return ui.StatBox{
		Label: ui.T(ctx, "Mails"), Value: ui.Num(ctx, m.Sent), Late: lateCount(ctx, m.Failed+m.Bounced, "%d failed or bounced,"), Note: ui.T(ctx, "sent in 24 h"),
	}
}

func waitingStat(ctx context.Context, o admin.Overview) ui.StatBox {
	box := ui.StatBox{Label: ui.T(ctx, "Events to pass on"), Value: ui.Num(ctx, o.Undispatched.Count), Note: ui.T(ctx, "all are passed on")}
	waits := o.At.Sub(o.Undispatched.Since)
	switch {
	case o.Undispatched.Count == 0:
	case waits > time.Minute:
		box.Late, box.Note = ui.T(ctx, "the oldest waits %s", span(ctx, waits)), ""
	default:
		box.Note = ui.T(ctx, "the oldest waits %s", span(ctx, waits))
	}
	return box
}

// took is a time in a unit that leaves few digits.
func took(ctx context.Context, d time.Duration) string {
	switch {
	case d < time.Second:
		return ui.T(ctx, "%d ms", d.Round(time.Millisecond).Milliseconds())
	case d < time.Minute:
		return ui.T(ctx, "%.1f s", d.Seconds())
	}
	return span(ctx, d)
}

// timingName tells a kind of job from the pattern of a route.
func timingName(ctx context.Context, t admin.Timing) string {
	if t.What == admin.TimedJob {
		return ui.T(ctx, "job %s", t.Name)
	}
	return t.Name
}
