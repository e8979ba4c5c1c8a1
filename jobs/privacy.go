package jobs

import (
	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// ExportAccount makes the copy of a person's data, in turns of some seconds.
type ExportAccount struct {
	ExportID uuid.UUID `json:"export_id"`
}

// Kind names the job.
func (ExportAccount) Kind() string { return "export_account" }

// InsertOpts gives up within minutes, because somebody waits for it and can try again.
func (ExportAccount) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 4} }

// SendExportReady mails that the copy of a person's data can be fetched.
type SendExportReady struct {
	ExportID uuid.UUID `json:"export_id"`
}

// Kind names the job.
func (SendExportReady) Kind() string { return "send_export_ready" }

// InsertOpts puts it in the mail queue.
func (SendExportReady) InsertOpts() river.InsertOpts { return mailOpts() }
