package jobs

import (
	"time"

	"github.com/riverqueue/river"
)

// ApplyStripeEvent brings the rows that a stored event speaks of to what Stripe's API says now.
type ApplyStripeEvent struct {
	EventID string `json:"event_id"`
}

// Kind names the job.
func (ApplyStripeEvent) Kind() string { return "apply_stripe_event" }

// InsertOpts puts it in the billing queue.
func (ApplyStripeEvent) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBilling, MaxAttempts: 25}
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
		Queue: QueueBilling, ScheduledAt: time.Now().Add(10 * time.Second),
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: 5 * time.Second},
	}
}
