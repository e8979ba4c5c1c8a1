package webhooks

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/webhooks/webhooksdb"
)

// PurgeTx deletes up to limit rows of an organization's webhooks; it says of which table and how many, zero when there is
// nothing left. It is called inside db.InAdmin.
func PurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error) {
	return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{
		{Noun: "webhook_attempts", SQL: webhooksdb.PurgeAttempts}, {Noun: "webhook_deliveries", SQL: webhooksdb.PurgeDeliveries},
		{Noun: "webhook_replays", SQL: webhooksdb.PurgeReplays}, {Noun: "webhook_endpoints", SQL: webhooksdb.PurgeEndpoints},
	})
}

// ExportTx is a page of the endpoints of the organization in scope, without their secrets.
func ExportTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	docs, err := db.Docs(ctx, tx, webhooksdb.ExportEndpoints, tenant, after, size)
	return docs, wrap("export webhooks", err)
}
