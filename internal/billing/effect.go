package billing

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/jobs"
)

// effect is what follows from an event once, whatever the number of events that say the same.
type effect struct {
	Kind         string // audit action is billing.<Kind>
	Subscription string
	Object       string // the invoice, charge or dispute
	Attempt      int64
	Row          uuid.UUID // of the subscription, when known
	Mail         bool      // the owners get a mail of this kind
	Task         string    // what staff has to know; empty for nothing
	Money        moved     // of a task about money
}

// key is the effect's meaning.
func (e effect) key() string {
	return strings.Join([]string{e.Kind, e.Subscription, e.Object, strconv.FormatInt(e.Attempt, 10)}, ":")
}

// effectTx has the effect unless it was had before.
func (b *Billing) effectTx(ctx context.Context, tx db.Tx, s scope.Scope, e effect) error {
	added, err := billingdb.New().AddEffect(ctx, tx, billingdb.AddEffectParams{TenantID: s.TenantID, ID: e.key()})
	if err != nil {
		return fmt.Errorf("note effect: %w", err)
	}
	if added == 0 {
		return nil
	}
	err = events.AppendTx(ctx, tx, s, events.Event{
		Action: "billing." + e.Kind, ObjectKind: "subscription", ObjectID: e.Row, ObjectName: e.Object,
	})
	if err != nil {
		return err
	}
	if e.Task != "" {
		if err := openTaskTx(ctx, tx, task{Kind: e.Kind, Object: e.Object, Tenant: s.TenantID, Detail: e.Task, Money: e.Money}); err != nil {
			return err
		}
	}
	if !e.Mail {
		return nil
	}
	return b.Queue.EnqueueTx(ctx, tx, jobs.SendBillingMail{
		ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Mail: e.Kind, Key: e.key(), Subscription: e.Subscription, Invoice: e.Object,
	})
}

// effectsTx has the effects of an event, when the rows are right already. back is what the API says of money that went
// back, or nil.
func (b *Billing) effectsTx(ctx context.Context, tx db.Tx, s scope.Scope, e *event, back *takenBack) error {
	o := e.Data.Object
	// Somebody whose first payment fails sits before the page that says so.
	first := o.BillingReason == "subscription_create"
	of := func(kind string) effect {
		return effect{Kind: kind, Subscription: e.subscription(), Object: e.invoice(), Attempt: o.AttemptCount, Mail: !first}
	}
	switch {
	case e.Type == "invoice.paid" && o.AmountPaid > 0:
		return b.effectTx(ctx, tx, s, effect{Kind: MailReceipt, Subscription: e.subscription(), Object: e.invoice(), Mail: true})
	case e.Type == "invoice.payment_failed":
		return b.effectTx(ctx, tx, s, of("payment_failed"))
	case e.Type == "invoice.payment_action_required":
		return b.effectTx(ctx, tx, s, of("payment_action_required"))
	case e.Type == "invoice.finalization_failed":
		failed := of("finalization_failed")
		failed.Task = "an invoice could not be made final; Stripe says why"
		return b.effectTx(ctx, tx, s, failed)
	case e.Type == "customer.subscription.trial_will_end":
		return b.trialWillEndTx(ctx, tx, s, e)
	case back != nil:
		return b.takenBackTx(ctx, tx, s, back)
	case e.Type == "checkout.session.expired", e.Type == "checkout.session.completed":
		return closeIntentOfTx(ctx, tx, s, intentCheckout, o.ID, b.Now())
	}
	return nil
}

// trialWillEndTx tells of a trial's end, unless it is over already.
func (b *Billing) trialWillEndTx(ctx context.Context, tx db.Tx, s scope.Scope, e *event) error {
	row, err := billingdb.New().SubscriptionState(ctx, tx, billingdb.SubscriptionStateParams{TenantID: s.TenantID, StripeSubscriptionID: e.Data.Object.ID})
	if err != nil {
		return fmt.Errorf("read the row: %w", err)
	}
	if row.Status != "trialing" || row.TrialEnd == nil || !row.TrialEnd.After(b.Now()) {
		return nil
	}
	return b.effectTx(ctx, tx, s, reminder(e.Data.Object.ID, *row.TrialEnd, row.ID))
}

// finishTx dates what became of an event by the database's clock, as its arrival is: how long it waited is real time, also
// where periods run by another clock.
func finishTx(ctx context.Context, tx db.Tx, id, state, note string) error {
	_, err := billingdb.New().FinishStripeEvent(ctx, tx, billingdb.FinishStripeEventParams{ID: id, State: state, Note: note})
	if err != nil {
		return fmt.Errorf("finish event: %w", err)
	}
	return nil
}
