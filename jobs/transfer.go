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

// RunImport looks through a file that is brought in, brings it in, or takes it back, in turns of some seconds.
type RunImport struct {
	ForTenant
	ImportID uuid.UUID `json:"import_id"`
}

// Kind names the job.
func (RunImport) Kind() string { return "run_import" }

// InsertOpts gives up within the hour: somebody is shown that, and goes on with it or takes it back.
func (RunImport) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, MaxAttempts: 6}
}
