// Package events keeps what happened: in an organization (events) and to a person outside of one (account_events). An
// event is written in the transaction of its cause, and never changed. Seconds later it is sealed (event_seals): each
// seal holds a hash over the event and the seal before, so that changing history shows.
package events

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
	"plinth/internal/scope"
)

// Event is one thing that happened in an organization.
type Event struct {
	ID         uuid.UUID            // nil: one is made
	Action     string               // noun.verb in the past, as ticket.created
	ObjectKind string               // the noun
	ObjectID   uuid.UUID            // nil when the object is the organization itself
	ObjectName string               // what it was called at that moment; no personal value
	ProjectID  uuid.UUID            // nil when it belongs to no project
	Changes    map[string][2]string // field → before and after; no personal value
	Person     map[string]string    // personal values, apart so that they can be erased
	Repeats    bool                 // one of many of one cause, and not the first: who wants to hear of a cause once skips it
	Quiet      bool                 // no news, as a seed's past is: kept, and passed on to nobody
}

// AboutComment is, among the changes of an event of a ticket, the comment that it is about.
const AboutComment = "comment"

// AppendTx adds the event to the organization's history. Where the request came from is taken from the scope. The event
// waits from then on for its seal, and for being passed on to whoever wants to hear of it.
func AppendTx(ctx context.Context, tx db.Tx, s scope.Scope, e Event) error {
	if e.ID != uuid.Nil {
		return appendAs(ctx, tx, s, e.ID, e)
	}
	id, err := newID()
	if err != nil {
		return err
	}
	return appendAs(ctx, tx, s, id, e)
}

// AppendAllTx is AppendTx for many events of one cause, in one round trip.
func AppendAllTx(ctx context.Context, tx db.Tx, s scope.Scope, all []Event) error {
	var made error
	err := db.Together(ctx, tx, func(r *db.Reads) {
		for _, e := range all {
			id := e.ID
			if id == uuid.Nil {
				id, made = newID()
			}
			if made == nil {
				made = queueEvent(r, s, id, e)
			}
			if made != nil {
				return
			}
		}
	})
	if made != nil {
		return made
	}
	if err != nil {
		return fmt.Errorf("append %d events: %w", len(all), err)
	}
	return nil
}

// TellTx tells whoever looks at what the event is of that it has changed. Nothing is kept of it.
func TellTx(ctx context.Context, tx db.Tx, s scope.Scope, e Event) error {
	if err := eventsdb.New().TellEvent(ctx, tx, eventsdb.TellEventParams{
		TenantID: s.TenantID, By: s.Person.ID, Action: e.Action, Object: e.ObjectID, Project: e.ProjectID,
	}); err != nil {
		return fmt.Errorf("tell of %s: %w", e.Action, err)
	}
	return nil
}

func appendAs(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID, e Event) error {
	var made error
	err := db.Together(ctx, tx, func(r *db.Reads) { made = queueEvent(r, s, id, e) })
	if made != nil {
		return made
	}
	if err != nil {
		return fmt.Errorf("append event %s: %w", e.Action, err)
	}
	return nil
}

func queueEvent(r *db.Reads, s scope.Scope, id uuid.UUID, e Event) error {
	changes, err := object(e.Changes)
	if err != nil {
		return fmt.Errorf("event %s: %w", e.Action, err)
	}
	person, err := object(salted(whence(e.Person, s)))
	if err != nil {
		return fmt.Errorf("event %s: %w", e.Action, err)
	}
	actor, as := s.Person.ID, uuid.Nil
	if s.Person.Impersonated() {
		actor, as = s.Person.By.ID, s.Person.ID
	}
	r.Exec(eventsdb.AppendEvent, s.TenantID, id, orNil(actor), orNil(as), e.Action, e.ObjectKind, orNil(e.ObjectID),
		e.ObjectName, orNil(e.ProjectID), changes, person, s.Request)
	r.Exec(eventsdb.QueueForSealing, s.TenantID, id)
	if !e.Quiet {
		r.Exec(eventsdb.QueueForDispatch, s.TenantID, id, e.Action, e.Repeats, s.Request)
	}
	return nil
}

// whence adds where a request came from to the personal values of an event, unless they say so already.
func whence(person map[string]string, s scope.Scope) map[string]string {
	if s.Address == "" || s.Person.Impersonated() { // where staff sit is nobody's business
		return person
	}
	out := map[string]string{"address": s.Address}
	if s.Device != "" {
		out["device"] = s.Device
	}
	maps.Copy(out, person)
	return out
}

// saltKey is among the personal values what makes their hash, which outlives them, impossible to guess.
const saltKey = "salt"

func salted(person map[string]string) map[string]string {
	if len(person) == 0 {
		return nil
	}
	out := maps.Clone(person)
	out[saltKey] = rand.Text()
	return out
}

// AccountEvent is one thing a person did, or that was done to their account, outside of an organization.
type AccountEvent struct {
	UserID    uuid.UUID // whose account
	ActorID   uuid.UUID // who did it; nil when nobody was signed in
	Action    string
	Changes   map[string][2]string
	Person    map[string]string
	RequestID string
}

// AppendAccountTx adds the event to the person's history and returns its id. The event waits from then on for its seal.
func AppendAccountTx(ctx context.Context, tx db.Tx, e AccountEvent) (uuid.UUID, error) {
	id, err := newID()
	if err != nil {
		return uuid.Nil, err
	}
	return id, appendAccountAs(ctx, tx, id, e)
}

func appendAccountAs(ctx context.Context, tx db.Tx, id uuid.UUID, e AccountEvent) error {
	changes, err := object(e.Changes)
	if err != nil {
		return fmt.Errorf("event %s: %w", e.Action, err)
	}
	person, err := object(salted(e.Person))
	if err != nil {
		return fmt.Errorf("event %s: %w", e.Action, err)
	}
	err = db.Together(ctx, tx, func(r *db.Reads) {
		r.Exec(eventsdb.AppendAccountEvent, id, orNil(e.UserID), orNil(e.ActorID), e.Action, changes, person, e.RequestID)
		r.Exec(eventsdb.QueueForSealing, uuid.Nil, id)
	})
	if err != nil {
		return fmt.Errorf("append event %s: %w", e.Action, err)
	}
	return nil
}

func newID() (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make an event id: %w", err)
	}
	return id, nil
}

func orNil(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// object marshals a map, and nil as the empty object.
func object[V any](m map[string]V) ([]byte, error) {
	if m == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(m)
}
