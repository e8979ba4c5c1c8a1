package billing

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/jobs"
)

// ApplyEvent does what follows from a stored event: it brings the subscriptions and invoices that the event speaks of
// to what the API says now, and has the event's effects once. An event that no longer waits is left alone. An error
// means that it should be tried again.
func (b *Billing) ApplyEvent(ctx context.Context, id string) error {
	row, err := billingdb.New().StripeEvent(ctx, b.DB.Direct(), id)
	if db.None(err) {
		return jobs.ErrNothingToDo
	}
	if err != nil {
		return fmt.Errorf("read event: %w", err)
	}
	if row.State != stateQueued {
		return nil
	}
	var e event
	if err := json.Unmarshal(row.Payload, &e); err != nil {
		return fmt.Errorf("read the payload of %s: %w", id, err)
	}
	e.ID = id // of what is ignored nothing else is kept
	customer, err := b.customerOf(ctx, &e)
	if err != nil {
		return err
	}
	if customer == "" {
		return b.finish(ctx, b.DB.InGlobal, &e, stateIgnored, "it names no customer", nil)
	}
	tenant, err := b.tenantOf(ctx, customer)
	if err != nil {
		return err
	}
	if tenant == uuid.Nil {
		return b.park(ctx, id, customer)
	}
	return b.apply(ctx, scope.System(tenant), customer, &e)
}

func (b *Billing) apply(ctx context.Context, s scope.Scope, customer string, e *event) error {
	subs, err := b.subscriptionsOf(ctx, customer, e)
	if err != nil {
		return err
	}
	for _, sub := range subs {
		if err := b.refetch(ctx, s, subject{customer: customer, subscription: sub, invoice: e.invoice()}); err != nil {
			return fmt.Errorf("refetch %s: %w", sub, err)
		}
	}
	back, err := b.takenBack(ctx, e)
	if err != nil {
		return err
	}
	inTenant := func(ctx context.Context, fn func(context.Context, db.Tx) error) error {
		return b.DB.InTenant(ctx, s, fn)
	}
	return b.finish(ctx, inTenant, e, stateApplied, "", func(ctx context.Context, tx db.Tx) error {
		return b.effectsTx(ctx, tx, s, e, back)
	})
}

// customerOf is the customer of an event. A dispute names its charge only.
func (b *Billing) customerOf(ctx context.Context, e *event) (string, error) {
	if c := e.customer(); c != "" || e.Data.Object.Charge == "" {
		return c, nil
	}
	charge, err := b.Stripe.Charges.Get(string(e.Data.Object.Charge), &stripe.ChargeParams{Params: ask(ctx)})
	if gone(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the charge: %w", err)
	}
	if charge.Customer == nil {
		return "", nil
	}
	return charge.Customer.ID, nil
}

// subscriptionsOf lists what to refetch: the subscription the event names, or all of the customer when money went back,
// when another card pays, or when the event is in another version of the API, where the name may stand elsewhere.
func (b *Billing) subscriptionsOf(ctx context.Context, customer string, e *event) ([]string, error) {
	if sub := e.subscription(); sub != "" {
		return []string{sub}, nil
	}
	if !strings.HasPrefix(e.Type, "charge.") && !e.repays() && e.APIVersion == stripe.APIVersion {
		return nil, nil
	}
	return b.listSubscriptions(ctx, customer)
}

func (b *Billing) listSubscriptions(ctx context.Context, customer string) ([]string, error) {
	params := &stripe.SubscriptionListParams{Customer: &customer, Status: stripe.String("all")}
	params.Context, params.Limit, params.Single = ctx, stripe.Int64(100), true
	var ids []string
	list := b.Stripe.Subscriptions.List(params)
	for list.Next() {
		ids = append(ids, list.Subscription().ID)
	}
	if err := list.Err(); err != nil && !gone(err) {
		return nil, fmt.Errorf("list subscriptions: %w", err)
	}
	return ids, nil
}

// tenantOf is the organization a customer is mapped to, or the nil id. Nothing else leads from Stripe to a tenant.
func (b *Billing) tenantOf(ctx context.Context, customer string) (uuid.UUID, error) {
	id, err := billingdb.New().TenantOfCustomer(ctx, b.DB.Direct(), customer)
	if err != nil && !db.None(err) {
		return uuid.Nil, fmt.Errorf("look for the customer's organization: %w", err)
	}
	return id, nil
}

// park puts an event away until its customer is an organization's. Under the lock it looks once more, so that a
// mapping that commits at the same moment finds the event parked or is found.
func (b *Billing) park(ctx context.Context, id, customer string) error {
	return b.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		q := billingdb.New()
		if err := q.LockCustomer(ctx, tx, customer); err != nil {
			return fmt.Errorf("lock customer: %w", err)
		}
		_, err := q.TenantOfCustomer(ctx, tx, customer)
		if err == nil {
			return b.Queue.EnqueueTx(ctx, tx, jobs.ApplyStripeEvent{EventID: id})
		}
		if !db.None(err) {
			return fmt.Errorf("look for the customer's organization: %w", err)
		}
		return finishTx(ctx, tx, id, stateParked, "no organization has this customer")
	})
}

type transaction = func(context.Context, func(context.Context, db.Tx) error) error

// finish notes what became of the event, with its effects, if it still waits.
func (b *Billing) finish(ctx context.Context, in transaction, e *event, state, note string, effects func(context.Context, db.Tx) error) error {
	return in(ctx, func(ctx context.Context, tx db.Tx) error {
		if effects != nil {
			if err := effects(ctx, tx); err != nil {
				return err
			}
		}
		return finishTx(ctx, tx, e.ID, state, note)
	})
}
