package jobs

import (
	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// CheckRevenue adds a page of Stripe's list of subscriptions to a comparison of revenue, and enqueues the next.
type CheckRevenue struct {
	CheckID uuid.UUID `json:"check_id"`
	After   string    `json:"after"` // the last subscription of the page before; empty at the beginning
}

// Kind names the job.
func (CheckRevenue) Kind() string { return "check_revenue" }

// InsertOpts gives up within the hour.
func (CheckRevenue) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, MaxAttempts: 8}
}
