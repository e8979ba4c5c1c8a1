package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"plinth/cmd/plinth/app"
	"plinth/cmd/plinth/demo"
	"plinth/internal/config"
	"plinth/internal/db"
)

type seedCommand struct{}

// Run fills the empty database that DATABASE_URL names with the demo.
func (seedCommand) Run(ctx context.Context) error {
	// Before anything else of the configuration is found wanting, or somebody mends it.
	if err := notProduction(orDefault(os.Getenv("APP_ENV"), config.Production)); err != nil {
		return err
	}
	c, log, err := load()
	if err != nil {
		return fmt.Errorf("%w\n\nin development:  set -a; . .plinth/env; set +a", err)
	}
	if err := seedable(c); err != nil {
		return err
	}
	d, err := open(ctx, c, c.AppURL, c.AdminURL, db.RoleApp)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Migrated(ctx); err != nil {
		return fmt.Errorf("%w\n\nplinth migrate brings the database to this version", err)
	}
	a, err := app.New(c, d, log)
	if err != nil {
		return err
	}
	return seed(ctx, a, os.Stdout)
}

// notProduction refuses the place where the demo would let everybody in.
func notProduction(env string) error {
	if env != config.Production {
		return nil
	}
	return errors.New("APP_ENV is production, as it is where nothing is said, and the demo's accounts have a password that everybody can read: " +
		"say APP_ENV=staging or APP_ENV=development where it is meant")
}

// seedable says what is missing for the demo, before anything is connected to.
func seedable(c *config.Config) error {
	var missing []string
	if c.AdminURL == "" {
		missing = append(missing, "DATABASE_ADMIN_URL is missing: postgres://plinth_admin:…@host/plinth, to make a demo account staff")
	}
	if c.MigrateURL == "" {
		missing = append(missing, "DATABASE_MIGRATE_URL is missing: postgres://plinth_owner:…@host/plinth, to date the demo's history")
	}
	if len(missing) > 0 {
		return errors.New(strings.Join(missing, "\n"))
	}
	return nil
}

// seed makes the demo and prints the sign-ins.
func seed(ctx context.Context, a *app.App, out io.Writer) error {
	made, err := newDemo(a).Fill(ctx)
	switch {
	case errors.Is(err, demo.ErrOthers):
		return fmt.Errorf("%w: nothing was changed", err)
	case err != nil:
		return fmt.Errorf("%w\n\nrun plinth seed again: it goes on with what is missing", err)
	case !made:
		fmt.Fprintln(out, "The demo is complete already. Nothing was changed.")
	default:
		fmt.Fprintln(out, "The database holds the demo.")
	}
	if made && !a.Config.LocalStripe() {
		fmt.Fprintln(out, "There is no local Stripe (STRIPE_API_URL), so the demo has its plan from staff and no subscription; Stripe itself was not asked.")
	}
	fmt.Fprintln(out)
	demo.PrintLogins(out)
	return nil
}

func newDemo(a *app.App) demo.Seed {
	return demo.Seed{
		DB: a.DB, Auth: a.Auth, Tenants: a.Tenants, Pictures: a.Pictures, Projects: a.Projects, Billing: a.Billing, Webhooks: a.Webhooks,
		OwnerURL: string(a.Config.MigrateURL), LocalStripe: a.Config.LocalStripe(),
	}
}
