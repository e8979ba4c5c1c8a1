package ui

import (
	"context"
	"strconv"
)

// MeterBox is a use against a limit. A negative Limit means there is none.
// Unit is "" for things that are counted, "bytes" for sizes.
type MeterBox struct {
	Label       string
	Used, Limit int64
	Unit        string
}

func (m MeterBox) text(ctx context.Context) string {
	used, limit := Num(ctx, m.Used), Num(ctx, m.Limit)
	if m.Unit == "bytes" {
		used, limit = Bytes(ctx, m.Used), Bytes(ctx, m.Limit)
	}
	if m.Limit < 0 {
		return T(ctx, "%s, no limit", used)
	}
	return T(ctx, "%s of %s", used, limit)
}

// level is "near" from eight tenths on and "over" when nothing is left.
func (m MeterBox) level() string {
	switch {
	case m.Limit < 0:
		return ""
	case m.Used >= m.Limit && m.Used > 0:
		return "over"
	case m.Used*10 >= m.Limit*8 && m.Used > 0:
		return "near"
	}
	return ""
}

func (m MeterBox) shown() string { return strconv.FormatInt(min(m.Used, max(m.Limit, 0)), 10) }

func (m MeterBox) max() string { return strconv.FormatInt(max(m.Limit, 1), 10) }

// CourseBox is a project's tickets by status, drawn as one course of stones.
type CourseBox struct {
	Name                         string
	Todo, Progress, Review, Done int
}

type stone struct{ class, x, width string }

// stones leave 0.6 per cent between two segments; one too thin to be seen is left out.
func (c CourseBox) stones() []stone {
	total := c.Todo + c.Progress + c.Review + c.Done
	if total == 0 {
		return []stone{{"", "0%", "100%"}}
	}
	parts := []struct {
		class string
		count int
	}{{"s-done", c.Done}, {"s-review", c.Review}, {"s-progress", c.Progress}, {"", c.Todo}}
	var out []stone
	x := 0.0
	for _, p := range parts {
		width := 100 * float64(p.count) / float64(total)
		if width > 0.6 {
			end := 0.6
			if x+width > 99.9 {
				end = 0
			}
			out = append(out, stone{p.class, pct(x), pct(width - end)})
		}
		x += width
	}
	return out
}

func (c CourseBox) label(ctx context.Context) string {
	return T(ctx, "%s: %d of %d done, %d in review, %d in progress",
		c.Name, c.Done, c.Todo+c.Progress+c.Review+c.Done, c.Review, c.Progress)
}
