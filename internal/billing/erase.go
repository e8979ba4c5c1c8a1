package billing

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
)

// ReleaseCustomer lets an organization's customer at Stripe stand under another owner's address when it stands under the
// one given, or under none when nobody else owns it. It asks Stripe, so it must not be called in a transaction.
func (b *Billing) ReleaseCustomer(ctx context.Context, tenant, person uuid.UUID, address string) error {
	id, err := billingdb.New().CustomerOfTenant(ctx, b.DB.Direct(), tenant)
	if db.None(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the customer: %w", err)
	}
	customer, err := b.Stripe.Customers.Get(id, &stripe.CustomerParams{Params: ask(ctx)})
	if gone(err) || err == nil && (customer.Deleted || customer.Email != address) {
		return nil
	}
	if err != nil {
		return away("read the customer", err)
	}
	var heir billingdb.OwnersRow
	err = b.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		owners, err := billingdb.New().Owners(ctx, tx, tenant)
		for _, o := range owners {
			if o.ID != person && heir.Email == "" {
				heir = o
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read the owners: %w", err)
	}
	params := &stripe.CustomerParams{Params: order(ctx, "release-"+tenant.String()+"-"+person.String()+"-"+heir.ID.String()), Email: &heir.Email}
	if _, err := b.Stripe.Customers.Update(id, params); err != nil && !gone(err) {
		return away("change the customer's address", err)
	}
	return nil
}

// EraseTx takes a person's address out of what was told to Stripe and by it, in the organizations they belong to or
// belonged to, and says in how many rows it was. It is called inside db.InAdmin.
func EraseTx(ctx context.Context, tx db.Tx, userID uuid.UUID, address string) (int64, error) {
	q := billingdb.New()
	intents, err := q.EraseIntents(ctx, tx, billingdb.EraseIntentsParams{UserID: userID, Email: address})
	if err != nil {
		return 0, fmt.Errorf("erase from intents: %w", err)
	}
	told, err := q.EraseStripeEvents(ctx, tx, billingdb.EraseStripeEventsParams{UserID: userID, Email: address})
	if err != nil {
		return 0, fmt.Errorf("erase from the events of Stripe: %w", err)
	}
	mail, err := q.EraseBillingEmail(ctx, tx, billingdb.EraseBillingEmailParams{UserID: userID, Email: address})
	if err != nil {
		return 0, fmt.Errorf("erase the address for invoices: %w", err)
	}
	return intents + told + mail, nil
}
