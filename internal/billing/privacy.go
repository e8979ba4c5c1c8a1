package billing

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
)

// ExportSubscriptionsTx is a page of the subscriptions of the organization in scope, for the copy of all it has.
func ExportSubscriptionsTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, billingdb.ExportSubscriptions, tenant, after, size)
}

// ExportSettingsTx is what the organization in scope has set about its payments; nil when it has set nothing.
func ExportSettingsTx(ctx context.Context, tx db.Tx, tenant uuid.UUID) ([]byte, error) {
	doc, err := billingdb.New().ExportSettings(ctx, tx, tenant)
	if db.None(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("export the settings of billing: %w", err)
	}
	return doc, nil
}

// ExportUsageTx is a page of what the organization in scope used of its plan's meter, hour by hour.
func ExportUsageTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, billingdb.ExportUsage, tenant, after, size)
}

// ExportInvoicesTx is a page of the invoices of the organization in scope.
func ExportInvoicesTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, billingdb.ExportInvoices, tenant, after, size)
}
