package jobs

import (
	"time"

	"github.com/riverqueue/river"
)

// PurgeExpired deletes what nobody can use any more: expired sign-ups, tokens, sessions, limits and copies of
// people's data.
type PurgeExpired struct{}

// Kind names the job.
func (PurgeExpired) Kind() string { return "purge_expired" }

// InsertOpts lets one wait at a time.
func (PurgeExpired) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: time.Hour}}
}
