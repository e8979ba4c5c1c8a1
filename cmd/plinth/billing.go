package main

import (
	"context"
	"fmt"
	"os"

	"github.com/google/uuid"

	"plinth/cmd/plinth/app"
	"plinth/internal/billing"
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

// Run does by hand what the nightly sweep does, and prints its report.
func (billingSync) Run(ctx context.Context) error {
	return withApp(ctx, func(a *app.App) error {
		run, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make an id: %w", err)
		}
		if err := a.Billing.BeginSync(ctx, run); err != nil {
			return err
		}
		for after, more := "", true; more; more = after != "" {
			drift, next, err := a.Billing.SyncPage(ctx, run, after)
			for _, d := range drift {
				fmt.Printf("%s  organization %s  %s\n", d.Subscription, d.TenantID, d.What)
			}
			if after = next; err != nil {
				return err
			}
		}
		if err := a.Billing.Sweep(ctx); err != nil {
			return err
		}
		runs, err := a.Billing.Runs(ctx, 10) // the nightly one may have begun meanwhile
		if err != nil {
			return err
		}
		for _, r := range runs {
			if r.ID == run {
				report(r)
			}
		}
		return nil
	})
}

func report(r billing.Run) {
	fmt.Printf("Subscriptions compared: %d.\n", r.LookedAt)
	if r.Differed == 0 {
		fmt.Println("Every row is what Stripe says.")
		return
	}
	fmt.Printf("Rows that were not what Stripe says, and are now: %d.\n", r.Differed)
}
