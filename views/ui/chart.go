package ui

import (
	"context"
	"strconv"
	"time"
)

// FlowDay is one day of a FlowChart.
type FlowDay struct {
	Day            time.Time
	Opened, Closed int
}

// flow is a FlowChart worked out: opened grows up from the middle, closed down.
// Across is in per cent, so text keeps its size at any width; down is in pixels.
type flow struct {
	days           []FlowDay
	opened, closed int
	max            int
	bars           []flowBar
	ticks          []flowTick
	labels         []axisLabel
}

type flowBar struct{ x, width, y, up, down string }

type flowTick struct{ value, y, textY string }

type axisLabel struct{ x, text, anchor string }

const (
	flowMiddle = 78.0
	flowReach  = 64.8
	flowLeft   = 4.0
)

func newFlow(ctx context.Context, days []FlowDay) flow {
	f := flow{days: days}
	for _, d := range days {
		f.opened += d.Opened
		f.closed += d.Closed
		f.max = max(f.max, d.Opened, d.Closed)
	}
	scale := flowReach / float64(max(f.max, 1))
	step := (100 - flowLeft) / float64(max(len(days), 1))
	for i, d := range days {
		up := float64(d.Opened) * scale
		f.bars = append(f.bars, flowBar{
			x: pct(flowLeft + float64(i)*step), width: pct(step * 0.656),
			y: px(flowMiddle - up), up: px(up), down: px(float64(d.Closed) * scale),
		})
	}
	f.ticks = flowTicks(f.max, scale)
	f.labels = dayLabels(ctx, days, step)
	return f
}

// flowTicks puts two lines on either side of the middle, at the largest round number that fits twice.
func flowTicks(most int, scale float64) []flowTick {
	step := roundBelow(most / 2)
	if step == 0 {
		return nil
	}
	var ticks []flowTick
	for _, n := range []int{-2, -1, 1, 2} {
		y := flowMiddle - float64(n*step)*scale
		ticks = append(ticks, flowTick{value: strconv.Itoa(max(n, -n) * step), y: px(y), textY: px(y + 4)})
	}
	return ticks
}

// dayLabels names every seventh day and the last; the last but one goes when both would touch.
func dayLabels(ctx context.Context, days []FlowDay, step float64) []axisLabel {
	var labels []axisLabel
	last := len(days) - 1
	for i := 0; i < last-3; i += 7 {
		labels = append(labels, axisLabel{pct(flowLeft + float64(i)*step), Day(ctx, days[i].Day), "start"})
	}
	if last >= 0 {
		labels = append(labels, axisLabel{"100%", Day(ctx, days[last].Day), "end"})
	}
	return labels
}

// most tells the day with the largest value and that value.
func most(days []FlowDay, value func(FlowDay) int) (time.Time, int) {
	var day time.Time
	best := 0
	for _, d := range days {
		if v := value(d); v > best {
			day, best = d.Day, v
		}
	}
	return day, best
}

func (f flow) title(ctx context.Context) string {
	if len(f.days) == 0 {
		return T(ctx, "Tickets opened and closed per day")
	}
	return T(ctx, "Tickets opened and closed per day, %s to %s", LongDay(ctx, f.days[0].Day), LongDay(ctx, f.days[len(f.days)-1].Day))
}

func (f flow) desc(ctx context.Context) string {
	text := T(ctx, "%d opened and %d closed in %d days.", f.opened, f.closed, len(f.days))
	if day, n := most(f.days, func(d FlowDay) int { return d.Opened }); n > 0 {
		text += " " + T(ctx, "Most opened in one day: %d on %s.", n, LongDay(ctx, day))
	}
	if day, n := most(f.days, func(d FlowDay) int { return d.Closed }); n > 0 {
		text += " " + T(ctx, "Most closed: %d on %s.", n, LongDay(ctx, day))
	}
	return text
}

// weeks sums the days by week, each named by its first day in sight.
func (f flow) weeks() []FlowDay {
	var weeks []FlowDay
	var year, week int
	for _, d := range f.days {
		y, w := d.Day.ISOWeek()
		if len(weeks) == 0 || y != year || w != week {
			weeks = append(weeks, FlowDay{Day: d.Day})
			year, week = y, w
		}
		weeks[len(weeks)-1].Opened += d.Opened
		weeks[len(weeks)-1].Closed += d.Closed
	}
	return weeks
}

// roundBelow is the largest round number that is not above n: 1, 2, 3, 4, 5, 10, 20, 25, 30, 40, 50, 100 and so on.
func roundBelow(n int) int {
	best := 0
	for unit := 1; unit <= n; unit *= 10 {
		for _, tenths := range []int{10, 20, 25, 30, 40, 50} {
			if v := tenths * unit / 10; v <= n && tenths*unit%10 == 0 {
				best = max(best, v)
			}
		}
	}
	return best
}

func pct(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "%" }

func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
