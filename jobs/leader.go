package jobs

import (
	"time"

	"plinth/internal/db"
)

// Leader is the worker that adds what is done again and again, and looks after the queues.
type Leader struct {
	ID        string // of the instance
	ElectedAt time.Time
	ExpiresAt time.Time
}

// ReadLeader queues the leader in force; nil when there is none.
func ReadLeader(r *db.Reads, into **Leader) {
	db.Maybe(r, into, `select leader_id, elected_at, expires_at from river.river_leader where expires_at > now() limit 1`)
}
