package views

import (
	"cmp"
	"context"
	"slices"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/fault"
	"plinth/views/ui"
)

// emailAttrs let a phone offer the keys of addresses.
func emailAttrs() templ.Attributes {
	return templ.Attributes{"inputmode": "email", "autocapitalize": "off", "spellcheck": "false", "autocomplete": "off"}
}

func inviteHeadline(ctx context.Context, invited []auth.InviteResult) string {
	refused := 0
	for _, i := range invited {
		if i.Err != nil {
			refused++
		}
	}
	if sent := len(invited) - refused; sent > 0 {
		return ui.TN(ctx, sent, "%d is sent, %d not", "%d are sent, %d not", refused)
	}
	return ui.T(ctx, "Nothing was sent")
}

// inviteText says what became of an address.
func inviteText(ctx context.Context, i auth.InviteResult) string {
	f := fault.As(i.Err)
	switch {
	case i.Err == nil && i.Anew:
		return ui.T(ctx, "was invited already, and has a new link now.")
	case i.Err == nil:
		return ui.T(ctx, "is invited.")
	case f == nil:
		return ui.T(ctx, "could not be invited now. Try again.")
	}
	return cmp.Or(f.Fields["email"], f.Public, ui.T(ctx, "could not be invited now. Try again."))
}

// needsPlan says whether an address was refused because of the plan.
func needsPlan(invited []auth.InviteResult) bool {
	return slices.ContainsFunc(invited, func(i auth.InviteResult) bool { return fault.Is(i.Err, fault.PaymentRequired) })
}
