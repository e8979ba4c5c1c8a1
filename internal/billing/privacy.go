package billing

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
)

// ExportSubscriptionsTx is a page of the subscriptions of the organization in scope, for the copy of all it has.
func ExportSubscriptionsTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, billingdb.ExportSubscriptions, tenant, after, size)
}

// ExportInvoicesTx is a page of the invoices of the organization in scope.
func ExportInvoicesTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, billingdb.ExportInvoices, tenant, after, size)
}
