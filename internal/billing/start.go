package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// Start is what paying from now on costs, for a trial that is not over or a subscription that waits for a card.
type Start struct {
	Plan     Plan
	Seats    int64
	Interval string
	Lines    []PreviewLine
	Credit   int64 // what was paid before and is counted against it; negative or zero
	Due      int64 // to be paid now
	Currency string
	Renews   time.Time
	Card     Card
	Discount Discount
	TrialEnd *time.Time // when it would begin by itself; nil when it has ended
}

// StartForm confirms what was shown.
type StartForm struct {
	Due int64 `form:"due"`
}

// wantedStart is what the intent to pay from now on says.
type wantedStart struct {
	Subscription string `json:"subscription"`
	Due          int64  `json:"due"`
}

// PreviewStart asks Stripe what paying from now on costs. Conflict when there is neither a trial nor a subscription that
// waits for a card.
func (b *Billing) PreviewStart(ctx context.Context, s scope.Scope) (Start, error) {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	current, err := b.startable(ctx, s)
	if err != nil {
		return Start{}, err
	}
	return b.previewStart(ctx, current)
}

func (b *Billing) startable(ctx context.Context, s scope.Scope) (*Subscription, error) {
	current, err := b.current(ctx, s)
	switch {
	case err != nil:
		return nil, err
	case current != nil && (current.Status == "active" || current.Status == "past_due"):
		return current, fault.New(fault.Conflict, "The plan is paid for already.")
	case current == nil || current.Status != "trialing" && current.Status != "paused":
		return current, fault.New(fault.Conflict, "There is no trial that could turn into a subscription.")
	case current.Ends() != nil:
		return current, fault.New(fault.Conflict, "The trial is about to end for good. Keep the plan first.")
	}
	return current, nil
}

func (b *Billing) previewStart(ctx context.Context, current *Subscription) (Start, error) {
	params := &stripe.InvoiceUpcomingParams{
		Params: ask(ctx), Customer: &current.StripeCustomerID, Subscription: &current.StripeSubscriptionID,
	}
	if current.Status == "trialing" {
		params.SubscriptionTrialEndNow = stripe.Bool(true)
	} else {
		params.SubscriptionBillingCycleAnchorNow = stripe.Bool(true)
	}
	invoice, err := b.Stripe.Invoices.Upcoming(params)
	if err != nil {
		return Start{}, away("preview the first payment", err)
	}
	out := Start{
		Seats: current.Quantity, Interval: current.Interval, Due: invoice.AmountDue, Currency: string(invoice.Currency),
		Card: current.Card(), Discount: current.Discount(),
	}
	if current.Status == "trialing" {
		out.TrialEnd = current.TrialEnd
	}
	out.Plan, _ = b.Plans.Plan(current.Plan)
	p := Preview{}
	p.price(invoice)
	out.Lines, out.Credit, out.Renews = p.Lines, p.Credit, p.Renews
	return out, nil
}

// StartPaying ends the trial now and charges the first period, at the amount that was shown. Conflict when no card is on
// file, when the amount has changed since, or when the payment is declined: the trial goes on then.
func (b *Billing) StartPaying(ctx context.Context, s scope.Scope, f StartForm) (Changed, error) {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	current, err := b.startable(ctx, s)
	switch {
	case current != nil && current.Status == "active":
		return Changed{}, nil // pressed twice
	case err != nil:
		return Changed{}, err
	case current.CardLast4 == "":
		return Changed{}, fault.New(fault.Conflict, "No card is on file yet. Add one first.")
	}
	shown, err := b.previewStart(ctx, current)
	if err != nil {
		return Changed{}, err
	}
	if shown.Due != f.Due {
		return Changed{}, errOldAmounts()
	}
	var want intent
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) (err error) {
		want, _, err = b.intendTx(ctx, tx, s, intentStart, wantedStart{Subscription: current.StripeSubscriptionID, Due: f.Due})
		return err
	})
	if err != nil {
		return Changed{}, err
	}
	sub, err := retryInUse(ctx, func() (*stripe.Subscription, error) { return b.orderStart(ctx, current, want) })
	if declined(err) {
		return Changed{}, b.notStarted(ctx, s, want, err)
	}
	if err != nil {
		return Changed{}, b.unstarted(ctx, s, current, want, err)
	}
	return b.started(ctx, s, current, want, sub)
}

func (b *Billing) orderStart(ctx context.Context, current *Subscription, want intent) (*stripe.Subscription, error) {
	if current.Status == "paused" {
		return b.Stripe.Subscriptions.Resume(current.StripeSubscriptionID, &stripe.SubscriptionResumeParams{
			Params: order(ctx, want.key(intentStart), "latest_invoice"), BillingCycleAnchor: stripe.String("now"),
		})
	}
	return b.Stripe.Subscriptions.Update(current.StripeSubscriptionID, &stripe.SubscriptionParams{
		Params: order(ctx, want.key(intentStart), "latest_invoice"), TrialEndNow: stripe.Bool(true),
		PaymentBehavior: stripe.String("pending_if_incomplete"),
	})
}

// notStarted gives the intent up, so that another card is another try.
func (b *Billing) notStarted(ctx context.Context, s scope.Scope, want intent, cause error) error {
	err := b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error { return b.closeIntentTx(ctx, tx, s, want.ID) })
	if err != nil {
		return err
	}
	return fault.Wrap(fault.Conflict, "The payment was declined, and the trial goes on. Use another card and try again.", cause)
}

// unstarted is what an order means that Stripe did not carry out, or of which nobody knows.
func (b *Billing) unstarted(ctx context.Context, s scope.Scope, current *Subscription, want intent, cause error) error {
	if replayed(cause) { // the next try is another order: it must not pay for what has begun
		if err := b.refetch(ctx, s, subject{customer: current.StripeCustomerID, subscription: current.StripeSubscriptionID}); err != nil {
			return away("look at the subscription", err)
		}
	}
	return unsure("end the trial", b.giveUp(ctx, s, want, cause))
}

func (b *Billing) started(ctx context.Context, s scope.Scope, current *Subscription, want intent, sub *stripe.Subscription) (Changed, error) {
	if err := b.convert(ctx, s, current, want, sub); err != nil {
		return Changed{}, err
	}
	if err := b.refetch(ctx, s, subject{customer: current.StripeCustomerID, subscription: current.StripeSubscriptionID}); err != nil {
		return Changed{}, fmt.Errorf("refetch after the first payment: %w", err)
	}
	if in := sub.LatestInvoice; in != nil && in.Status == stripe.InvoiceStatusOpen && in.HostedInvoiceURL != "" {
		return Changed{PayURL: in.HostedInvoiceURL}, nil
	}
	return Changed{}, nil
}

// convert notes that the plan is paid for. While Stripe waits for the payment nothing has begun, and who presses again is
// led to the same invoice.
func (b *Billing) convert(ctx context.Context, s scope.Scope, current *Subscription, want intent, sub *stripe.Subscription) error {
	if sub.PendingUpdate != nil || sub.Status != stripe.SubscriptionStatusActive {
		return nil
	}
	return b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		first, err := b.settleIntentTx(ctx, tx, s, want.ID)
		if err != nil || !first {
			return err
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "billing.trial_converted", ObjectKind: "subscription", ObjectID: current.ID, Changes: map[string][2]string{"plan": {"", current.Plan}},
		})
	})
}
