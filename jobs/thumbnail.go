package jobs

import (
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// DrawThumbnail makes the thumbnail of a file.
type DrawThumbnail struct {
	ForTenant
	AttachmentID uuid.UUID `json:"attachment_id"`
}

// Kind names the job.
func (DrawThumbnail) Kind() string { return "draw_thumbnail" }

// InsertOpts gives up after some tries: the file is there without one too.
func (DrawThumbnail) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 6} }

// TidyFiles deletes the files of one organization that nobody has any more; nightly.
type TidyFiles struct {
	ForTenant
}

// Kind names the job.
func (TidyFiles) Kind() string { return "tidy_files" }

// InsertOpts lets one run for an organization in an hour.
func (TidyFiles) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}}
}

// TidyAllFiles enqueues a TidyFiles for each organization, in batches: each run enqueues the next, which begins after
// the last organization of this one.
type TidyAllFiles struct {
	After uuid.UUID `json:"after" river:"unique"`
}

// Kind names the job.
func (TidyAllFiles) Kind() string { return "tidy_all_files" }

// InsertOpts lets one run in a day.
func (TidyAllFiles) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: 24 * time.Hour}}
}
