// Package events keeps what happened: in an organization (events) and to a person outside of one (account_events). An
// event is written in the transaction of its cause, and never changed.
package events

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
	"plinth/internal/scope"
)

// Event is one thing that happened in an organization.
type Event struct {
	Action     string               // noun.verb in the past, as ticket.created
	ObjectKind string               // the noun
	ObjectID   uuid.UUID            // nil when the object is the organization itself
	ObjectName string               // what it was called at that moment; no personal value
	ProjectID  uuid.UUID            // nil when it belongs to no project
	Changes    map[string][2]string // field → before and after; no personal value
	Person     map[string]string    // personal values, apart so that they can be erased
}

// AppendTx adds the event to the organization's history.
func AppendTx(ctx context.Context, tx db.Tx, s scope.Scope, e Event) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an event id: %w", err)
	}
	changes, err := object(e.Changes)
	if err != nil {
		return fmt.Errorf("event %s: %w", e.Action, err)
	}
	person, err := object(e.Person)
	if err != nil {
		return fmt.Errorf("event %s: %w", e.Action, err)
	}
	err = eventsdb.New().AppendEvent(ctx, tx, eventsdb.AppendEventParams{
		TenantID: s.TenantID, ID: id, ActorID: orNil(s.Person.ID), Action: e.Action, ObjectKind: e.ObjectKind,
		ObjectID: orNil(e.ObjectID), ObjectName: e.ObjectName, ProjectID: orNil(e.ProjectID), Changes: changes, Person: person,
		RequestID: s.Request,
	})
	if err != nil {
		return fmt.Errorf("append event %s: %w", e.Action, err)
	}
	return nil
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

// AppendAccountTx adds the event to the person's history and returns its id.
func AppendAccountTx(ctx context.Context, tx db.Tx, e AccountEvent) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make an event id: %w", err)
	}
	changes, err := object(e.Changes)
	if err != nil {
		return uuid.Nil, fmt.Errorf("event %s: %w", e.Action, err)
	}
	person, err := object(e.Person)
	if err != nil {
		return uuid.Nil, fmt.Errorf("event %s: %w", e.Action, err)
	}
	err = eventsdb.New().AppendAccountEvent(ctx, tx, eventsdb.AppendAccountEventParams{
		ID: id, UserID: orNil(e.UserID), ActorID: orNil(e.ActorID), Action: e.Action, Changes: changes, Person: person,
		RequestID: e.RequestID,
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("append event %s: %w", e.Action, err)
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
