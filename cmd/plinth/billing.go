package main

import (
	"context"
	"fmt"
	"os"

	"plinth/cmd/plinth/app"
)

type billingCommand struct {
	Setup billingSetup `cmd:"" help:"Make the plans' products and prices, and the Portal's settings, in the Stripe account."`
	Sync  billingSync  `cmd:"" help:"Compare every subscription at Stripe with its row, and mend what differs."`
}

type billingSetup struct{}

// Run makes what the catalogue needs in the account that STRIPE_SECRET_KEY names. What is right already stays.
func (billingSetup) Run(ctx context.Context) error {
	return withApp(ctx, func(a *app.App) error {
		if err := a.Billing.Setup(ctx, os.Stdout); err != nil {
			return err
		}
		fmt.Println("The account holds every plan of the catalogue.")
		return nil
	})
}

type billingSync struct{}

// Run does by hand what the nightly sweep does, and prints what it found.
func (billingSync) Run(ctx context.Context) error {
	return withApp(ctx, func(a *app.App) error {
		total, after := 0, ""
		for {
			drift, next, err := a.Billing.SyncPage(ctx, after)
			for _, d := range drift {
				fmt.Printf("%s  organization %s  %s\n", d.Subscription, d.TenantID, d.What)
			}
			if total += len(drift); err != nil {
				return err
			}
			if after = next; next == "" {
				break
			}
		}
		if err := a.Billing.Sweep(ctx); err != nil {
			return err
		}
		if total == 0 {
			fmt.Println("Every row is what Stripe says.")
			return nil
		}
		fmt.Printf("%d rows were not what Stripe says; they are now.\n", total)
		return nil
	})
}
