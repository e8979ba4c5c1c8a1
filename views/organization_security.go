package views

import (
	"context"
	"slices"
	"strings"

	"plinth/internal/auth"
	"plinth/internal/tenants"
	"plinth/views/ui"
)

// Wall is what stands between a person and an organization that asks for more.
type Wall struct {
	Organization string
	Policy       tenants.Policy
	Unmet        []tenants.Demand
	Factors      auth.Factors
	Email        string
	Next         string // the page that was asked for, or the one with the form
	Kept         bool   // a form was sent, and its text is kept
}

func (w Wall) allows(method string) bool { return slices.Contains(w.Policy.Methods, method) }

func (w Wall) methods(ctx context.Context) string {
	names := make([]string, 0, len(w.Policy.Methods))
	for _, m := range w.Policy.Methods {
		names = append(names, methodName(ctx, m))
	}
	return strings.Join(names, ", ")
}

// methodName names a way to sign in.
func methodName(ctx context.Context, method string) string {
	switch method {
	case auth.ByPassword:
		return ui.T(ctx, "Password")
	case auth.ByLink:
		return ui.T(ctx, "Link by mail")
	case auth.ByPasskey:
		return ui.T(ctx, "Passkey")
	}
	name, _ := strings.CutPrefix(method, auth.ByOIDC)
	for _, o := range offers(ctx) {
		if o.Name == name {
			return o.Label
		}
	}
	return name
}

// ticked says whether a box is: as it was sent, else as it is stored.
func ticked(f ui.Form, name, value string, stored bool) bool {
	if f.Values == nil {
		return stored
	}
	return f.Has(name, value)
}

// hourOptions are the spans after which people confirm who they are; the one in force is among them.
func hourOptions(ctx context.Context, current int) []ui.Option {
	spans := []int{1, 4, 8, 12, 24, 72, 168}
	if current > 0 && !slices.Contains(spans, current) {
		spans = append(spans, current)
		slices.Sort(spans)
	}
	options := []ui.Option{{Value: "0", Text: ui.T(ctx, "Only when signing in")}}
	for _, n := range spans {
		text := ui.TN(ctx, n, "Every hour", "Every %d hours")
		if n > 24 {
			text = ui.T(ctx, "Every %d days", n/24)
		}
		options = append(options, ui.Option{Value: count(n), Text: text})
	}
	return options
}
