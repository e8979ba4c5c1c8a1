package notify

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/notify/notifydb"
)

// ExportTx is how a person wants to be told, for their copy.
func ExportTx(ctx context.Context, tx db.Tx, user uuid.UUID) ([]byte, error) {
	doc, err := notifydb.New().ExportChoices(ctx, tx, user)
	if err != nil {
		return nil, fmt.Errorf("export choices: %w", err)
	}
	return doc, nil
}

// EraseTx takes away what a person was told, and how they wanted it. It is called inside db.InAdmin.
func EraseTx(ctx context.Context, tx db.Tx, user uuid.UUID) (int64, error) {
	q := notifydb.New()
	var n int64
	for _, erase := range []func(context.Context, notifydb.DBTX, uuid.UUID) (int64, error){q.EraseNotifications, q.EraseLevels, q.EraseReports, q.EraseChoices} {
		rows, err := erase(ctx, tx, user)
		if err != nil {
			return n, fmt.Errorf("erase notifications: %w", err)
		}
		n += rows
	}
	return n, nil
}

// PurgeTx deletes up to limit rows of what the people of an organization were told; it says of which table and how many,
// zero when there is nothing left. It is called inside db.InAdmin.
func PurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error) {
	return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{
		{Noun: "notifications", SQL: notifydb.PurgeNotifications},
		{Noun: "notification_projects", SQL: notifydb.PurgeLevels},
		{Noun: "report_subscriptions", SQL: notifydb.PurgeReports},
	})
}

// PurgeTicketsTx deletes what was told of tickets that are deleted for good. It is called inside db.InAdmin.
func PurgeTicketsTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, tickets []uuid.UUID) error {
	if _, err := tx.Exec(ctx, notifydb.PurgeOfTickets, tenant, tickets); err != nil {
		return fmt.Errorf("purge notifications of tickets: %w", err)
	}
	return nil
}
