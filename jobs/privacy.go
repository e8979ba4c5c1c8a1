package jobs

import (
	"time"

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
func (ExportAccount) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, MaxAttempts: 4}
}

// SendExportReady mails that the copy of a person's data can be fetched.
type SendExportReady struct {
	ExportID uuid.UUID `json:"export_id"`
}

// Kind names the job.
func (SendExportReady) Kind() string { return "send_export_ready" }

// InsertOpts tries it for some days.
func (SendExportReady) InsertOpts() river.InsertOpts { return mailOpts(QueueDefault) }

// ExportOrganization makes the copy of all that an organization has, in turns of some seconds.
type ExportOrganization struct {
	ForTenant
	ExportID uuid.UUID `json:"export_id"`
}

// Kind names the job.
func (ExportOrganization) Kind() string { return "export_organization" }

// InsertOpts gives up within minutes, because somebody waits for it and can try again.
func (ExportOrganization) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, MaxAttempts: 4}
}

// SendOrganizationExportReady mails that the copy of an organization can be fetched.
type SendOrganizationExportReady struct {
	ForTenant
	ExportID uuid.UUID `json:"export_id"`
}

// Kind names the job.
func (SendOrganizationExportReady) Kind() string { return "send_organization_export_ready" }

// InsertOpts tries it for some days.
func (SendOrganizationExportReady) InsertOpts() river.InsertOpts { return mailOpts(QueueDefault) }

// EraseAccount erases a person everywhere, once the time in which they could take it back is over.
type EraseAccount struct {
	UserID uuid.UUID `json:"user_id" river:"unique"`
}

// Kind names the job.
func (EraseAccount) Kind() string { return "erase_account" }

// InsertOpts lets one run for an account in an hour; whoever looks for what is due looks every hour.
func (EraseAccount) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}}
}
