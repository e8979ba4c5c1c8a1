package views

import (
	"context"
	"net/url"
	"strings"

	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views/ui"
)

// peopleTabs are the pages about an organization's people that the person may open.
func peopleTabs(ctx context.Context, s scope.Scope, at string) []ui.Tab {
	tabs := []ui.Tab{{Text: ui.T(ctx, "Members"), URL: ui.OrgPath(s.Slug, "people"), Current: at == "members"}}
	if s.May(scope.ManagePeople) {
		tabs = append(tabs, ui.Tab{Text: ui.T(ctx, "Joining"), URL: ui.OrgPath(s.Slug, "people", "joining"), Current: at == "joining"})
	}
	return tabs
}

func linkOf(ways tenants.Joining, role scope.Role) *tenants.JoinLink {
	for _, l := range ways.Links {
		if l.Role == role {
			return &l
		}
	}
	return nil
}

func makeLinkText(ctx context.Context, link *tenants.JoinLink) string {
	if link == nil {
		return ui.T(ctx, "Make a link")
	}
	return ui.T(ctx, "Make it anew")
}

func domainLines(ways tenants.Joining) string { return strings.Join(ways.Domains, "\n") }

func openTicked(ways tenants.Joining, f ui.Form) bool {
	if f.Values == nil {
		return ways.Open
	}
	return f.Value("open") != ""
}

func joinPath(token string) string { return "/join/" + url.PathEscape(token) }
