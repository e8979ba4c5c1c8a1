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

// InsertOpts says that somebody waits for it.
func (SendVerification) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }

// SendReset mails the link that sets a new password.
type SendReset struct {
	TokenID uuid.UUID `json:"token_id"`
}

// Kind names the job.
func (SendReset) Kind() string { return "send_reset" }

// InsertOpts says that somebody waits for it.
func (SendReset) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }

// SendSecurityNotice tells a person that something about their account was changed, with a way to say "this was not me".
type SendSecurityNotice struct {
	TokenID uuid.UUID `json:"token_id"`
}

// Kind names the job.
func (SendSecurityNotice) Kind() string { return "send_security_notice" }

// InsertOpts says that somebody waits for it.
func (SendSecurityNotice) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }

// SendSignInLink mails a link that signs in.
type SendSignInLink struct {
	TokenID uuid.UUID `json:"token_id"`
}

// Kind names the job.
func (SendSignInLink) Kind() string { return "send_signin_link" }

// InsertOpts says that somebody waits for it.
func (SendSignInLink) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }

// SendEmailChange mails the link that confirms a change of address, to the old or to the new one.
type SendEmailChange struct {
	TokenID uuid.UUID `json:"token_id"`
}

// Kind names the job.
func (SendEmailChange) Kind() string { return "send_email_change" }

// InsertOpts says that somebody waits for it.
func (SendEmailChange) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }

// A mail is tried for about three days: River waits attempt^4 seconds between tries.
func mailOpts(queue string) river.InsertOpts {
	return river.InsertOpts{Queue: queue, MaxAttempts: 24}
}
