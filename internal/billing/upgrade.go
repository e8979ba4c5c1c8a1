package billing

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// wantedChange is what the intent for a change at once says. Its id is the form's, so whoever sends the form again asks
// for these items, whatever the subscription has become since.
type wantedChange struct {
	Plan         [2]string    `json:"plan"` // from, to
	Interval     [2]string    `json:"interval"`
	Subscription string       `json:"subscription"`
	Items        []wantedItem `json:"items"`
	ProratedAt   int64        `json:"prorated_at"` // zero in a trial
}

// wantedItem is what becomes of an item.
type wantedItem struct {
	ID       string `json:"id"`
	Price    string `json:"price,omitempty"` // none: the item goes
	Quantity int64  `json:"quantity,omitempty"`
}

// changeNow makes the change and charges it. What was planned is given up first, because Stripe keeps no change pending
// beside a schedule.
func (b *Billing) changeNow(ctx context.Context, s scope.Scope, ch change, f ChangeForm) (Changed, error) {
	wanted, want, err := b.intendChange(ctx, s, ch, f)
	if err != nil {
		return Changed{}, err
	}
	what := subject{customer: ch.current.StripeCustomerID, subscription: wanted.Subscription}
	withdrawn := planned(ch.sub.Schedule)
	if err := b.releaseSchedule(ctx, ch.sub); err != nil {
		return Changed{}, err
	}
	sub, err := retryInUse(ctx, func() (*stripe.Subscription, error) {
		return b.Stripe.Subscriptions.Update(wanted.Subscription, wanted.params(ctx, want))
	})
	if err != nil {
		return Changed{}, b.notChanged(ctx, s, what, withdrawn, err)
	}
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		first, err := b.settleIntentTx(ctx, tx, s, want.ID)
		if err != nil || !first {
			return err
		}
		return askedTx(ctx, tx, s, ch.current.ID, wanted.Plan, wanted.Interval)
	})
	if err != nil {
		return Changed{}, err
	}
	if err := b.refetch(ctx, s, what); err != nil {
		return Changed{}, err
	}
	if sub.PendingUpdate != nil && sub.LatestInvoice != nil {
		return Changed{PayURL: sub.LatestInvoice.HostedInvoiceURL}, nil
	}
	return Changed{}, nil
}

// intendChange finds what the form has asked for before, else writes it down in the place of another form's.
func (b *Billing) intendChange(ctx context.Context, s scope.Scope, ch change, f ChangeForm) (wanted wantedChange, want intent, err error) {
	q := billingdb.New()
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := b.dropIntentsTx(ctx, tx, s, intentPlan); err != nil {
			return err
		}
		had, err := q.IntentParams(ctx, tx, billingdb.IntentParamsParams{TenantID: s.TenantID, Kind: intentChange, ID: f.ID})
		if err == nil {
			return json.Unmarshal([]byte(had), &wanted)
		}
		if !db.None(err) {
			return fmt.Errorf("read what the form asked for: %w", err)
		}
		if err := b.dropIntentsTx(ctx, tx, s, intentChange); err != nil {
			return err
		}
		wanted = ch.wanted(f)
		params, err := json.Marshal(wanted)
		if err != nil {
			return fmt.Errorf("write down an intent: %w", err)
		}
		added, err := q.AddIntent(ctx, tx, billingdb.AddIntentParams{
			TenantID: s.TenantID, ID: f.ID, Kind: intentChange, Params: string(params), CreatedAt: b.Now(),
		})
		if err != nil {
			return fmt.Errorf("write down an intent: %w", err)
		}
		if added == 0 {
			return errOldAmounts() // the id is of something else
		}
		return nil
	})
	return wanted, intent{ID: f.ID}, err
}

// changedBefore notes a change whose answer was lost, now that the form comes again and finds it done.
func (b *Billing) changedBefore(ctx context.Context, s scope.Scope, ch change, f ChangeForm) error {
	return b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		had, err := billingdb.New().IntentParams(ctx, tx, billingdb.IntentParamsParams{TenantID: s.TenantID, Kind: intentChange, ID: f.ID})
		if db.None(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read what the form asked for: %w", err)
		}
		var wanted wantedChange
		if err := json.Unmarshal([]byte(had), &wanted); err != nil {
			return fmt.Errorf("read what an intent says: %w", err)
		}
		first, err := b.settleIntentTx(ctx, tx, s, f.ID)
		if err != nil || !first {
			return err
		}
		return askedTx(ctx, tx, s, ch.current.ID, wanted.Plan, wanted.Interval)
	})
}

// notChanged says what a failed change means, and shows what is so now: a planned change may have been given up for it. The
// intent stays open, since its form alone asks for it.
func (b *Billing) notChanged(ctx context.Context, s scope.Scope, what subject, withdrawn bool, cause error) error {
	if err := b.refetch(ctx, s, what); err != nil {
		b.Log.WarnContext(ctx, "what became of a change is not known yet", "subscription", what.subscription, "error", err)
	}
	switch {
	case replayed(cause): // the form was sent before, and is of no more use
		return fault.Wrap(fault.Conflict, "This change did not go through. Look at what it costs now and confirm again.", cause)
	case declined(cause) && withdrawn:
		return fault.Wrap(fault.Conflict, "The payment was declined, and the plan stays as it is. The change that was planned was taken back. Update the card and try again.", cause)
	case declined(cause):
		return fault.Wrap(fault.Conflict, "The payment was declined, and the plan stays as it is. Update the card and try again.", cause)
	case final(cause) && withdrawn:
		return fault.Wrap(fault.Conflict, "Stripe has refused the change, and the plan stays as it is. The change that was planned was taken back.", cause)
	}
	return unsure("change the plan", cause)
}

func (ch change) wanted(f ChangeForm) wantedChange {
	w := wantedChange{
		Plan: [2]string{ch.from.Key, ch.to.Key}, Interval: [2]string{ch.current.Interval, ch.choice.Interval}, Subscription: ch.sub.ID, Items: ch.items(),
	}
	if ch.current.Status != "trialing" {
		w.ProratedAt = f.ProratedAt
	}
	return w
}

// items is what the change makes of the subscription's items. What is metered belongs to the plan and interval before;
// the meter of the new one is added with the first use.
func (ch change) items() []wantedItem {
	all := []wantedItem{{ID: ch.item.ID, Price: ch.price, Quantity: ch.seats}}
	for _, item := range ch.sub.Items.Data {
		if item.ID != ch.item.ID && metered(item) {
			all = append(all, wantedItem{ID: item.ID})
		}
	}
	return all
}

func itemParams(items []wantedItem) []*stripe.SubscriptionItemsParams {
	var all []*stripe.SubscriptionItemsParams
	for _, item := range items {
		p := &stripe.SubscriptionItemsParams{ID: stripe.String(item.ID)}
		if item.Price == "" {
			p.Deleted, p.ClearUsage = stripe.Bool(true), stripe.Bool(true)
		} else {
			p.Price, p.Quantity = stripe.String(item.Price), stripe.Int64(item.Quantity)
		}
		all = append(all, p)
	}
	return all
}

func (w wantedChange) params(ctx context.Context, want intent) *stripe.SubscriptionParams {
	p := &stripe.SubscriptionParams{
		Params: order(ctx, want.key(intentChange), "latest_invoice"), Items: itemParams(w.Items),
		PaymentBehavior: stripe.String("pending_if_incomplete"), ProrationBehavior: stripe.String("always_invoice"),
	}
	if w.ProratedAt != 0 {
		p.ProrationDate = stripe.Int64(w.ProratedAt)
	}
	return p
}
