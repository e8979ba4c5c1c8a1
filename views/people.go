package views

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views/ui"
)

func count(n int) string { return strconv.Itoa(n) }

func seatsLine(ctx context.Context, s scope.Scope, page tenants.PeoplePage) string {
	line := ui.T(ctx, "%d members", page.Seats)
	if s.Limits.Members >= 0 {
		line = ui.T(ctx, "%d of %d members", page.Seats, s.Limits.Members)
	}
	if n := len(page.Pending); n > 0 {
		line += ", " + ui.TN(ctx, n, "one invitation waiting", "%d invitations waiting")
	}
	return line
}

// seatsNote tells who invites that there is little or no room left; empty while there is enough.
func seatsNote(ctx context.Context, s scope.Scope, seats int) string {
	if !s.May(scope.ManagePeople) {
		return ""
	}
	switch (billing.Use{Used: int64(seats), Limit: int64(s.Limits.Members)}).Level() {
	case billing.Near:
		return ui.T(ctx, "%d of the plan's %d members are in use. Guests take no seat.", seats, s.Limits.Members)
	case billing.Full:
		return ui.T(ctx, "All %d members of the plan are in use. Guests can still be invited.", s.Limits.Members)
	case billing.Above:
		return ui.T(ctx, "There are %d members and the plan includes %d. Nobody is removed; guests can still be invited.", seats, s.Limits.Members)
	case billing.Ample:
	}
	return ""
}

// canChange says whether the person may change or remove the member: those at most as strong, and oneself.
func canChange(s scope.Scope, m tenants.Member) bool {
	return s.May(scope.ManagePeople) && scope.Role(m.Role).Within(s.Role)
}

func roleName(ctx context.Context, role string) string {
	switch scope.Role(role) {
	case scope.Owner:
		return ui.T(ctx, "Owner")
	case scope.Admin:
		return ui.T(ctx, "Admin")
	case scope.Member:
		return ui.T(ctx, "Member")
	case scope.Guest:
		return ui.T(ctx, "Guest")
	}
	return role
}

func removeText(ctx context.Context, s scope.Scope, m tenants.Member) string {
	if m.UserID == s.Person.ID {
		return ui.T(ctx, "Leave")
	}
	return ui.T(ctx, "Remove")
}

func removeTitle(ctx context.Context, s scope.Scope, m tenants.Member) string {
	if m.UserID == s.Person.ID {
		return ui.T(ctx, "Leave %s", s.Name)
	}
	return ui.T(ctx, "Remove %s", m.Name)
}

func inviteRoles(ctx context.Context, s scope.Scope) []ui.Option {
	var options []ui.Option
	for _, role := range scope.Roles() {
		if role.Within(s.Role) {
			options = append(options, ui.Option{Value: string(role), Text: roleName(ctx, string(role))})
		}
	}
	return options
}

func reassignOptions(ctx context.Context, others []tenants.Member) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "Nobody: they stay with the person")}}
	for _, m := range others {
		options = append(options, ui.Option{Value: m.UserID.String(), Text: m.Name})
	}
	return options
}

func peopleNext(s scope.Scope, search string, page tenants.PeoplePage) string {
	q := url.Values{"after": {page.Next.JoinedAt.Format(time.RFC3339Nano) + "_" + page.Next.UserID.String()}}
	if search != "" {
		q.Set("q", search)
	}
	return ui.OrgPath(s.Slug, "people") + "?" + q.Encode()
}

// InvitationVisitor is who opens an invitation's link: its token, and whether the invited address has an account.
type InvitationVisitor struct {
	Token string
	Known bool
}

func (v InvitationVisitor) path(parts ...string) string {
	path := "/invitations/" + url.PathEscape(v.Token)
	for _, p := range parts {
		path += "/" + p
	}
	return path
}
