package jobs

import (
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// CountEvents counts by day what was sealed of an organization since it was last counted.
type CountEvents struct {
	ForTenant
}

// Kind names the job.
func (CountEvents) Kind() string { return "count_events" }

// InsertOpts lets one run for an organization in a minute.
func (CountEvents) InsertOpts() river.InsertOpts { return countOpts() }

// CountAccounts is CountEvents for what happened to accounts.
type CountAccounts struct{}

// Kind names the job.
func (CountAccounts) Kind() string { return "count_accounts" }

// InsertOpts lets one run in a minute.
func (CountAccounts) InsertOpts() river.InsertOpts { return countOpts() }

// countOpts lets a job begin a minute and a half from now, and lets what is sealed later join it while its own time would
// be in the same minute: the job begins at least half a minute after the last seal it stands for.
func countOpts() river.InsertOpts {
	return river.InsertOpts{
		Queue: QueueBulk, MaxAttempts: 10, ScheduledAt: time.Now().Add(90 * time.Second),
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Minute},
	}
}

// SweepMetrics enqueues a CountEvents for each organization, in batches: each run enqueues the next, which begins after
// the last organization of this one; nightly, and when a worker starts.
type SweepMetrics struct {
	After uuid.UUID `json:"after" river:"unique"`
}

// Kind names the job.
func (SweepMetrics) Kind() string { return "sweep_metrics" }

// InsertOpts lets one run in a day.
func (SweepMetrics) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: 24 * time.Hour}}
}
