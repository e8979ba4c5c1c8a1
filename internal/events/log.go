package events

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// Sizes of the log: a page, a page of an export, and how many people it offers to be narrowed down to.
const (
	LogPageSize = 50
	exportPage  = 500
	logPeople   = 200
)

// Plinth stands in a filter for what nobody did: Plinth itself, payments, and the clock.
const Plinth = "plinth"

// Log is an organization's history as those who manage it read it: all of it, of projects for some members too.
type Log struct {
	DB *db.DB
}

// LogFilter narrows the log down; what is zero does not.
type LogFilter struct {
	Person string    // an id, or Plinth
	Kind   string    // of the object
	Action string    //
	From   time.Time // at or after
	Before time.Time // before
}

// LogCursor names the last entry of a page.
type LogCursor struct {
	At time.Time
	ID uuid.UUID
}

// LogEntry is one line of the log.
type LogEntry struct {
	Entry
	ObjectID   *uuid.UUID
	PersonJSON string
	FromName   string // who a changed person was before, and after
	ToName     string
	RequestID  string
	Seq        int64 // the number of its seal; 0 while it waits
	Hash       []byte
	Erased     bool
}

// Person are the personal values of the entry, without the salt; empty once they were erased.
func (e LogEntry) Person() map[string]string {
	var out map[string]string
	_ = json.Unmarshal([]byte(e.PersonJSON), &out) // written by AppendTx, or erased
	delete(out, saltKey)
	return out
}

// LogPerson is somebody the log can be narrowed down to.
type LogPerson struct {
	ID      uuid.UUID
	Name    string
	Picture string // of those who belong to the organization now
}

// LogPage is a part of the log, the newest first. Next is nil on the last one.
type LogPage struct {
	Entries []LogEntry
	People  []LogPerson
	Next    *LogCursor
}

// Page reads a part of the log from behind the cursor; the zero cursor is its beginning. Denied to those who may not
// see it.
func (l *Log) Page(ctx context.Context, s scope.Scope, f LogFilter, after LogCursor) (LogPage, error) {
	if !s.May(scope.ViewAudit) {
		return LogPage{}, fault.New(fault.Denied, "")
	}
	var page LogPage
	err := l.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueLog(r, s, f, after, LogPageSize+1, &page.Entries)
		db.Rows(r, &page.People, eventsdb.AuditPeople, s.TenantID, logPeople)
	})
	if err != nil {
		return page, fmt.Errorf("read the audit log: %w", err)
	}
	page.draw()
	if len(page.Entries) > LogPageSize {
		page.Entries = page.Entries[:LogPageSize]
		last := page.Entries[LogPageSize-1]
		page.Next = &LogCursor{At: last.At, ID: last.ID}
	}
	return page, nil
}

// draw gives the entries the pictures of who did them.
func (p *LogPage) draw() {
	pictures := map[uuid.UUID]string{}
	for _, person := range p.People {
		pictures[person.ID] = person.Picture
	}
	for i, e := range p.Entries {
		if e.ActorID != nil {
			p.Entries[i].ActorPicture = pictures[*e.ActorID]
		}
	}
}

// Export notes that the log is exported, as an entry of it, and then hands over all that the filter lets through, the
// newest first, in parts. It holds one part at a time. Denied to those who may not.
func (l *Log) Export(ctx context.Context, s scope.Scope, f LogFilter, format string, each func([]LogEntry) error) error {
	if !s.May(scope.ExportAudit) {
		return fault.New(fault.Denied, "")
	}
	if err := l.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		return AppendTx(ctx, tx, s, Event{Action: "audit.exported", ObjectKind: "audit", Changes: f.told(format)})
	}); err != nil {
		return fmt.Errorf("note the export: %w", err)
	}
	for after := (LogCursor{}); ; {
		var part []LogEntry
		if err := l.DB.ReadTenant(ctx, s, func(r *db.Reads) { queueLog(r, s, f, after, exportPage, &part) }); err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		if err := each(part); err != nil || len(part) < exportPage {
			return err
		}
		last := part[len(part)-1]
		after = LogCursor{At: last.At, ID: last.ID}
		if err := ctx.Err(); err != nil {
			return err // nobody reads it any more
		}
	}
}

// told is the filter as the entry about an export tells it.
func (f LogFilter) told(format string) map[string][2]string {
	out := map[string][2]string{"format": {"", format}}
	add := func(name, value string) {
		if value != "" {
			out[name] = [2]string{"", value}
		}
	}
	add("person", f.Person)
	add("kind", f.Kind)
	add("action", f.Action)
	if !f.From.IsZero() {
		add("from", f.From.UTC().Format(time.RFC3339))
	}
	if !f.Before.IsZero() {
		add("before", f.Before.UTC().Format(time.RFC3339))
	}
	return out
}
