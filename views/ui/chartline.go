package ui

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// BurnPoint is one day of a BurnUp: how many tickets there are and how many of them are done.
type BurnPoint struct {
	Day         time.Time
	Scope, Done int
}

type burn struct {
	points            []BurnPoint
	area, done, scope string
	ticks             []flowTick
	labels            []axisLabel
}

// The drawing area of BurnUp and Bars, in pixels from the top.
const (
	plotTop    = 12.0
	plotBottom = 154.0
)

func newBurn(ctx context.Context, points []BurnPoint) burn {
	b := burn{points: points}
	most := 0
	for _, p := range points {
		most = max(most, p.Scope, p.Done)
	}
	b.done = linePath(points, most, func(p BurnPoint) int { return p.Done })
	b.scope = linePath(points, most, func(p BurnPoint) int { return p.Scope })
	if b.done != "" {
		b.area = "M0 100 L" + strings.TrimPrefix(b.done, "M") + " L100 100z"
	}
	b.ticks = plotTicks(int64(most), nil)
	if n := len(points); n > 0 {
		b.labels = []axisLabel{{"5%", Day(ctx, points[0].Day), "start"}, {"100%", Day(ctx, points[n-1].Day), "end"}}
		if n > 4 {
			b.labels = append(b.labels, axisLabel{"52.5%", Day(ctx, points[n/2].Day), "middle"})
		}
	}
	return b
}

// linePath runs over a field of 100 by 100, zero at the bottom.
func linePath(points []BurnPoint, most int, value func(BurnPoint) int) string {
	if len(points) < 2 {
		return ""
	}
	var path strings.Builder
	for i, p := range points {
		path.WriteString([]string{"M", " L"}[min(i, 1)])
		x := 100 * float64(i) / float64(len(points)-1)
		y := 100 - 100*float64(value(p))/float64(max(most, 1))
		path.WriteString(px(x) + " " + px(y))
	}
	return path.String()
}

func (b burn) title(ctx context.Context) string {
	if len(b.points) == 0 {
		return T(ctx, "Done and all tickets over time")
	}
	last := b.points[len(b.points)-1]
	return T(ctx, "Done and all tickets from %s to %s: %d of %d done at the end",
		LongDay(ctx, b.points[0].Day), LongDay(ctx, last.Day), last.Done, last.Scope)
}

// rows are at most ten points for the table, evenly spread, the last one always among them.
func (b burn) rows() []BurnPoint {
	step := (len(b.points) + 9) / 10
	var rows []BurnPoint
	for i := len(b.points) - 1; i >= 0; i -= step {
		rows = append([]BurnPoint{b.points[i]}, rows...)
	}
	return rows
}

// plotTicks draws lines at zero, at a round number and at twice that. format may be nil.
func plotTicks(most int64, format func(int64) string) []flowTick {
	if format == nil {
		format = func(n int64) string { return strconv.FormatInt(n, 10) }
	}
	step := int64(roundBelow(int(most / 2)))
	if most == 1 {
		step = 1
	}
	ticks := []flowTick{{value: format(0), y: px(plotBottom), textY: px(plotBottom + 4)}}
	for n := int64(1); n <= 2 && step > 0 && n*step <= most; n++ {
		y := plotBottom - (plotBottom-plotTop)*float64(n*step)/float64(most)
		ticks = append(ticks, flowTick{value: format(n * step), y: px(y), textY: px(y + 4)})
	}
	return ticks
}

// sparkPath spreads values between 4 (the largest) and 38 (the smallest) on a field of 100 by 40.
func sparkPath(values []int64) string {
	low, high := values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	span := float64(max(high-low, 1))
	parts := make([]string, len(values))
	for i, v := range values {
		x := 100 * float64(i) / float64(len(values)-1)
		parts[i] = px(x) + " " + px(38-34*float64(v-low)/span)
	}
	return strings.Join(parts, " L")
}
