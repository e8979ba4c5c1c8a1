package jobs

import (
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// ReassignTickets gives somebody's open tickets to somebody else, in batches: each run enqueues the next while there is
// more.
type ReassignTickets struct {
	ForTenant
	From uuid.UUID `json:"from"`
	To   uuid.UUID `json:"to"`
	By   uuid.UUID `json:"by"`
}

// Kind names the job.
func (ReassignTickets) Kind() string { return "reassign_tickets" }

// RecountTickets compares one organization's kept counts with its tickets and mends them; nightly.
type RecountTickets struct {
	ForTenant
}

// Kind names the job.
func (RecountTickets) Kind() string { return "recount_tickets" }

// InsertOpts lets one run for an organization in an hour.
func (RecountTickets) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}}
}
