package jobs

import (
	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// SendVerification mails the link that proves the address of a sign-up, or, when the address has an account already,
// says so to its owner. Nobody but the reader of the mail learns which.
type SendVerification struct {
	TokenID uuid.UUID `json:"token_id"`
}

// Kind names the job.
func (SendVerification) Kind() string { return "send_verification" }

// InsertOpts puts it in the mail queue.
func (SendVerification) InsertOpts() river.InsertOpts { return mailOpts() }

// SendReset mails the link that sets a new password.
type SendReset struct {
	TokenID uuid.UUID `json:"token_id"`
}

// Kind names the job.
func (SendReset) Kind() string { return "send_reset" }

// InsertOpts puts it in the mail queue.
func (SendReset) InsertOpts() river.InsertOpts { return mailOpts() }

// SendPasswordChanged tells a person that their password was changed.
type SendPasswordChanged struct {
	UserID  uuid.UUID `json:"user_id"`
	EventID uuid.UUID `json:"event_id"`
}

// Kind names the job.
func (SendPasswordChanged) Kind() string { return "send_password_changed" }

// InsertOpts puts it in the mail queue.
func (SendPasswordChanged) InsertOpts() river.InsertOpts { return mailOpts() }

// A mail is tried for about three days: River waits attempt^4 seconds between tries.
func mailOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueMail, MaxAttempts: 24}
}
