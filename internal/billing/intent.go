package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
)

// The kinds of intent. An organization has one open intent of a kind at most.
const (
	intentCustomer = "customer"
	intentCheckout = "checkout"
	intentSeats    = "seats"
	intentTrial    = "trial"
	intentChange   = "change"    // a change of plan at once
	intentPlan     = "plan"      // a change of plan at the end of the period
	intentCancel   = "cancel"    // the end of a subscription
	intentResume   = "resume"    // taking that end back
	intentStart    = "start"     // paying before a trial is over
	intentEmail    = "email"     // the address of the customer
	intentPromo    = "promotion" // a promotion code
)

// intentLife is how long an intent is asked for again with the same key. Stripe forgets keys after 24 hours, and a
// Checkout session ends then.
const intentLife = 23 * time.Hour

// intent is something we are about to ask of Stripe, written down first. Its id is the idempotency key, so whoever
// tries the same again, after a crash or at the same moment, asks the same thing and gets the same answer.
type intent struct {
	ID       uuid.UUID
	StripeID string
	URL      string
}

func (i intent) key(kind string) string { return kind + "_" + i.ID.String() }

// intendTx finds the open intent of the kind if it wants the same, else closes it and writes a new one. The closed one
// is returned too, when it had reached Stripe. The organization must be locked.
func (b *Billing) intendTx(ctx context.Context, tx db.Tx, s scope.Scope, kind string, params any) (now intent, replaced string, err error) {
	q := billingdb.New()
	wanted, err := json.Marshal(params)
	if err != nil {
		return now, "", fmt.Errorf("write down an intent: %w", err)
	}
	open, err := q.OpenIntent(ctx, tx, billingdb.OpenIntentParams{TenantID: s.TenantID, Kind: kind})
	switch {
	case db.None(err):
	case err != nil:
		return now, "", fmt.Errorf("read the open intent: %w", err)
	case open.Params == string(wanted) && b.Now().Sub(open.CreatedAt) < intentLife:
		return intent{ID: open.ID, StripeID: open.StripeID, URL: open.Url}, "", nil
	default:
		if err := b.closeIntentTx(ctx, tx, s, open.ID); err != nil {
			return now, "", err
		}
		replaced = open.StripeID
	}
	now.ID = newID()
	_, err = q.AddIntent(ctx, tx, billingdb.AddIntentParams{
		TenantID: s.TenantID, ID: now.ID, Kind: kind, Params: string(wanted), CreatedAt: b.Now(),
	})
	if err != nil {
		return now, "", fmt.Errorf("write down an intent: %w", err)
	}
	return now, replaced, nil
}

// resumeTx finds the open intent of the kind and reads what it says into params. An intent that must not be asked for
// twice is gone on with as it was written, whatever has changed since.
func (b *Billing) resumeTx(ctx context.Context, tx db.Tx, s scope.Scope, kind string, params any) (intent, bool, error) {
	open, err := billingdb.New().OpenIntent(ctx, tx, billingdb.OpenIntentParams{TenantID: s.TenantID, Kind: kind})
	if db.None(err) {
		return intent{}, false, nil
	}
	if err != nil {
		return intent{}, false, fmt.Errorf("read the open intent: %w", err)
	}
	if b.Now().Sub(open.CreatedAt) >= intentLife {
		return intent{}, false, nil
	}
	if err := json.Unmarshal([]byte(open.Params), params); err != nil {
		return intent{}, false, fmt.Errorf("read what an intent says: %w", err)
	}
	return intent{ID: open.ID, StripeID: open.StripeID, URL: open.Url}, true, nil
}

// dropIntentTx closes the open intent of the kind, and returns what it had become at Stripe, if anything.
func (b *Billing) dropIntentTx(ctx context.Context, tx db.Tx, s scope.Scope, kind string) (stripeID string, err error) {
	open, err := billingdb.New().OpenIntent(ctx, tx, billingdb.OpenIntentParams{TenantID: s.TenantID, Kind: kind})
	if db.None(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the open intent: %w", err)
	}
	return open.StripeID, b.closeIntentTx(ctx, tx, s, open.ID)
}

// dropIntentsTx closes the open intents of kinds that another one undoes: what Stripe once answered to them is no longer so,
// and their keys would bring that answer back without doing anything.
func (b *Billing) dropIntentsTx(ctx context.Context, tx db.Tx, s scope.Scope, kinds ...string) error {
	for _, kind := range kinds {
		if _, err := b.dropIntentTx(ctx, tx, s, kind); err != nil {
			return err
		}
	}
	return nil
}

// giveUp closes an intent whose order has failed for good, so that the next try is another order, and returns why.
func (b *Billing) giveUp(ctx context.Context, s scope.Scope, want intent, cause error) error {
	if !final(cause) {
		return cause
	}
	err := b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error { return b.closeIntentTx(ctx, tx, s, want.ID) })
	if err != nil {
		return err
	}
	return cause
}

// final says whether asking for the same again would only bring the same answer: Stripe has understood the order and
// refused it, or keeps an error that it gave before for the key.
func final(err error) bool {
	var problem *stripe.Error
	if !errors.As(err, &problem) {
		return false
	}
	status := problem.HTTPStatusCode
	return replayed(err) || status >= 400 && status < 500 && status != http.StatusConflict && status != http.StatusTooManyRequests
}

// replayed says whether an error is the answer to an earlier request with the same key.
func replayed(err error) bool {
	var problem *stripe.Error
	return errors.As(err, &problem) && problem.LastResponse != nil && problem.LastResponse.Header.Get("Idempotent-Replayed") == "true"
}

func (b *Billing) closeIntentTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID) error {
	_, err := b.settleIntentTx(ctx, tx, s, id)
	return err
}

// settleIntentTx closes an intent that was carried out, and says whether nobody else has: of two who asked for the same
// at once, one writes down that it happened.
func (b *Billing) settleIntentTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID) (first bool, err error) {
	n, err := billingdb.New().CloseIntent(ctx, tx, billingdb.CloseIntentParams{TenantID: s.TenantID, ID: id, ClosedAt: b.Now()})
	if err != nil {
		return false, fmt.Errorf("close an intent: %w", err)
	}
	return n == 1, nil
}

func closeIntentOfTx(ctx context.Context, tx db.Tx, s scope.Scope, kind, stripeID string, now time.Time) error {
	err := billingdb.New().CloseIntentOf(ctx, tx, billingdb.CloseIntentOfParams{TenantID: s.TenantID, Kind: kind, StripeID: stripeID, ClosedAt: now})
	if err != nil {
		return fmt.Errorf("close an intent: %w", err)
	}
	return nil
}
