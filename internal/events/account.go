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
)

// AccountEntry is a thing that happened to an account, read again.
type AccountEntry struct {
	ID      uuid.UUID
	At      time.Time
	UserID  uuid.UUID // nil when it belongs to no account
	ActorID uuid.UUID // who did it; nil when nobody was signed in
	Action  string
	Changes map[string][2]string
	Person  map[string]string // empty once it was erased
}

// AppendRareAccount adds an event that strangers can cause at will, at most one of its action in a while, and none for an
// account that is not there: whether there is one shows neither in what is done nor in how long it takes.
func AppendRareAccount(ctx context.Context, q eventsdb.DBTX, e AccountEvent, every time.Duration) error {
	id, err := newID()
	if err != nil {
		return err
	}
	changes, err := object(e.Changes)
	if err != nil {
		return fmt.Errorf("event %s: %w", e.Action, err)
	}
	person, err := object(salted(e.Person))
	if err != nil {
		return fmt.Errorf("event %s: %w", e.Action, err)
	}
	err = eventsdb.New().AppendRareAccountEvent(ctx, q, eventsdb.AppendRareAccountEventParams{
		ID: id, Action: e.Action, Changes: changes, Person: person, RequestID: e.RequestID, UserID: e.UserID, Every: every.Seconds(),
	})
	if err != nil {
		return fmt.Errorf("append event %s: %w", e.Action, err)
	}
	return nil
}

// AccountByID reads what happened to an account; NotFound when there is no such entry.
func AccountByID(ctx context.Context, q eventsdb.DBTX, id uuid.UUID) (AccountEntry, error) {
	row, err := eventsdb.New().AccountEventByID(ctx, q, id)
	if db.None(err) {
		return AccountEntry{}, fault.Missing()
	}
	if err != nil {
		return AccountEntry{}, fmt.Errorf("read account event: %w", err)
	}
	e := AccountEntry{ID: row.ID, At: row.At, Action: row.Action}
	if row.UserID != nil {
		e.UserID = *row.UserID
	}
	if row.ActorID != nil {
		e.ActorID = *row.ActorID
	}
	_ = json.Unmarshal(row.Changes, &e.Changes) // both were written by AppendAccountTx, or erased
	_ = json.Unmarshal(row.Person, &e.Person)
	return e, nil
}
