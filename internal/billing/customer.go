package billing

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/jobs"
)

// wantedCustomer is what the intent for a customer says. Replaces is the customer that Stripe has deleted, or "".
type wantedCustomer struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Replaces string `json:"replaces"`
}

// EnsureCustomer returns the organization's customer at Stripe and makes it where there is none; it is mapped before
// it is returned. Two calls at once make one. It asks Stripe, so it must not be called in a transaction.
func (b *Billing) EnsureCustomer(ctx context.Context, s scope.Scope) (string, error) {
	id, err := billingdb.New().CustomerOfTenant(ctx, b.DB.Direct(), s.TenantID)
	if err != nil && !db.None(err) {
		return "", fmt.Errorf("read the customer: %w", err)
	}
	if id != "" {
		there, err := b.customerThere(ctx, id)
		if err != nil || there {
			return id, err
		}
	}
	return b.makeCustomer(ctx, s, id)
}

func (b *Billing) customerThere(ctx context.Context, id string) (bool, error) {
	customer, err := b.Stripe.Customers.Get(id, &stripe.CustomerParams{Params: ask(ctx)})
	if gone(err) {
		return false, nil
	}
	if err != nil {
		return false, away("read the customer", err)
	}
	return !customer.Deleted, nil
}

func (b *Billing) makeCustomer(ctx context.Context, s scope.Scope, replaces string) (string, error) {
	var want intent
	var there string
	wanted := wantedCustomer{Replaces: replaces}
	err := b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		// Somebody else may have been through all of this since the mapping was read.
		var err error
		there, err = billingdb.New().CustomerOfTenant(ctx, tx, s.TenantID)
		if err != nil && !db.None(err) {
			return fmt.Errorf("read the customer: %w", err)
		}
		if there != replaces {
			return nil
		}
		want, wanted, err = b.intendCustomerTx(ctx, tx, s, wanted)
		return err
	})
	if err != nil || there != replaces {
		return there, err
	}
	params := &stripe.CustomerParams{Params: order(ctx, want.key(intentCustomer)), Name: &wanted.Name, Email: &wanted.Email}
	params.AddMetadata("tenant_id", s.TenantID.String())
	customer, err := retryInUse(ctx, func() (*stripe.Customer, error) { return b.Stripe.Customers.New(params) })
	if err != nil {
		return "", away("make a customer", err)
	}
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := b.MapCustomerTx(ctx, tx, s, customer.ID); err != nil {
			return err
		}
		return b.closeIntentTx(ctx, tx, s, want.ID)
	})
	return customer.ID, err
}

// intendCustomerTx keeps to what an open intent says: a name or an address changed since would be another order.
func (b *Billing) intendCustomerTx(ctx context.Context, tx db.Tx, s scope.Scope, wanted wantedCustomer) (intent, wantedCustomer, error) {
	var written wantedCustomer
	open, found, err := b.resumeTx(ctx, tx, s, intentCustomer, &written)
	if err != nil || found && written.Replaces == wanted.Replaces {
		return open, written, err
	}
	q := billingdb.New()
	org, err := q.BilledOrganization(ctx, tx, s.TenantID)
	if err != nil {
		return intent{}, wanted, fmt.Errorf("read the organization: %w", err)
	}
	owners, err := q.Owners(ctx, tx, s.TenantID)
	if err != nil {
		return intent{}, wanted, fmt.Errorf("read the owners: %w", err)
	}
	wanted.Name = org.Name
	if wanted.Email, err = q.BillingEmail(ctx, tx, s.TenantID); err != nil && !db.None(err) {
		return intent{}, wanted, fmt.Errorf("read the address for invoices: %w", err)
	}
	if wanted.Email == "" && len(owners) > 0 {
		wanted.Email = owners[0].Email
	}
	want, _, err := b.intendTx(ctx, tx, s, intentCustomer, wanted)
	return want, wanted, err
}

// locked runs fn with the organization's row locked, so that what it decides is decided once.
func (b *Billing) locked(ctx context.Context, s scope.Scope, fn func(context.Context, db.Tx) error) error {
	return b.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := billingdb.New().LockTenant(ctx, tx, s.TenantID); err != nil {
			return fmt.Errorf("lock organization: %w", err)
		}
		return fn(ctx, tx)
	})
}

// MapCustomerTx says that a customer is the organization's, and queues the events that waited for that.
func (b *Billing) MapCustomerTx(ctx context.Context, tx db.Tx, s scope.Scope, customer string) error {
	q := billingdb.New()
	if err := q.LockCustomer(ctx, tx, customer); err != nil {
		return fmt.Errorf("lock customer: %w", err)
	}
	err := q.MapCustomer(ctx, tx, billingdb.MapCustomerParams{TenantID: s.TenantID, StripeCustomerID: customer, Livemode: b.Livemode})
	if err != nil {
		return fmt.Errorf("map customer: %w", err)
	}
	waiting, err := q.UnparkStripeEvents(ctx, tx, customer)
	if err != nil {
		return fmt.Errorf("take events from the park: %w", err)
	}
	return b.enqueueEventsTx(ctx, tx, waiting, false)
}

func (b *Billing) enqueueEventsTx(ctx context.Context, tx db.Tx, ids []string, swept bool) error {
	for _, id := range ids {
		if err := b.Queue.EnqueueTx(ctx, tx, jobs.ApplyStripeEvent{EventID: id, Swept: swept}); err != nil {
			return err
		}
	}
	return nil
}

// retryInUse waits for the other request with the same key: Stripe answers 409 while it is under way.
func retryInUse[T any](ctx context.Context, do func() (T, error)) (T, error) {
	for {
		out, err := do()
		var problem *stripe.Error
		if !errors.As(err, &problem) || problem.HTTPStatusCode != http.StatusConflict {
			return out, err
		}
		if err := pause(ctx); err != nil {
			return out, err
		}
	}
}

// away is a failure of Stripe as a person may read it.
func away(doing string, err error) error {
	return fault.Wrap(fault.Unavailable, "Stripe, where payments are made, cannot be reached at the moment. Nothing was changed. Try again in a minute.",
		fmt.Errorf("%s: %w", doing, err))
}

// unsure is the failure of an order that may have been carried out although no answer came; a refusal is no such.
func unsure(doing string, err error) error {
	if final(err) && !replayed(err) {
		return away(doing, err)
	}
	return fault.Wrap(fault.Unavailable, "Stripe, where payments are made, did not answer. We do not know yet whether it went through; the billing page shows it as soon as Stripe says so.",
		fmt.Errorf("%s: %w", doing, err))
}

// Customer is the organization's customer at Stripe; empty when there is none.
func (b *Billing) Customer(ctx context.Context, tenantID uuid.UUID) (string, error) {
	id, err := billingdb.New().CustomerOfTenant(ctx, b.DB.Direct(), tenantID)
	if err != nil && !db.None(err) {
		return "", fmt.Errorf("read the customer: %w", err)
	}
	return id, nil
}
