package billing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/jobs"
)

// The states of a stored event.
const (
	stateQueued  = "queued"  // a job is to apply it
	stateApplied = "applied" // what follows from it has been done
	stateParked  = "parked"  // its customer is no organization's yet
	stateIgnored = "ignored" // nothing follows from it
)

// ErrEvent says that a signed delivery holds no event.
var ErrEvent = errors.New("this is no event")

// ReceiveEvent verifies a delivery, stores it once and queues its work, in one transaction; when it returns nil the
// event is safe. ErrSignature and ErrEvent are the sender's fault, anything else ours: the sender should come again.
// Stripe is not asked. The body must be as it came.
func (b *Billing) ReceiveEvent(ctx context.Context, body []byte, signature string) error {
	if err := verify(body, signature, b.Secrets, time.Now()); err != nil {
		return err
	}
	return b.store(ctx, body)
}

// store keeps an event of Stripe's and queues its work, once.
func (b *Billing) store(ctx context.Context, body []byte) error {
	body, err := storable(body)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEvent, err)
	}
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return fmt.Errorf("%w: %w", ErrEvent, err)
	}
	if e.ID == "" || e.Type == "" {
		return fmt.Errorf("%w: it has no id or no type", ErrEvent)
	}
	state, note := b.sort(&e)
	payload := body
	if state == stateIgnored { // nothing follows from it, so nothing that it says of people is kept
		payload = []byte(`{}`)
	}
	row := []any{e.ID, e.Type, e.created(), e.Livemode, e.APIVersion, e.Account, e.Data.Object.ID, e.customer(), payload, state, note}
	_, err = b.DB.InGlobalWith(ctx, billingdb.InsertStripeEvent, row, func(ctx context.Context, tx db.Tx) error {
		if state != stateQueued {
			return nil
		}
		return b.queueTx(ctx, tx, &e)
	})
	if err != nil {
		return fmt.Errorf("store event: %w", err)
	}
	return nil
}

func (b *Billing) queueTx(ctx context.Context, tx db.Tx, e *event) error {
	if e.APIVersion != stripe.APIVersion {
		if err := openTaskTx(ctx, tx, task{Kind: "api_version", Object: e.APIVersion, Detail: "events arrive in another version of the API than " + stripe.APIVersion}); err != nil {
			return err
		}
	}
	return b.Queue.EnqueueTx(ctx, tx, jobs.ApplyStripeEvent{EventID: e.ID})
}

// storable writes a body again in a way that Postgres stores: without NUL, halves of surrogate pairs and broken UTF-8,
// all of which a sender can sign.
func storable(body []byte) ([]byte, error) {
	if utf8.Valid(body) && !bytes.Contains(body, []byte(`\u`)) {
		return body, nil // as nearly all of them; whether it is one document is seen when it is read
	}
	read := json.NewDecoder(bytes.NewReader(body))
	read.UseNumber()
	var doc any
	if err := read.Decode(&doc); err != nil {
		return nil, err
	}
	if read.More() {
		return nil, errors.New("more than one document")
	}
	out, err := json.Marshal(doc)
	return bytes.ReplaceAll(out, []byte(`\u0000`), []byte(`\ufffd`)), err
}

// sort says what becomes of an event, and why when it is not worked.
func (b *Billing) sort(e *event) (state, note string) {
	switch {
	case e.Livemode != b.Livemode:
		return stateIgnored, "of the other mode than our key"
	case e.Account != "":
		return stateIgnored, "of another account"
	case !e.handled():
		return stateIgnored, "nothing follows from events of this type"
	case e.APIVersion != stripe.APIVersion:
		return stateQueued, "in version " + e.APIVersion + " of the API"
	}
	return stateQueued, ""
}
