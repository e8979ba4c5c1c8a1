package jobs

import (
	"time"

	"github.com/riverqueue/river"
)

// PurgeExpired deletes what nobody can use any more: expired sign-ups, tokens, sessions, limits, copies of people's data
// and old lines of the log of mails. It also begins to erase the accounts whose time has come. It takes up organizations too whose
// deletion did not come about, and begins to erase those that can no longer be brought back.
type PurgeExpired struct{}

// Kind names the job.
func (PurgeExpired) Kind() string { return "purge_expired" }

// InsertOpts lets one wait at a time.
func (PurgeExpired) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByPeriod: time.Hour}}
}
