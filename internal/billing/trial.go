package billing

import (
	"context"
	"fmt"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// StartTrial begins a trial of the plan without a card: once for an organization, and once for a person. When it ends
// without a card, the organization is on the free plan again. A second call goes on with the first.
func (b *Billing) StartTrial(ctx context.Context, s scope.Scope, planKey string) error {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	plan, _, price, err := b.priceID(ctx, planKey, "month")
	if err != nil {
		return err
	}
	if plan.TrialDays == 0 {
		return fault.New(fault.Invalid, "This plan has no trial.")
	}
	if err := b.noneLive(ctx, s); err != nil {
		return err
	}
	customer, err := b.EnsureCustomer(ctx, s)
	if err != nil {
		return err
	}
	want, wanted, checkout, err := b.intendTrial(ctx, s, plan, wantedCheckout{Customer: customer, Price: price})
	if err != nil {
		return err
	}
	if err := b.expireCheckout(ctx, s, checkout); err != nil {
		return err
	}
	sub, err := retryInUse(ctx, func() (*stripe.Subscription, error) {
		return b.Stripe.Subscriptions.New(trialParams(ctx, plan, want, wanted))
	})
	if err != nil {
		return away("start a trial", err)
	}
	if err := b.refetch(ctx, s, subject{customer: wanted.Customer, subscription: sub.ID}); err != nil {
		return err
	}
	return b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error { return b.closeIntentTx(ctx, tx, s, want.ID) })
}

// intendTrial also gives the open Checkout up, which would buy a second subscription beside the trial.
func (b *Billing) intendTrial(
	ctx context.Context, s scope.Scope, plan Plan, wanted wantedCheckout,
) (want intent, _ wantedCheckout, checkout string, err error) {
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := noneLiveTx(ctx, tx, s); err != nil {
			return err
		}
		if err := b.claimTrialTx(ctx, tx, s, plan); err != nil {
			return err
		}
		if checkout, err = b.dropIntentTx(ctx, tx, s, intentCheckout); err != nil {
			return err
		}
		var found bool
		if want, found, err = b.resumeTx(ctx, tx, s, intentTrial, &wanted); err != nil || found {
			return err
		}
		if wanted.Quantity, err = seatsTx(ctx, tx, s, plan); err != nil {
			return err
		}
		want, _, err = b.intendTx(ctx, tx, s, intentTrial, wanted)
		return err
	})
	return want, wanted, checkout, err
}

func trialParams(ctx context.Context, plan Plan, want intent, wanted wantedCheckout) *stripe.SubscriptionParams {
	return &stripe.SubscriptionParams{
		Params: order(ctx, want.key(intentTrial)), Customer: &wanted.Customer, TrialPeriodDays: stripe.Int64(int64(plan.TrialDays)),
		Items: []*stripe.SubscriptionItemsParams{{Price: &wanted.Price, Quantity: &wanted.Quantity}},
		TrialSettings: &stripe.SubscriptionTrialSettingsParams{EndBehavior: &stripe.SubscriptionTrialSettingsEndBehaviorParams{
			MissingPaymentMethod: stripe.String(string(stripe.SubscriptionTrialSettingsEndBehaviorMissingPaymentMethodCancel)),
		}},
	}
}

func (b *Billing) claimTrialTx(ctx context.Context, tx db.Tx, s scope.Scope, plan Plan) error {
	q := billingdb.New()
	started, err := q.StartTrial(ctx, tx, billingdb.StartTrialParams{TenantID: s.TenantID, UserID: s.Person.ID, Plan: plan.Key})
	if err != nil {
		return fmt.Errorf("note the trial: %w", err)
	}
	if started == 1 {
		return events.AppendTx(ctx, tx, s, events.Event{Action: "billing.trial_started", ObjectKind: "subscription", ObjectName: plan.Name})
	}
	had, err := q.TrialOf(ctx, tx, s.TenantID)
	switch {
	case db.None(err):
		return fault.New(fault.Conflict, "You have started a trial before, in another organization. A trial is free once.")
	case err != nil:
		return fmt.Errorf("read the trial: %w", err)
	}
	rows, err := q.SubscriptionStates(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("read the organization's subscriptions: %w", err)
	}
	if len(rows) > 0 || had.Plan != plan.Key {
		return fault.New(fault.Conflict, "This organization has had its trial. Choose a plan to go on.")
	}
	return nil // claimed, but the try before did not get through to Stripe
}
