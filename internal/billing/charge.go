package billing

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
)

// takenBack is what the API says of a payment that went back: by a refund, or by a dispute when dispute is not nil.
type takenBack struct {
	charge  *stripe.Charge
	dispute *stripe.Dispute
}

// takenBack asks the API about the charge or the dispute of an event, so that what follows is of now, however late the
// event is. Nil for other events, and for what Stripe no longer knows. It must not be called in a transaction.
func (b *Billing) takenBack(ctx context.Context, e *event) (*takenBack, error) {
	id := e.Data.Object.ID
	switch {
	case e.Type == "charge.refunded":
		charge, err := b.Stripe.Charges.Get(id, &stripe.ChargeParams{Params: ask(ctx, "invoice", "refunds")})
		if gone(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the charge: %w", err)
		}
		return &takenBack{charge: charge}, nil
	case strings.HasPrefix(e.Type, "charge.dispute."):
		dispute, err := b.Stripe.Disputes.Get(id, &stripe.DisputeParams{Params: ask(ctx, "charge.invoice")})
		if gone(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the dispute: %w", err)
		}
		return &takenBack{charge: dispute.Charge, dispute: dispute}, nil
	}
	return nil, nil
}

// subscription is the one that the charge paid for; empty when it paid for none.
func (t *takenBack) subscription() string {
	if t.charge == nil || t.charge.Invoice == nil || t.charge.Invoice.Subscription == nil {
		return ""
	}
	return t.charge.Invoice.Subscription.ID
}

// takenBackTx notes a refund or a dispute. Answers of the API may be written in another order than they were given, so
// the organization is locked, and one that is older than what is known is left alone: what was given back only grows,
// and a dispute that is won or lost stays so.
func (b *Billing) takenBackTx(ctx context.Context, tx db.Tx, s scope.Scope, t *takenBack) error {
	q := billingdb.New()
	if err := q.LockTenant(ctx, tx, s.TenantID); err != nil {
		return fmt.Errorf("lock organization: %w", err)
	}
	row := uuid.Nil
	if sub := t.subscription(); sub != "" {
		found, err := q.SubscriptionState(ctx, tx, billingdb.SubscriptionStateParams{TenantID: s.TenantID, StripeSubscriptionID: sub})
		if err != nil && !db.None(err) {
			return fmt.Errorf("read the row: %w", err)
		}
		row = found.ID
	}
	if t.dispute != nil {
		return b.disputeTx(ctx, tx, s, t.dispute, row)
	}
	e := refundOf(t.charge)
	e.Row = row
	known, err := q.RefundKnown(ctx, tx, billingdb.RefundKnownParams{TenantID: s.TenantID, Charge: e.Object, Amount: e.Attempt})
	if err != nil {
		return fmt.Errorf("look for what is known of the refund: %w", err)
	}
	if known {
		return nil
	}
	return b.effectTx(ctx, tx, s, e)
}

// disputeTx notes a dispute at the subscription whose payment it is about, and has its task.
func (b *Billing) disputeTx(ctx context.Context, tx db.Tx, s scope.Scope, d *stripe.Dispute, row uuid.UUID) error {
	in := func(status stripe.DisputeStatus) effect {
		return effect{
			Kind: "dispute", Object: d.ID, Subscription: string(status), Row: row, Task: "a payment is disputed; answer in Stripe's dashboard",
			Money: moved{Amount: d.Amount, Currency: string(d.Currency), Reason: string(d.Reason), State: string(status)},
		}
	}
	q := billingdb.New()
	over, err := q.EffectKnown(ctx, tx, billingdb.EffectKnownParams{
		TenantID: s.TenantID, Ids: []string{in(stripe.DisputeStatusWon).key(), in(stripe.DisputeStatusLost).key()},
	})
	if err != nil {
		return fmt.Errorf("look for the end of the dispute: %w", err)
	}
	if over {
		return nil
	}
	if row != uuid.Nil {
		state := string(d.Status)
		if err := q.SetDispute(ctx, tx, billingdb.SetDisputeParams{TenantID: s.TenantID, ID: row, DisputeState: &state}); err != nil {
			return fmt.Errorf("note the dispute: %w", err)
		}
	}
	return b.effectTx(ctx, tx, s, in(d.Status))
}

// refundOf is the task of money that went back: all of it, or a part of the charge.
func refundOf(charge *stripe.Charge) effect {
	m := moved{Amount: charge.AmountRefunded, Currency: string(charge.Currency), State: "all of it"}
	if charge.AmountRefunded < charge.Amount {
		m.State = "a part"
	}
	if charge.Refunds != nil && len(charge.Refunds.Data) > 0 {
		m.Reason = string(charge.Refunds.Data[0].Reason)
	}
	return effect{Kind: "refund", Object: charge.ID, Attempt: charge.AmountRefunded, Task: "money went back; decide what becomes of the subscription", Money: m}
}
