package billing

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/stripe/stripe-go/v76"
)

// Setup makes the catalogue's products and prices in the account, and the Portal's configuration, and writes to out
// what it did. What is right already is left as it is. A changed amount makes a new price that takes over the lookup
// key: who has bought at the old one keeps it.
func (b *Billing) Setup(ctx context.Context, out io.Writer) error {
	prices, err := b.pricesByKey(ctx)
	if err != nil {
		return err
	}
	for _, plan := range b.Plans.Plans() {
		if len(plan.Prices) == 0 {
			continue
		}
		if err := b.setupProduct(ctx, plan, out); err != nil {
			return err
		}
		for _, price := range slices.Concat(plan.Prices, plan.MeterPrices) {
			made, err := b.setupPrice(ctx, plan, price, prices[price.LookupKey], out)
			if err != nil {
				return err
			}
			prices[price.LookupKey] = made
		}
	}
	return b.setupPortal(ctx, out)
}

func (b *Billing) setupProduct(ctx context.Context, plan Plan, out io.Writer) error {
	id := productID(plan)
	_, err := b.Stripe.Products.Get(id, &stripe.ProductParams{Params: ask(ctx)})
	if err == nil {
		return nil
	}
	if !gone(err) {
		return fmt.Errorf("read product %s: %w", id, err)
	}
	params := &stripe.ProductParams{Params: order(ctx, "product_"+id+"_"+plan.Name), ID: &id, Name: stripe.String("Plinth " + plan.Name)}
	params.AddMetadata(metaPlan, plan.Key)
	if _, err := b.Stripe.Products.New(params); err != nil {
		return fmt.Errorf("make product %s: %w", id, err)
	}
	fmt.Fprintf(out, "product %s made\n", id)
	return nil
}

func (b *Billing) setupPrice(ctx context.Context, plan Plan, p Price, there *stripe.Price, out io.Writer) (*stripe.Price, error) {
	if there != nil && there.UnitAmount == p.Amount && string(there.Currency) == p.Currency &&
		there.Recurring != nil && string(there.Recurring.Interval) == p.Interval {
		return there, nil
	}
	params := &stripe.PriceParams{
		Params:  order(ctx, fmt.Sprintf("price_%s_%d_%s_%s", p.LookupKey, p.Amount, p.Currency, p.Interval)),
		Product: stripe.String(productID(plan)), LookupKey: &p.LookupKey, TransferLookupKey: stripe.Bool(true),
		UnitAmount: &p.Amount, Currency: &p.Currency, Recurring: &stripe.PriceRecurringParams{Interval: &p.Interval},
	}
	if slices.Contains(plan.MeterPrices, p) {
		params.Recurring.UsageType = stripe.String(string(stripe.PriceRecurringUsageTypeMetered))
		params.Recurring.AggregateUsage = stripe.String(string(stripe.PriceRecurringAggregateUsageMax))
		params.AddMetadata(metaMeter, plan.Meter)
	} else {
		params.AddMetadata(metaPlan, plan.Key)
	}
	made, err := b.Stripe.Prices.New(params)
	if err != nil {
		return nil, fmt.Errorf("make price %s: %w", p.LookupKey, err)
	}
	fmt.Fprintf(out, "price %s made: %s\n", p.LookupKey, made.ID)
	return made, nil
}

func (b *Billing) setupPortal(ctx context.Context, out io.Writer) error {
	config, err := b.portalConfig(ctx)
	if err != nil {
		return err
	}
	params := &stripe.BillingPortalConfigurationParams{
		Params: ask(ctx), Features: portalFeatures(), DefaultReturnURL: stripe.String(b.URL + "/orgs"),
		BusinessProfile: &stripe.BillingPortalConfigurationBusinessProfileParams{
			PrivacyPolicyURL: stripe.String(b.URL + "/privacy"), TermsOfServiceURL: stripe.String(b.URL + "/terms"),
		},
	}
	if config != nil {
		if _, err := b.Stripe.BillingPortalConfigurations.Update(config.ID, params); err != nil {
			return fmt.Errorf("change the portal's configuration: %w", err)
		}
		return nil
	}
	params.AddMetadata(metaPortal, "yes")
	made, err := b.Stripe.BillingPortalConfigurations.New(params)
	if err != nil {
		return fmt.Errorf("make the portal's configuration: %w", err)
	}
	fmt.Fprintf(out, "portal configuration %s made\n", made.ID)
	return nil
}
