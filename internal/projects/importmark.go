package projects

import (
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// BroughtIn is the import that a ticket and comments of it came with. Whom a file names as their authors, nobody has asked: pages
// say who brought them in.
type BroughtIn struct {
	ID       uuid.UUID
	File     string // its name
	Kind     string
	At       time.Time
	PersonID uuid.UUID
	Person   string
}

func queueBroughtIn(r *db.Reads, s scope.Scope, key string, number int, into **BroughtIn) {
	db.Maybe(r, into, projectsdb.BroughtIn, s.TenantID, s.Person.ID, key, number)
}

// CameWith is the import that a comment came with; nil when somebody wrote it here.
func (t TicketPage) CameWith(c Comment) *BroughtIn {
	if t.Brought == nil || c.CreatedAt.After(t.Brought.At) || BroughtCommentID(t.Brought.ID, 0) != BroughtID(c.ID, 0) {
		return nil
	}
	return t.Brought
}
