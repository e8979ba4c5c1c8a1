package events

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
	"plinth/internal/scope"
)

// Entry is one line of an activity view.
type Entry struct {
	ID           uuid.UUID
	At           time.Time
	Action       string
	ObjectKind   string
	ObjectName   string
	ChangesJSON  []byte
	ActorID      *uuid.UUID
	ActorName    string
	ProjectKey   string
	TicketNumber int32 // 0 when the object is no ticket
	ActorPicture string
}

// Changes are the fields with their values before and after.
func (e Entry) Changes() map[string][2]string {
	var out map[string][2]string
	_ = json.Unmarshal(e.ChangesJSON, &out) // written by AppendTx; what is not such an object shows as no change
	return out
}

// QueueActivity reads the newest n entries of all the projects the person may see.
func QueueActivity(r *db.Reads, s scope.Scope, n int, into *[]Entry) {
	db.Rows(r, into, eventsdb.Activity, s.TenantID, s.Person.ID, n)
}

// QueueProjectActivity reads the newest n entries of one project.
func QueueProjectActivity(r *db.Reads, s scope.Scope, key string, n int, into *[]Entry) {
	db.Rows(r, into, eventsdb.ProjectActivity, s.TenantID, s.Person.ID, key, n)
}

// QueueTicketHistory reads the newest n entries of one ticket.
func QueueTicketHistory(r *db.Reads, s scope.Scope, key string, number, n int, into *[]Entry) {
	db.Rows(r, into, eventsdb.ObjectHistory, s.TenantID, s.Person.ID, key, number, n)
}
