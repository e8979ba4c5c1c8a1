package jobs

import (
	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// SendInvitation mails an invitation's link.
type SendInvitation struct {
	ForTenant
	TokenID uuid.UUID `json:"token_id"`
}

// Kind names the job.
func (SendInvitation) Kind() string { return "send_invitation" }

// InsertOpts says that somebody waits for it.
func (SendInvitation) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }
