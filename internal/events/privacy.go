package events

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
)

// ExportAccountTx is a page of what happened to a person's account, oldest first, for their copy.
func ExportAccountTx(ctx context.Context, tx db.Tx, userID, after uuid.UUID, size int32) ([]db.Doc, error) {
	rows, err := eventsdb.New().ExportAccountEvents(ctx, tx, eventsdb.ExportAccountEventsParams{UserID: &userID, After: after, Size: size})
	if err != nil {
		return nil, fmt.Errorf("export account events: %w", err)
	}
	out := make([]db.Doc, len(rows))
	for i, row := range rows {
		out[i] = db.Doc(row)
	}
	return out, nil
}

// ExportTx is a page of what a person did in the organization in scope, oldest first, as far as they still see it.
func ExportTx(ctx context.Context, tx db.Tx, tenant, userID, after uuid.UUID, size int32) ([]db.Doc, error) {
	rows, err := eventsdb.New().ExportActivity(ctx, tx, eventsdb.ExportActivityParams{Tenant: tenant, Person: &userID, After: after, Size: size})
	if err != nil {
		return nil, fmt.Errorf("export activity: %w", err)
	}
	out := make([]db.Doc, len(rows))
	for i, row := range rows {
		out[i] = db.Doc(row)
	}
	return out, nil
}

// ExportHistoryTx is a page of all that happened in the organization in scope, as its owners read it.
func ExportHistoryTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, eventsdb.ExportHistory, tenant, after, size)
}
