package jobs

import (
	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// SendSuspension mails the owners that their organization is suspended, or no longer. Cause is one suspending or
// lifting.
type SendSuspension struct {
	ForTenant
	Cause     uuid.UUID `json:"cause"`
	Suspended bool      `json:"suspended"`
}

// Kind names the job.
func (SendSuspension) Kind() string { return "send_suspension" }

// InsertOpts says that somebody waits for it.
func (SendSuspension) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }
