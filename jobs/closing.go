package jobs

import (
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// SettleOrganization lets Stripe end all that an organization could be charged for, and then deletes it. Asked is when
// that was asked for, in microseconds: one that was taken back and asked for anew has a job of its own.
type SettleOrganization struct {
	ForTenant
	Asked int64 `json:"asked" river:"unique"`
}

// Kind names the job.
func (SettleOrganization) Kind() string { return "settle_organization" }

// InsertOpts goes on trying for weeks, and lets one wait, run or be tried again at a time.
func (SettleOrganization) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueCritical, MaxAttempts: 25, UniqueOpts: river.UniqueOpts{
		ByArgs: true, ByState: append(unfinished(), rivertype.JobStateRetryable),
	}}
}

// PurgeOrganization erases a deleted organization that can no longer be brought back, in turns of some seconds.
type PurgeOrganization struct {
	ForTenant
}

// Kind names the job.
func (PurgeOrganization) Kind() string { return "purge_organization" }

// InsertOpts lets one wait, run or be tried again for an organization at a time; whoever looks for what is due looks
// every hour.
func (PurgeOrganization) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: append(unfinished(), rivertype.JobStateRetryable)}}
}

// SendClosingMail mails the owners that their organization was deleted, or brought back.
type SendClosingMail struct {
	ForTenant
	Mail  string `json:"mail"`
	Asked int64  `json:"asked"`
}

// Kind names the job.
func (SendClosingMail) Kind() string { return "send_closing_mail" }

// InsertOpts says that somebody waits for it.
func (SendClosingMail) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }
