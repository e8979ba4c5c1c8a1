package jobs

import (
	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// SendOwnership tells the person named that an organization is to be theirs, or, when it is done, the one who gave it.
type SendOwnership struct {
	ForTenant
	TransferID uuid.UUID `json:"transfer_id"`
	Done       bool      `json:"done"`
}

// Kind names the job.
func (SendOwnership) Kind() string { return "send_ownership" }

// InsertOpts says that somebody waits for it.
func (SendOwnership) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }
