package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/jobs"
)

const intentClose = "close"

// inFlight is how long after an organization began to close a request that began before may still reach Stripe: each
// ends after APITimeout, and what was sent by then is carried out within seconds.
const inFlight = 3 * APITimeout

// wantedClose is what the intent to end everything says.
type wantedClose struct {
	Asked time.Time `json:"asked"`
}

// Settle ends all that a closing organization could be charged for: open Checkouts, subscriptions, their schedules and
// unpaid invoices. It returns nil only when Stripe, asked once more afterwards, knows of nothing that would charge. Any
// error means that it should be tried again; jobs.ErrNothingToDo that the organization does not close any more.
//
// While an organization closes nothing new can begin (notClosingTx), so what is found here is all there will be.
func (b *Billing) Settle(ctx context.Context, tenant uuid.UUID) error {
	s := scope.System(tenant)
	want, customers, err := b.intendClose(ctx, s)
	if err != nil {
		return err
	}
	for _, customer := range customers {
		if err := b.endAll(ctx, s, closing{want: want, customer: customer}); err != nil {
			return err
		}
	}
	return b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error { return b.closeIntentTx(ctx, tx, s, want.ID) })
}

// intendClose writes down that everything is to end, and lists the customers that the organization has or had.
func (b *Billing) intendClose(ctx context.Context, s scope.Scope) (want intent, customers []string, err error) {
	q := billingdb.New()
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		asked, err := q.ClosingSince(ctx, tx, s.TenantID)
		switch {
		case err != nil:
			return fmt.Errorf("see whether the organization closes: %w", err)
		case asked == nil:
			return jobs.ErrNothingToDo
		}
		open, err := q.CountUnsent(ctx, tx, s.TenantID)
		switch {
		case err != nil:
			return fmt.Errorf("look for requests under way: %w", err)
		case open > 0 && time.Since(*asked) < inFlight:
			return errors.New("a Checkout or a trial that was asked for before may still be on its way to Stripe")
		}
		if want, _, err = b.intendTx(ctx, tx, s, intentClose, wantedClose{*asked}); err != nil {
			return err
		}
		customers, err = q.CustomersEver(ctx, tx, s.TenantID)
		return err
	})
	return want, customers, err
}

// closing is what ends, by which order.
type closing struct {
	want     intent
	customer string
}

func (c closing) key(object string) string { return c.want.key(intentClose) + "_" + object }

// endAll ends all of one customer. Sessions come first, so that none turns into a subscription that is not looked at.
func (b *Billing) endAll(ctx context.Context, s scope.Scope, c closing) error {
	for _, step := range []struct {
		doing string
		do    func(context.Context, scope.Scope, closing) (live int, err error)
	}{
		{"expire the open Checkouts", b.endCheckouts}, {"cancel the subscriptions", b.endSubscriptions}, {"end the unpaid invoices", b.endInvoices},
	} {
		if _, err := step.do(ctx, s, c); err != nil {
			return fmt.Errorf("%s: %w", step.doing, err)
		}
		// Asked once more: what was paid or begun in the same moment is found here, and ended by the next try.
		live, err := step.do(ctx, s, c)
		if err != nil {
			return fmt.Errorf("%s: %w", step.doing, err)
		}
		if live > 0 {
			return fmt.Errorf("%s: Stripe still has %d", step.doing, live)
		}
	}
	return b.refetchAll(ctx, s, c)
}

// endCheckouts expires what is open and says how many there were.
func (b *Billing) endCheckouts(ctx context.Context, _ scope.Scope, c closing) (live int, err error) {
	params := &stripe.CheckoutSessionListParams{Customer: &c.customer, Status: stripe.String(string(stripe.CheckoutSessionStatusOpen))}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	list := b.Stripe.CheckoutSessions.List(params)
	for list.Next() {
		live++
		id := list.CheckoutSession().ID
		_, err := b.Stripe.CheckoutSessions.Expire(id, &stripe.CheckoutSessionExpireParams{Params: order(ctx, c.key(id))})
		if err != nil && !refused(err) {
			return live, err
		}
	}
	return live, unlessGone(list.Err())
}

// endSubscriptions cancels at once what has not ended, without giving money back, and says how many there were.
func (b *Billing) endSubscriptions(ctx context.Context, s scope.Scope, c closing) (live int, err error) {
	params := &stripe.SubscriptionListParams{Customer: &c.customer, Status: stripe.String("all")}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	list := b.Stripe.Subscriptions.List(params)
	for list.Next() {
		sub := list.Subscription()
		if ended(string(sub.Status)) {
			continue
		}
		live++
		if err := b.stillCloses(ctx, s); err != nil {
			return live, err
		}
		if err := b.release(ctx, c, sub); err != nil {
			return live, err
		}
		_, err := b.Stripe.Subscriptions.Cancel(sub.ID, &stripe.SubscriptionCancelParams{
			Params: order(ctx, c.key(sub.ID)), InvoiceNow: stripe.Bool(false), Prorate: stripe.Bool(false),
		})
		if err != nil && !refused(err) {
			return live, err
		}
	}
	return live, unlessGone(list.Err())
}

