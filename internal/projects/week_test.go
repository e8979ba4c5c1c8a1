package projects

import (
	"testing"
	"time"
)

func TestWeeks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, monday, sunday, after string }{
		{"2026-W47", "2026-11-16", "2026-11-22", "2026-W48"},
		{"2026-W53", "2026-12-28", "2027-01-03", "2027-W01"},
		{"2026-W01", "2025-12-29", "2026-01-04", "2026-W02"},
		{"2024-W52", "2024-12-23", "2024-12-29", "2025-W01"},
		{"2020-W09", "2020-02-24", "2020-03-01", "2020-W10"},
	} {
		w, ok := ParseWeek(c.text)
		if !ok || w.Monday.Format(time.DateOnly) != c.monday || w.Sunday().Format(time.DateOnly) != c.sunday || w.Add(1).String() != c.after || w.Add(1).Add(-1) != w {
			t.Errorf("%s: %v from %s to %s, then %s", c.text, ok, w.Monday, w.Sunday(), w.Add(1))
		}
		for i := range 7 {
			if got := WeekOf(w.Monday.AddDate(0, 0, i)); got != w {
				t.Errorf("day %d of %s is in %s", i, w, got)
			}
		}
	}
	for _, text := range []string{"", "2026-W54", "2025-W53", "2026-W00", "2026-47", "2026-W7", "9999-W01", "0001-W01", "2026-W47 ", "２０２６-W47"} {
		if w, ok := ParseWeek(text); ok {
			t.Errorf("%q is taken for %s", text, w)
		}
	}
}
