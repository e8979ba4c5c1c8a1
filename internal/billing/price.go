package billing

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/fault"
)

// pricesLast is how long prices and the Portal's settings are believed before Stripe is asked again.
const pricesLast = 5 * time.Minute

// priceCache holds what lookup keys lead to. It is filled by whoever needs it and empty at the start.
type priceCache struct {
	mu     sync.Mutex
	at     time.Time
	ids    map[string]string // lookup key → price
	portal string            // the Portal's configuration; empty is Stripe's default
}

// priceID finds the price at Stripe. Invalid when the catalogue has no such plan; Unavailable when Stripe does not have
// its price, or has another one: what is charged is what was shown.
func (b *Billing) priceID(ctx context.Context, planKey, interval string) (Plan, Price, string, error) {
	plan, ok := b.Plans.Plan(planKey)
	price, sold := plan.Price(interval)
	if !ok || !sold {
		return plan, price, "", fault.New(fault.Invalid, "Choose a plan from the list.")
	}
	if price.StripePrice != "" {
		return plan, price, price.StripePrice, nil
	}
	ids, _, err := b.catalogueAtStripe(ctx)
	if err != nil {
		return plan, price, "", err
	}
	id := ids[price.LookupKey]
	if id == "" {
		return plan, price, "", fault.Wrap(fault.Unavailable, "This plan cannot be bought at the moment: Stripe does not have it at the price that is shown here.",
			fmt.Errorf("no price of %d %s by %s with lookup key %s: run plinth billing setup", price.Amount, price.Currency, price.Interval, price.LookupKey))
	}
	return plan, price, id, nil
}

// catalogueAtStripe asks without holding the cache: while Stripe is slow, each waits for their own answer only.
func (b *Billing) catalogueAtStripe(ctx context.Context) (ids map[string]string, portal string, err error) {
	if ids, portal, ok := b.prices.fresh(); ok {
		return ids, portal, nil
	}
	ids, err = b.readPrices(ctx)
	if err != nil {
		return nil, "", err
	}
	config, err := b.portalConfig(ctx)
	if err != nil {
		return nil, "", err
	}
	if config != nil {
		portal = config.ID
	}
	if len(ids) == len(b.lookupKeys()) { // what is incomplete is asked for again
		b.prices.keep(ids, portal)
	}
	return ids, portal, nil
}

func (c *priceCache) fresh() (ids map[string]string, portal string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ids, c.portal, time.Since(c.at) < pricesLast
}

func (c *priceCache) keep(ids map[string]string, portal string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids, c.portal, c.at = ids, portal, time.Now()
}

// readPrices leaves out what Stripe has at another price than the catalogue: plinth billing setup has not been run since
// the catalogue was changed.
func (b *Billing) readPrices(ctx context.Context) (map[string]string, error) {
	found, err := b.pricesByKey(ctx)
	if err != nil {
		return nil, err
	}
	ids := map[string]string{}
	for _, p := range b.Plans.Plans() {
		for _, price := range slices.Concat(p.Prices, p.MeterPrices) {
			if there := found[price.LookupKey]; there != nil && stripePrice(there).Is(price) {
				ids[price.LookupKey] = there.ID
			}
		}
	}
	return ids, nil
}

func (b *Billing) lookupKeys() []string {
	var keys []string
	for _, p := range b.Plans.Plans() {
		for _, price := range slices.Concat(p.Prices, p.MeterPrices) {
			keys = append(keys, price.LookupKey)
		}
	}
	return keys
}

// pricesByKey lists the active prices with our lookup keys. Stripe takes ten keys at a time.
func (b *Billing) pricesByKey(ctx context.Context) (map[string]*stripe.Price, error) {
	found := map[string]*stripe.Price{}
	for keys := b.lookupKeys(); len(keys) > 0; {
		some := keys[:min(10, len(keys))]
		keys = keys[len(some):]
		params := &stripe.PriceListParams{LookupKeys: stripe.StringSlice(some), Active: stripe.Bool(true)}
		params.ListParams = stripe.ListParams{Context: ctx, Limit: stripe.Int64(100)}
		list := b.Stripe.Prices.List(params)
		for list.Next() {
			found[list.Price().LookupKey] = list.Price()
		}
		if err := list.Err(); err != nil {
			return nil, away("list prices", err)
		}
	}
	return found, nil
}

// pause waits a moment before the same is asked again.
func pause(ctx context.Context) error {
	t := time.NewTimer(50 * time.Millisecond)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
