package billing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
)

// subject is what to fetch: a subscription of a customer, and an invoice of it besides the latest, or "".
type subject struct {
	customer, subscription, invoice string
}

// snapshot is what the API said at a time.
type snapshot struct {
	ticket   int64
	at       time.Time
	sub      *stripe.Subscription // nil: there is no such subscription any more
	invoices []*stripe.Invoice
}

// refetch brings a subscription's row to what the API says. The ticket is taken and committed before the question is
// asked, and the answer is written only if no later ticket's answer has been: whichever fetch began last wins, by
// Postgres's own order and nobody's clock.
func (b *Billing) refetch(ctx context.Context, s scope.Scope, what subject) error {
	ticket, err := b.takeTicket(ctx, s, what)
	if err != nil {
		return err
	}
	snap, err := b.fetch(ctx, what)
	if err != nil {
		return err
	}
	snap.ticket = ticket
	return b.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if snap.sub == nil {
			return openTaskTx(ctx, tx, task{Kind: "object_missing", Object: what.subscription, Tenant: s.TenantID,
				Detail: "Stripe no longer knows this subscription; the row stays as it was"})
		}
		if snap.sub.Customer == nil || snap.sub.Customer.ID != what.customer {
			return openTaskTx(ctx, tx, task{Kind: "customer_mismatch", Object: what.subscription, Tenant: s.TenantID,
				Detail: "the subscription belongs to another customer than the event said"})
		}
		return b.writeTx(ctx, tx, s, snap)
	})
}

func (b *Billing) takeTicket(ctx context.Context, s scope.Scope, what subject) (int64, error) {
	var ticket int64
	err := b.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := billingdb.New()
		err := q.StubSubscription(ctx, tx, billingdb.StubSubscriptionParams{
			TenantID: s.TenantID, ID: newID(), StripeSubscriptionID: what.subscription, StripeCustomerID: what.customer, Livemode: b.Livemode,
		})
		if err != nil {
			return fmt.Errorf("make the row: %w", err)
		}
		row, err := q.TakeTicket(ctx, tx, billingdb.TakeTicketParams{TenantID: s.TenantID, StripeSubscriptionID: what.subscription})
		if err != nil {
			return fmt.Errorf("take a ticket: %w", err)
		}
		ticket = row.Ticket
		return nil
	})
	return ticket, err
}

// fetch asks the API, outside any transaction.
func (b *Billing) fetch(ctx context.Context, what subject) (snapshot, error) {
	snap := snapshot{at: b.Now().UTC()}
	params := &stripe.SubscriptionParams{Params: ask(ctx, "schedule.phases.items.price", "latest_invoice",
		"default_payment_method", "customer.invoice_settings.default_payment_method")}
	sub, err := b.Stripe.Subscriptions.Get(what.subscription, params)
	if gone(err) {
		return snap, nil
	}
	if err != nil {
		return snap, fmt.Errorf("read the subscription: %w", err)
	}
	snap.sub = sub
	latest := sub.LatestInvoice
	if latest != nil && latest.Object != "" { // else it is an id that could not be expanded
		snap.invoices = append(snap.invoices, latest)
	}
	if what.invoice == "" || latest != nil && latest.ID == what.invoice {
		return snap, nil
	}
	invoice, err := b.Stripe.Invoices.Get(what.invoice, &stripe.InvoiceParams{Params: ask(ctx)})
	switch {
	case gone(err):
	case err != nil:
		return snap, fmt.Errorf("read the invoice: %w", err)
	case invoice.Subscription != nil && invoice.Subscription.ID == sub.ID:
		snap.invoices = append(snap.invoices, invoice)
	}
	return snap, nil
}

// gone says whether the API answered that there is no such object.
func gone(err error) bool {
	var problem *stripe.Error
	return errors.As(err, &problem) && problem.HTTPStatusCode == http.StatusNotFound
}
