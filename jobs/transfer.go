package jobs

import (
	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// ExportProject makes the copy of a project, or of some of its tickets, in turns of some seconds.
type ExportProject struct {
	ForTenant
	ExportID uuid.UUID `json:"export_id"`
}

// Kind names the job.
func (ExportProject) Kind() string { return "export_project" }

// InsertOpts gives up within minutes, because somebody waits for it and can try again.
func (ExportProject) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, MaxAttempts: 4}
}
