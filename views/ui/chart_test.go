package ui

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// monday is the first day of a week, at noon.
var monday = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func TestRoundBelow(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{0: 0, 1: 1, 4: 4, 6: 5, 9: 5, 10: 10, 19: 10, 24: 20, 26: 25, 39: 30, 49: 40, 99: 50, 100: 100, 260: 250, 20000: 20000} {
		if got := roundBelow(n); got != want {
			t.Errorf("roundBelow(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestFlow(t *testing.T) {
	t.Parallel()
	days := []FlowDay{{monday, 9, 0}, {monday.AddDate(0, 0, 1), 0, 3}, {monday.AddDate(0, 0, 7), 2, 1}}
	ctx := WithNav(t.Context(), Nav{Now: monday})
	f := newFlow(ctx, days)
	if f.opened != 11 || f.closed != 4 || f.max != 9 {
		t.Errorf("sums are %d opened, %d closed, most %d", f.opened, f.closed, f.max)
	}
	want := []flowBar{
		{x: "4.00%", width: "20.99%", y: "13.2", up: "64.8", down: "0.0"},
		{x: "36.00%", width: "20.99%", y: "78.0", up: "0.0", down: "21.6"},
		{x: "68.00%", width: "20.99%", y: "63.6", up: "14.4", down: "7.2"},
	}
	if diff := cmp.Diff(want, f.bars, cmp.AllowUnexported(flowBar{})); diff != "" {
		t.Error(diff)
	}
	ticks := []flowTick{{"8", "135.6", "139.6"}, {"4", "106.8", "110.8"}, {"4", "49.2", "53.2"}, {"8", "20.4", "24.4"}}
	if diff := cmp.Diff(ticks, f.ticks, cmp.AllowUnexported(flowTick{})); diff != "" {
		t.Error(diff)
	}
	weeks := []FlowDay{{monday, 9, 3}, {monday.AddDate(0, 0, 7), 2, 1}}
	if diff := cmp.Diff(weeks, f.weeks()); diff != "" {
		t.Error(diff)
	}
	desc := "11 opened and 4 closed in 3 days. Most opened in one day: 9 on 2 November 2026. Most closed: 3 on 3 November 2026."
	if got := f.desc(ctx); got != desc {
		t.Errorf("desc = %q, want %q", got, desc)
	}
}

func TestFlowWithoutAnything(t *testing.T) {
	t.Parallel()
	f := newFlow(t.Context(), []FlowDay{{Day: monday}})
	if len(f.ticks) != 0 || f.bars[0].up != "0.0" || f.bars[0].down != "0.0" {
		t.Errorf("a quiet day draws %+v", f)
	}
	if got := newFlow(t.Context(), nil); len(got.bars)+len(got.labels)+len(got.weeks()) != 0 {
		t.Errorf("no days draw %+v", got)
	}
}

func TestDayLabelsDoNotTouch(t *testing.T) {
	t.Parallel()
	days := make([]FlowDay, 30)
	for i := range days {
		days[i].Day = monday.AddDate(0, 0, i)
	}
	ctx := WithNav(t.Context(), Nav{Now: monday})
	var got []string
	for _, l := range newFlow(ctx, days).labels {
		got = append(got, l.x+" "+l.text+" "+l.anchor)
	}
	want := []string{"4.00% 2 Nov start", "26.40% 9 Nov start", "48.80% 16 Nov start", "71.20% 23 Nov start", "100% 1 Dec end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBurnUp(t *testing.T) {
	t.Parallel()
	ctx := WithNav(t.Context(), Nav{Now: monday})
	points := []BurnPoint{{monday, 10, 0}, {monday.AddDate(0, 0, 1), 15, 5}, {monday.AddDate(0, 0, 2), 20, 20}}
	b := newBurn(ctx, points)
	if want := "M0.0 100.0 L50.0 75.0 L100.0 0.0"; b.done != want {
		t.Errorf("done = %q, want %q", b.done, want)
	}
	if want := "M0.0 50.0 L50.0 25.0 L100.0 0.0"; b.scope != want {
		t.Errorf("scope = %q, want %q", b.scope, want)
	}
	if want := "Done and all tickets from 2 November 2026 to 4 November 2026: 20 of 20 done at the end"; b.title(ctx) != want {
		t.Errorf("title = %q, want %q", b.title(ctx), want)
	}
	if empty := newBurn(ctx, nil); empty.done != "" || empty.area != "" || len(empty.rows()) != 0 {
		t.Errorf("no points draw %+v", empty)
	}
}

func TestBurnUpRows(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 10, 11, 31, 365} {
		points := make([]BurnPoint, n)
		for i := range points {
			points[i].Done = i
		}
		rows := burn{points: points}.rows()
		if len(rows) == 0 || len(rows) > 10 || rows[len(rows)-1].Done != n-1 {
			t.Errorf("%d points give %d rows, ending at %d", n, len(rows), rows[len(rows)-1].Done)
		}
	}
}

func TestSparkPath(t *testing.T) {
	t.Parallel()
	if got, want := sparkPath([]int64{10, 30, 20}), "0.0 38.0 L50.0 4.0 L100.0 21.0"; got != want {
		t.Errorf("sparkPath = %q, want %q", got, want)
	}
	if got, want := sparkPath([]int64{5, 5}), "0.0 38.0 L100.0 38.0"; got != want {
		t.Errorf("a flat line is %q, want %q", got, want)
	}
}

func TestBars(t *testing.T) {
	t.Parallel()
	c := newBars(BarsBox{Bars: []Bar{{Value: 60, Bad: 40, Label: "9:00"}, {Value: 50, Strong: true}}, Format: func(n int64) string { return Money(n*100, "usd") }})
	want := []barRect{
		{"soft", "13.05%", "32.90%", "68.8", "85.2"},
		{"bad", "13.05%", "32.90%", "12.0", "56.8"},
		{"down", "60.05%", "32.90%", "83.0", "71.0"},
	}
	if diff := cmp.Diff(want, c.rects, cmp.AllowUnexported(barRect{})); diff != "" {
		t.Error(diff)
	}
	if c.ticks[2].value != "$100.00" || c.ticks[2].y != "12.0" {
		t.Errorf("the highest line is %+v", c.ticks[2])
	}
}

func TestMeter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		meter       MeterBox
		text, level string
	}{
		{MeterBox{Used: 3, Limit: 10}, "3 of 10", ""},
		{MeterBox{Used: 9, Limit: 10}, "9 of 10", "near"},
		{MeterBox{Used: 10, Limit: 10}, "10 of 10", "over"},
		{MeterBox{Used: 12, Limit: 10}, "12 of 10", "over"},
		{MeterBox{Used: 0, Limit: 0}, "0 of 0", ""},
		{MeterBox{Used: 1, Limit: 0}, "1 of 0", "over"},
		{MeterBox{Used: 1284, Limit: -1}, "1,284, no limit", ""},
		{MeterBox{Used: 4_600_000_000, Limit: 5_000_000_000, Unit: "bytes"}, "4.6 GB of 5 GB", "near"},
	} {
		if got := tt.meter.text(t.Context()); got != tt.text {
			t.Errorf("text of %+v = %q, want %q", tt.meter, got, tt.text)
		}
		if got := tt.meter.level(); got != tt.level {
			t.Errorf("level of %+v = %q, want %q", tt.meter, got, tt.level)
		}
	}
}

func TestCourse(t *testing.T) {
	t.Parallel()
	c := CourseBox{Name: "Website", Done: 50, Review: 0, Progress: 25, Todo: 25}
	want := []stone{{"s-done", "0.00%", "49.40%"}, {"s-progress", "50.00%", "24.40%"}, {"", "75.00%", "25.00%"}}
	if diff := cmp.Diff(want, c.stones(), cmp.AllowUnexported(stone{})); diff != "" {
		t.Error(diff)
	}
	if got := (CourseBox{}).stones(); len(got) != 1 || got[0].width != "100%" {
		t.Errorf("an empty project draws %+v", got)
	}
	if got, want := c.label(t.Context()), "Website: 50 of 100 done, 0 in review, 25 in progress"; got != want {
		t.Errorf("label = %q, want %q", got, want)
	}
}
