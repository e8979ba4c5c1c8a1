package jobs

import (
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// ApplyStripeEvent brings the rows that a stored event speaks of to what Stripe's API says now.
type ApplyStripeEvent struct {
	EventID string `json:"event_id"`
	// Swept is a second job for an event that has waited long; there is one of them in an hour.
	Swept bool `json:"swept,omitempty"`
	// Behind is one of many that are replayed: everything else of the queue goes first.
	Behind bool `json:"behind,omitempty"`
}

// Kind names the job.
func (ApplyStripeEvent) Kind() string { return "apply_stripe_event" }

// last is the priority that River takes up last.
const last = 4

// InsertOpts says that somebody has paid, or has not.
func (a ApplyStripeEvent) InsertOpts() river.InsertOpts {
	o := river.InsertOpts{Queue: QueueCritical, MaxAttempts: 25}
	if a.Swept {
		o.UniqueOpts = river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}
	}
	if a.Behind {
		o.Priority = last
	}
	return o
}

// SyncSeats sets the quantity of an organization's subscription to its number of members. Many changes of people in a
// few seconds make one call.
type SyncSeats struct {
	ForTenant
}

// Kind names the job.
func (SyncSeats) Kind() string { return "sync_seats" }

// InsertOpts lets it run ten seconds from now, and lets later changes join it while their own time would be in the same
// five seconds. So it always begins at least five seconds after the last change it stands for; a state-based uniqueness
// would swallow a change that comes while the job runs, because River insists on counting running jobs.
func (SyncSeats) InsertOpts() river.InsertOpts {
	return river.InsertOpts{
		Queue: QueueCritical, ScheduledAt: time.Now().Add(10 * time.Second),
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: 5 * time.Second},
	}
}

// SendBillingMail mails the owners of an organization about a payment, a trial or an end. Key is the cause by meaning:
// each owner gets one mail for it.
type SendBillingMail struct {
	ForTenant
	Mail         string `json:"mail"`
	Key          string `json:"key"`
	Subscription string `json:"subscription"`
	Invoice      string `json:"invoice"`
}

// Kind names the job.
func (SendBillingMail) Kind() string { return "send_billing_mail" }

// InsertOpts says that somebody waits for it.
func (SendBillingMail) InsertOpts() river.InsertOpts { return mailOpts(QueueCritical) }

// RefetchSubscription brings one subscription's row to what Stripe says although no event came.
type RefetchSubscription struct {
	ForTenant
	Subscription string `json:"subscription" river:"unique"`
}

// Kind names the job.
func (RefetchSubscription) Kind() string { return "refetch_subscription" }

// InsertOpts lets one wait for a subscription at a time.
func (RefetchSubscription) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueCritical, MaxAttempts: 8, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: 10 * time.Minute}}
}

// SweepBilling looks for events that were not worked and subscriptions whose time has come; every 15 minutes.
type SweepBilling struct{}

// Kind names the job.
func (SweepBilling) Kind() string { return "sweep_billing" }

// InsertOpts lets one run in a quarter of an hour.
func (SweepBilling) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueCritical, UniqueOpts: river.UniqueOpts{ByPeriod: 15 * time.Minute}}
}

// SyncSubscriptions compares a page of Stripe's list of all subscriptions with the rows, and enqueues the next; nightly.
type SyncSubscriptions struct {
	Run   uuid.UUID `json:"run"`   // whose report the page adds to; the first page names none and begins one
	After string    `json:"after"` // the last subscription of the page before; empty at the beginning
}

// Kind names the job.
func (SyncSubscriptions) Kind() string { return "sync_subscriptions" }

// InsertOpts does it once in a night.
func (SyncSubscriptions) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, MaxAttempts: 10, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: 24 * time.Hour}}
}

// MeasureUsage enqueues a report for the organizations whose plan has a meter, a page at a time; hourly. The zero Hour is
// the one that has just begun.
type MeasureUsage struct {
	Hour  time.Time `json:"hour"`
	After uuid.UUID `json:"after"` // the last organization of the page before
}

// Kind names the job.
func (MeasureUsage) Kind() string { return "measure_usage" }

// InsertOpts lets one page run once in an hour.
func (MeasureUsage) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueDefault, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}}
}

// ReportUsage measures what an organization uses in an hour, and tells Stripe.
type ReportUsage struct {
	ForTenant
	Hour time.Time `json:"hour" river:"unique"` // its first moment, UTC
}

// Kind names the job.
func (ReportUsage) Kind() string { return "report_usage" }

// InsertOpts lets one report be made for an hour.
func (ReportUsage) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueDefault, MaxAttempts: 15, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: 24 * time.Hour}}
}
