package jobs

import (
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// SealAll looks for events that wait for their seal, every three seconds, and enqueues a SealEvents for each
// organization that has some.
type SealAll struct{}

// Kind names the job.
func (SealAll) Kind() string { return "seal_all" }

// InsertOpts lets one wait or run at a time.
func (SealAll) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueAudit, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: unfinished()}}
}

// SealEvents seals the events of one organization that wait for it. Sweep looks first for those that do not even wait.
type SealEvents struct {
	ForTenant
	Sweep bool `json:"sweep,omitempty" river:"unique"`
}

// Kind names the job.
func (SealEvents) Kind() string { return "seal_events" }

// InsertOpts lets one wait or run for an organization at a time. What comes while it runs is found by the next look. One
// that is to be tried again keeps nobody back.
func (SealEvents) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueAudit, MaxAttempts: 5, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished()}}
}

// SweepSeals enqueues a SealEvents with a sweep for each organization, in batches: each run enqueues the next, which
// begins after the last organization of this one; nightly, and when a worker starts.
type SweepSeals struct {
	After uuid.UUID `json:"after" river:"unique"`
}

// Kind names the job.
func (SweepSeals) Kind() string { return "sweep_seals" }

// InsertOpts lets one run in an hour.
func (SweepSeals) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueAudit, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}}
}

// unfinished are the states of a job that waits or runs, without those that failed and wait for another try.
func unfinished() []rivertype.JobState {
	return []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateScheduled}
}
