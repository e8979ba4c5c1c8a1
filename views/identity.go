package views

import (
	"context"

	"plinth/internal/auth"
	"plinth/views/ui"
)

type offersKey struct{}

// WithOffers puts the identity providers into the context of a request: the sign-in form is shown wherever a session has
// ended, and no page passes them on.
func WithOffers(ctx context.Context, list []auth.Offer) context.Context {
	return context.WithValue(ctx, offersKey{}, list)
}

func offers(ctx context.Context) []auth.Offer {
	list, _ := ctx.Value(offersKey{}).([]auth.Offer)
	return list
}

// orUnnamed is the address that a provider knows somebody by, if it says one.
func orUnnamed(ctx context.Context, email string) string {
	if email == "" {
		return ui.T(ctx, "an account without an address")
	}
	return email
}
