package billing

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
)

// PurgeTx deletes up to limit rows of what is known of an organization's payments. That it had a trial stays known, by its id, so
// that nobody has one twice; it says of which table and how many, zero
// when there is nothing left. It is called inside db.InAdmin.
func PurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error) {
	return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{
		{Noun: "stripe_events", SQL: billingdb.PurgeStripeEvents},
		{Noun: "usage_hours", SQL: billingdb.PurgeUsage},
		{Noun: "billing_effects", SQL: billingdb.PurgeEffects},
		{Noun: "billing_intents", SQL: billingdb.PurgeIntents},
		{Noun: "subscription_checks", SQL: billingdb.PurgeChecks},
		{Noun: "billing_tasks", SQL: billingdb.PurgeTasks},
		{Noun: "billing_drifts", SQL: billingdb.PurgeDrifts},
		{Noun: "plan_overrides", SQL: billingdb.PurgeOverrides},
		{Noun: "invoices", SQL: billingdb.PurgeInvoices},
		{Noun: "subscription_changes", SQL: billingdb.PurgeChanges},
		{Noun: "subscriptions", SQL: billingdb.PurgeSubscriptions},
		{Noun: "billing_settings", SQL: billingdb.PurgeSettings},
		{Noun: "billing_customers", SQL: billingdb.PurgeCustomers},
	})
}
