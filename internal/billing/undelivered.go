package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
)

const (
	undeliveredFor   = 3 * 24 * time.Hour // as long as Stripe tries to deliver
	undeliveredPages = 5                  // of a hundred events, of each group of types, in a sweep
)

// sweepUndelivered stores and queues the events of the last three days that Stripe could not deliver and that are not
// here, as if they had arrived. It covers an endpoint that is gone or switched off. It asks Stripe, so it must not be
// called in a transaction.
func (b *Billing) sweepUndelivered(ctx context.Context) error {
	for _, kind := range handledTypes() {
		if err := b.sweepKind(ctx, kind); err != nil {
			return err
		}
	}
	return nil
}

func (b *Billing) sweepKind(ctx context.Context, kind string) error {
	params := &stripe.EventListParams{
		Type: &kind, DeliverySuccess: stripe.Bool(false),
		CreatedRange: &stripe.RangeQueryParams{GreaterThanOrEqual: b.Now().Add(-undeliveredFor).Unix()},
	}
	params.Context, params.Limit, params.Single = ctx, stripe.Int64(100), true
	for range undeliveredPages {
		last, err := b.takeUndelivered(ctx, params)
		if err != nil {
			return fmt.Errorf("undelivered events %s: %w", kind, err)
		}
		if last == "" {
			break
		}
		params.StartingAfter = &last
	}
	return nil
}

// takeUndelivered stores what is new of a page of the list. It returns the last id when more follows.
func (b *Billing) takeUndelivered(ctx context.Context, params *stripe.EventListParams) (last string, err error) {
	list := b.Stripe.Events.List(params)
	if err := list.Err(); err != nil {
		return "", fmt.Errorf("list events: %w", err)
	}
	var raw struct {
		Data []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(list.EventList().LastResponse.RawJSON, &raw); err != nil {
		return "", fmt.Errorf("read the list of events: %w", err)
	}
	ids := make([]string, len(raw.Data))
	for i, body := range raw.Data {
		var e event
		if err := json.Unmarshal(body, &e); err != nil {
			continue // store says what is wrong with it
		}
		ids[i] = e.ID
	}
	known, err := billingdb.New().KnownStripeEvents(ctx, b.DB.Direct(), ids)
	if err != nil {
		return "", fmt.Errorf("look which are known: %w", err)
	}
	for i, body := range raw.Data {
		if slices.Contains(known, ids[i]) {
			continue
		}
		if err := b.store(ctx, body); errors.Is(err, ErrEvent) {
			b.Log.WarnContext(ctx, "an event of Stripe's list cannot be read", "event", ids[i], "error", err)
		} else if err != nil {
			return "", err
		}
	}
	if list.Meta().HasMore && len(ids) > 0 {
		return ids[len(ids)-1], nil
	}
	return "", nil
}
