package views

import (
	"context"

	"plinth/internal/admin"
	"plinth/internal/auth"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// deviceName says which browser a user agent is.
func deviceName(agent string) string { return auth.DeviceName(agent) }

func staffRoleOptions(ctx context.Context) []ui.Option {
	all := []ui.Option{{Value: "", Text: ui.T(ctx, "Not staff")}}
	for _, role := range scope.StaffRoles() {
		all = append(all, ui.Option{Value: string(role), Text: staffRoleName(ctx, string(role))})
	}
	return all
}

func staffRoleName(ctx context.Context, role string) string {
	switch scope.StaffRole(role) {
	case scope.StaffSupport:
		return ui.T(ctx, "Support (reads)")
	case scope.StaffBilling:
		return ui.T(ctx, "Billing")
	case scope.StaffFull:
		return ui.T(ctx, "Full")
	}
	return ui.T(ctx, "Not staff")
}

func staffOptions(ctx context.Context, people []admin.StaffPerson) []ui.Option {
	all := []ui.Option{{Value: "", Text: ui.T(ctx, "Anybody")}}
	for _, p := range people {
		all = append(all, ui.Option{Value: p.ID.String(), Text: p.Name})
	}
	return all
}

// stateFacet narrows a list to a state, or takes that back where it is so.
func stateFacet(ctx context.Context, l Listing, state string) ui.FacetLink {
	f := ui.FacetLink{Text: recordState(ctx, state), On: l.Get("state") == state, URL: l.with("state", state)}
	if f.On {
		f.URL = l.with("state", "")
	}
	return f
}

// recordState names what a list of accounts or organizations is narrowed down to.
func recordState(ctx context.Context, state string) string {
	switch state {
	case "staff":
		return ui.T(ctx, "Staff")
	case "suspended":
		return ui.T(ctx, "Suspended")
	case "closing":
		return ui.T(ctx, "Being deleted")
	case "deleted":
		return ui.T(ctx, "Deleted")
	case "paying":
		return ui.T(ctx, "Paying")
	case "trial":
		return ui.T(ctx, "On trial")
	case "past_due":
		return ui.T(ctx, "Past due")
	case "given":
		return ui.T(ctx, "Given a plan")
	}
	return state
}
