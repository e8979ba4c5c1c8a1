package views

import (
	"context"

	"plinth/internal/admin"
	"plinth/views/ui"
)

// actAbout is the page of what an act of staff is about, or "".
func actAbout(e admin.Act) string {
	switch {
	case e.TenantID != nil:
		return adminPath("organizations", e.TenantID.String())
	case e.UserID != nil:
		return adminPath("users", e.UserID.String())
	}
	return ""
}

// actDetail is what an act changed, and why. What it is about has a column of its own where it has a page.
func actDetail(ctx context.Context, e admin.Act) string {
	changes := e.Changes()
	switch {
	case actAbout(e) == "":
	case changes["organization"][1]+changes["user"][1] != "":
		delete(changes, "organization")
		delete(changes, "user")
	default:
		delete(changes, "object")
	}
	if e.Why != "" {
		return ui.T(ctx, "why %s", e.Why)
	}
	return changesLine(ctx, changes)
}
