package projects

import (
	"testing"
	"time"

	"plinth/internal/projects/projectsdb"
)

func TestCycle(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var rows []projectsdb.CycleTimesRow
	for i := range 20 { // one a day back, each an hour longer than the one before
		rows = append(rows, projectsdb.CycleTimesRow{ClosedAt: now.AddDate(0, 0, -4*i), Took: float64(i+1) * 3600})
	}
	for _, c := range []struct {
		days int
		want Cycle
	}{
		{30, Cycle{30, 8, 4 * time.Hour, 7 * time.Hour}},
		{90, Cycle{90, 20, 10 * time.Hour, 17 * time.Hour}},
		{0, Cycle{0, 1, time.Hour, time.Hour}},
		{-1, Cycle{Days: -1}},
	} {
		if got := cycleOf(rows, now, c.days); got != c.want {
			t.Errorf("within %d days: %+v, want %+v", c.days, got, c.want)
		}
	}
}
