package admin

import (
	"context"
	"time"

	"plinth/internal/db"
	"plinth/internal/pulse"
	"plinth/jobs"
)

// Program is what a process knows of itself.
type Program struct {
	Version   string
	Commit    string // "" when it was built without one
	Go        string
	River     string
	Migration int64  // the newest that it brings along
	Config    string // a line for each variable, secrets redacted
}

// Instance is a process that tells of itself.
type Instance = pulse.Instance

// Leader is the worker that adds what is done again and again.
type Leader = jobs.Leader

// SystemPage is what runs, and on what.
type SystemPage struct {
	At        time.Time
	Program   Program
	Database  Database
	Instances []Instance
	Leader    *Leader // nil while there is none
}

// Alive counts the instances of a kind that live.
func (p SystemPage) Alive(kind string) int {
	n := 0
	for _, i := range p.Instances {
		if i.Alive && i.Kind == kind {
			n++
		}
	}
	return n
}

// Oldest is since when the oldest transaction of any process runs; nil when none does, as far as they told.
func (p SystemPage) Oldest() *time.Time {
	oldest := p.Database.OldestAt
	for _, i := range p.Instances {
		if i.Alive && i.OldestAt != nil && (oldest == nil || i.OldestAt.Before(*oldest)) {
			oldest = i.OldestAt
		}
	}
	return oldest
}

// Database is how Postgres stands.
type Database = db.Server

// System reads what runs.
func (a *Admin) System(ctx context.Context, now time.Time) (SystemPage, error) {
	p := SystemPage{At: now, Program: a.Program}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.QueueServer(r, &p.Database)
		pulse.QueueInstances(r, &p.Instances)
		jobs.ReadLeader(r, &p.Leader)
	})
	return p, err
}
