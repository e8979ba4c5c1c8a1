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

// SendSecurityNotice tells a person that something about their account was changed, with a way to say "this was not me".
type SendSecurityNotice struct {
	TokenID uuid.UUID `json:"token_id"`
}

// Kind names the job.
func (SendSecurityNotice) Kind() string { return "send_security_notice" }

// InsertOpts puts it in the mail queue.
func (SendSecurityNotice) InsertOpts() river.InsertOpts { return mailOpts() }

// SendSignInLink mails a link that signs in.
type SendSignInLink struct {
	TokenID uuid.UUID `json:"token_id"`
}

// Kind names the job.
func (SendSignInLink) Kind() string { return "send_signin_link" }

// InsertOpts puts it in the mail queue.
func (SendSignInLink) InsertOpts() river.InsertOpts { return mailOpts() }

// SendEmailChange mails the link that confirms a change of address, to the old or to the new one.
type SendEmailChange struct {
	TokenID uuid.UUID `json:"token_id"`
}

// Kind names the job.
func (SendEmailChange) Kind() string { return "send_email_change" }

// InsertOpts puts it in the mail queue.
func (SendEmailChange) InsertOpts() river.InsertOpts { return mailOpts() }

// A mail is tried for about three days: River waits attempt^4 seconds between tries.
func mailOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueMail, MaxAttempts: 24}
}
