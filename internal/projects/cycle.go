package projects

import (
	"slices"
	"time"

	"plinth/internal/projects/projectsdb"
)

// Cycle is how long finished tickets took from when work on them began: half of them at most Median, and 85 of 100 at
// most Most. Of many it is the latest thousand.
type Cycle struct {
	Days, Tickets int
	Median, Most  time.Duration
}

// The spans of cycle times, in days.
const cycleShort, cycleLong = 30, 90

// cycleOf is the cycle time of what was finished within so many days.
func cycleOf(rows []projectsdb.CycleTimesRow, now time.Time, days int) Cycle {
	var took []float64
	for _, row := range rows {
		if !row.ClosedAt.Before(now.AddDate(0, 0, -days)) {
			took = append(took, row.Took)
		}
	}
	slices.Sort(took)
	return Cycle{Days: days, Tickets: len(took), Median: quantile(took, 50), Most: quantile(took, 85)}
}

// quantile is the smallest of sorted seconds that so many of a hundred are not above.
func quantile(sorted []float64, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := (len(sorted)*percent+99)/100 - 1
	return time.Duration(sorted[max(i, 0)] * float64(time.Second))
}
