package views

import (
	"context"

	"plinth/internal/auth"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// AccountPage is what a person's profile shows. Each form carries what went wrong with it.
type AccountPage struct {
	Person   scope.Person
	Factors  auth.Factors      // whether there is a password to change
	Pending  *auth.EmailChange // the change of address under way, or nil
	Picture  ui.Form
	Profile  ui.Form
	Email    ui.Form
	Password ui.Form
}

// pendingText says which confirmation is still missing.
func pendingText(ctx context.Context, c *auth.EmailChange) string {
	switch {
	case c.OldConfirmed:
		return ui.T(ctx, "and waits for the mail at the new address.")
	case c.NewConfirmed:
		return ui.T(ctx, "and waits for the mail at the old address.")
	}
	return ui.T(ctx, "and waits for both mails.")
}
