package jobs

import (
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// NotifyTicket tells people of an event of a ticket.
type NotifyTicket struct {
	ForTenant
	Event uuid.UUID `json:"event"`
}

// Kind names the job.
func (NotifyTicket) Kind() string { return "notify_ticket" }

// SendNotification mails one notification.
type SendNotification struct {
	ForTenant
	ID uuid.UUID `json:"id"`
}

// Kind names the job.
func (SendNotification) Kind() string { return "send_notification" }

// InsertOpts tries it for some days.
func (SendNotification) InsertOpts() river.InsertOpts { return mailOpts(QueueDefault) }

// SendDigest mails a person what has come together until a morning.
type SendDigest struct {
	ForTenant
	UserID uuid.UUID `json:"user_id" river:"unique"`
	At     int64     `json:"at" river:"unique"` // the morning, in seconds since 1970
}

// Kind names the job.
func (SendDigest) Kind() string { return "send_digest" }

// InsertOpts does it once for a person and morning.
func (SendDigest) InsertOpts() river.InsertOpts {
	o := mailOpts(QueueDefault)
	o.UniqueOpts = river.UniqueOpts{ByArgs: true}
	return o
}

// SendReport mails a person the report of a project's week.
type SendReport struct {
	ForTenant
	ProjectID uuid.UUID `json:"project_id" river:"unique"`
	UserID    uuid.UUID `json:"user_id" river:"unique"`
	Week      string    `json:"week" river:"unique"` // as ISO 8601 writes it
}

// Kind names the job.
func (SendReport) Kind() string { return "send_report" }

// InsertOpts does it once for a person, project and week.
func (SendReport) InsertOpts() river.InsertOpts {
	o := mailOpts(QueueDefault)
	o.UniqueOpts = river.UniqueOpts{ByArgs: true}
	return o
}

// TendNotifications does for an organization what time causes: due dates, digests, forgetting.
type TendNotifications struct{ ForTenant }

// Kind names the job.
func (TendNotifications) Kind() string { return "tend_notifications" }

// InsertOpts lets one wait for an organization in an hour.
func (TendNotifications) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}}
}

// TendAllNotifications enqueues a TendNotifications for each organization, in batches.
type TendAllNotifications struct {
	After uuid.UUID `json:"after" river:"unique"`
}

// Kind names the job.
func (TendAllNotifications) Kind() string { return "tend_all_notifications" }

// InsertOpts lets one wait at a time.
func (TendAllNotifications) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}}
}
