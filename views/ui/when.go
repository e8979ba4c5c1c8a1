package ui

import (
	"context"
	"time"
)

// Ago says how far a time is from now, in the zone of the person: "now", "4 min ago", "in 3 days", "yesterday",
// "18 Nov", "18 Nov 2025".
func Ago(ctx context.Context, t time.Time) string {
	nav := NavFrom(ctx)
	now := nav.now().In(nav.zone())
	t = t.In(nav.zone())
	gap := now.Sub(t)
	future := gap < 0
	if future {
		gap = -gap
	}
	days := dayNumber(now) - dayNumber(t)
	switch {
	case gap < time.Minute:
		return T(ctx, "now")
	case gap < time.Hour:
		return phrase(ctx, int(gap/time.Minute), future, "%d min ago", "in %d min")
	case gap < 24*time.Hour && (days == 0 || gap < 6*time.Hour):
		return phrase(ctx, int(gap/time.Hour), future, "%d h ago", "in %d h")
	case days == 1:
		return T(ctx, "yesterday")
	case days == -1:
		return T(ctx, "tomorrow")
	case days > 1 && days < 7:
		return T(ctx, "%d days ago", days)
	case days < -1 && days > -7:
		return T(ctx, "in %d days", -days)
	}
	return Day(ctx, t)
}

func phrase(ctx context.Context, n int, future bool, past, next string) string {
	if future {
		return T(ctx, next, n)
	}
	return T(ctx, past, n)
}

// Day writes a day: "18 Nov", with the year when it is not this one.
func Day(ctx context.Context, t time.Time) string {
	nav := NavFrom(ctx)
	t = t.In(nav.zone())
	if t.Year() == nav.now().In(nav.zone()).Year() {
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// LongDay writes a day in full: "18 November 2026".
func LongDay(ctx context.Context, t time.Time) string {
	return t.In(NavFrom(ctx).zone()).Format("2 January 2006")
}

// Exact writes a time to the minute in the zone of the person, with the zone: "18 Nov 2026, 17:00 CET".
func Exact(ctx context.Context, t time.Time) string {
	return t.In(NavFrom(ctx).zone()).Format("2 Jan 2006, 15:04 MST")
}

// dayNumber counts calendar days, so that a change of the clocks does not make a day of 23 hours.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Late tells whether a due time has passed.
func Late(ctx context.Context, due time.Time) bool { return due.Before(NavFrom(ctx).now()) }

// Due says when something is due: "Today", "Tomorrow", "Sunday", "24 Nov", or "2 days late".
func Due(ctx context.Context, due time.Time, finished bool) string {
	nav := NavFrom(ctx)
	due = due.In(nav.zone())
	days := dayNumber(due) - dayNumber(nav.now().In(nav.zone()))
	switch {
	case days < 0 && !finished:
		return TN(ctx, -days, "%d day late", "%d days late")
	case days == 0 && !finished && Late(ctx, due):
		return T(ctx, "Late today")
	case days == 0:
		return T(ctx, "Today")
	case days == 1:
		return T(ctx, "Tomorrow")
	case days > 1 && days < 7:
		return T(ctx, due.Weekday().String())
	}
	return Day(ctx, due)
}
