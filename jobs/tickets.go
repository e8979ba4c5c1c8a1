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

// FollowSettings gives the tickets of a status or a label that was taken away from a project what stands for it, in
// batches: each run enqueues the next while there is more.
type FollowSettings struct {
	ForTenant
	Project uuid.UUID `json:"project"`
	Status  string    `json:"status,omitempty"`
	Label   uuid.UUID `json:"label,omitzero"` // when there is no Status
	By      uuid.UUID `json:"by"`
}

// Kind names the job.
func (FollowSettings) Kind() string { return "follow_settings" }

// RecountTickets compares one organization's kept counts with its tickets and mends them; nightly, in batches: each run
// enqueues the next, which begins after the last project of this one.
type RecountTickets struct {
	ForTenant
	After uuid.UUID `json:"after" river:"unique"`
	Cause uuid.UUID `json:"cause" river:"unique"` // why it is done besides every night, so that each cause has its run
}

// Kind names the job.
func (RecountTickets) Kind() string { return "recount_tickets" }

// InsertOpts lets one run for an organization in an hour.
func (RecountTickets) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}}
}

// RecountAll enqueues a RecountTickets for each organization, in batches: each run enqueues the next, which begins after
// the last organization of this one.
type RecountAll struct {
	After uuid.UUID `json:"after" river:"unique"`
}

// Kind names the job.
func (RecountAll) Kind() string { return "recount_all" }

// InsertOpts lets one run in a day.
func (RecountAll) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: 24 * time.Hour}}
}

// PurgeTrash deletes the tickets of one organization whose time in the trash is over; nightly, and when somebody deletes
// one for good.
type PurgeTrash struct {
	ForTenant
	Cause uuid.UUID `json:"cause" river:"unique"` // the ticket that was deleted for good; nil every night
}

// Kind names the job.
func (PurgeTrash) Kind() string { return "purge_trash" }

// InsertOpts lets one run for an organization and a cause in an hour.
func (PurgeTrash) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Hour}}
}

// PurgeAllTrash enqueues a PurgeTrash for each organization, in batches: each run enqueues the next, which begins after
// the last organization of this one.
type PurgeAllTrash struct {
	After uuid.UUID `json:"after" river:"unique"`
}

// Kind names the job.
func (PurgeAllTrash) Kind() string { return "purge_all_trash" }

// InsertOpts lets one run in a day.
func (PurgeAllTrash) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueBulk, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: 24 * time.Hour}}
}
