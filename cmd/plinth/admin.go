package main

import (
	"context"
	"fmt"
	"os"

	"plinth/cmd/plinth/app"
	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/users"
)

type adminCommand struct {
	Grant  adminGrant  `cmd:"" help:"Let an account into the back-office, or give it another role there."`
	Revoke adminRevoke `cmd:"" help:"Let an account out of the back-office."`

	SigninLink adminSigninLink `cmd:"" help:"Print a link that signs an account in, for when mail is broken."`
	Signout    adminSignout    `cmd:"" help:"End all sessions of an account."`
}

type adminGrant struct {
	Email string          `arg:"" help:"The account's address."`
	Role  scope.StaffRole `enum:"support,billing,full" default:"full" help:"What it may do: support (read), billing or full."`
}

// Run makes the account staff.
func (a adminGrant) Run(ctx context.Context) error { return setStaff(ctx, a.Email, a.Role) }

type adminRevoke struct {
	Email string `arg:"" help:"The account's address."`
}

// Run makes the account staff no longer.
func (a adminRevoke) Run(ctx context.Context) error { return setStaff(ctx, a.Email, "") }

func setStaff(ctx context.Context, email string, role scope.StaffRole) error {
	c, err := config.Load(os.Environ())
	if err != nil {
		return fmt.Errorf("%w\n\nin development:  set -a; . .plinth/env; set +a", err)
	}
	if c.AdminURL == "" {
		return fmt.Errorf("DATABASE_ADMIN_URL is missing: postgres://plinth_admin:…@host/plinth")
	}
	d, err := open(ctx, c, c.AppURL, c.AdminURL, db.RoleApp)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := users.SetStaff(ctx, d, email, role); err != nil {
		if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
			return fmt.Errorf("no account has the address %s: let the person sign up first", email)
		}
		return err
	}
	if role == "" {
		fmt.Printf("%s is staff no longer\n", email)
		return nil
	}
	fmt.Printf("%s is staff, with the role %s\n", email, role)
	return nil
}

type adminSigninLink struct {
	Email string `arg:"" help:"The account's address."`
}

// Run prints a link that works once, for 10 minutes. A second factor is still asked for, and the account's history says
// that an operator made the link.
func (a adminSigninLink) Run(ctx context.Context) error {
	return withApp(ctx, func(plinth *app.App) error {
		link, err := plinth.Auth.SignInLink(ctx, a.Email)
		if fault.Is(err, fault.NotFound) {
			return fmt.Errorf("no account has the address %s", a.Email)
		}
		if err != nil {
			return err
		}
		fmt.Printf("It works once, for 10 minutes:\n%s\n", link)
		return nil
	})
}

type adminSignout struct {
	Email string `arg:"" help:"The account's address."`
}

// Run ends all sessions of the account. Its history says that an operator did it.
func (a adminSignout) Run(ctx context.Context) error {
	return withApp(ctx, func(plinth *app.App) error {
		err := plinth.Auth.SignOutByOperator(ctx, a.Email)
		if fault.Is(err, fault.NotFound) {
			return fmt.Errorf("no account has the address %s", a.Email)
		}
		if err == nil {
			fmt.Printf("%s is signed out everywhere.\n", a.Email)
		}
		return err
	})
}