// stillCloses is asked before each subscription is cancelled: whoever takes the deletion back may buy a plan in the next
// moment.
func (b *Billing) stillCloses(ctx context.Context, s scope.Scope) error {
	asked, err := billingdb.New().ClosingSince(ctx, b.DB.Direct(), s.TenantID)
	if err != nil {
		return fmt.Errorf("see whether the organization closes: %w", err)
	}
	if asked == nil {
		return jobs.ErrNothingToDo
	}
	return nil
}

// release lets go of a schedule, which would go on changing the subscription.
func (b *Billing) release(ctx context.Context, c closing, sub *stripe.Subscription) error {
	if sub.Schedule == nil || sub.Schedule.ID == "" {
		return nil
	}
	_, err := b.Stripe.SubscriptionSchedules.Release(sub.Schedule.ID, &stripe.SubscriptionScheduleReleaseParams{Params: order(ctx, c.key(sub.Schedule.ID))})
	if err != nil && !refused(err) {
		return err
	}
	return nil
}

// endInvoices voids what is not paid and says how many there were. A draft of a subscription cannot be deleted: it is
// made final without being collected, and then voided.
func (b *Billing) endInvoices(ctx context.Context, _ scope.Scope, c closing) (live int, err error) {
	for _, status := range []stripe.InvoiceStatus{stripe.InvoiceStatusDraft, stripe.InvoiceStatusOpen} {
		n, err := b.endInvoicesThatAre(ctx, c, status)
		if live += n; err != nil {
			return live, err
		}
	}
	return live, nil
}

func (b *Billing) endInvoicesThatAre(ctx context.Context, c closing, status stripe.InvoiceStatus) (live int, err error) {
	params := &stripe.InvoiceListParams{Customer: &c.customer, Status: stripe.String(string(status))}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	list := b.Stripe.Invoices.List(params)
	for list.Next() {
		live++
		if err := b.endInvoice(ctx, c, list.Invoice()); err != nil {
			return live, err
		}
	}
	return live, unlessGone(list.Err())
}

func (b *Billing) endInvoice(ctx context.Context, c closing, inv *stripe.Invoice) error {
	if inv.Status == stripe.InvoiceStatusDraft {
		_, err := b.Stripe.Invoices.FinalizeInvoice(inv.ID, &stripe.InvoiceFinalizeInvoiceParams{
			Params: order(ctx, c.key("final_"+inv.ID)), AutoAdvance: stripe.Bool(false),
		})
		if err != nil && !refused(err) {
			return err
		}
	}
	_, err := b.Stripe.Invoices.VoidInvoice(inv.ID, &stripe.InvoiceVoidInvoiceParams{Params: order(ctx, c.key("void_"+inv.ID))})
	if err != nil && !refused(err) { // one over nothing is paid by being made final
		return err
	}
	return nil
}

// refetchAll brings the rows to what the API says, without waiting for its events.
func (b *Billing) refetchAll(ctx context.Context, s scope.Scope, c closing) error {
	subs, err := b.listSubscriptions(ctx, c.customer)
	if err != nil {
		return err
	}
	for _, id := range subs {
		if err := b.refetch(ctx, s, subject{customer: c.customer, subscription: id}); err != nil {
			return fmt.Errorf("refetch %s: %w", id, err)
		}
	}
	return nil
}

// refused says whether Stripe understood an order and did not carry it out, because the object has moved on: the look
// that follows tells how it stands.
func refused(err error) bool {
	var problem *stripe.Error
	return errors.As(err, &problem) && (problem.HTTPStatusCode == 400 || problem.HTTPStatusCode == 404)
}

// unlessGone takes a customer that Stripe does not know for one that has nothing.
func unlessGone(err error) error {
	if gone(err) {
		return nil
	}
	return err
}

// notClosingTx refuses to begin what would be charged in an organization that closes. The organization is locked: who
// closes it waits for the same lock, and finds what was begun before.
func notClosingTx(ctx context.Context, tx db.Tx, s scope.Scope) error {
	asked, err := billingdb.New().ClosingSince(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("see whether the organization closes: %w", err)
	}
	if asked != nil {
		return fault.New(fault.Conflict, "This organization is being deleted. Take that back first.")
	}
	return nil
}
