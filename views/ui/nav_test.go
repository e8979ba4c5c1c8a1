package ui

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func acme(path string) Nav {
	return Nav{
		Person:   Person{ID: "u1", Name: "Dana Whitfield", Email: "dana@acme.example"},
		Org:      &NavOrg{Slug: "acme", Name: "Acme", CanManage: true, SeesPeople: true, MakesProjects: true},
		Orgs:     []NavOrg{{Slug: "acme", Name: "Acme"}, {Slug: "lab", Name: "Lab", RoleLabel: "Member"}},
		Projects: []NavProject{{Key: "W", Name: "W"}, {Key: "WEB", Name: "Website"}},
		Path:     path,
	}
}

func TestCurrentProject(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/orgs/acme":                       "",
		"/orgs/acme/projects":              "",
		"/orgs/acme/projects/new":          "",
		"/orgs/acme/projects/WEB":          "WEB",
		"/orgs/acme/projects/WEB/board":    "WEB",
		"/orgs/acme/projects/W/tickets/12": "W",
		"/orgs/lab/projects/WEB":           "",
	} {
		got := ""
		if p := acme(path).CurrentProject(); p != nil {
			got = p.Key
		}
		if got != want {
			t.Errorf("on %s the project is %q, want %q", path, got, want)
		}
	}
	if (Nav{Path: "/orgs/acme/projects/WEB"}).CurrentProject() != nil {
		t.Error("a project without an organization")
	}
}

func TestNewTicketPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/orgs/acme":                    "/orgs/acme/projects/W/tickets/new",
		"/orgs/acme/projects/WEB/board": "/orgs/acme/projects/WEB/tickets/new",
	} {
		if got := acme(path).newTicketPath(); got != want {
			t.Errorf("on %s a new ticket goes to %q, want %q", path, got, want)
		}
	}
	empty := acme("/orgs/acme")
	empty.Projects = nil
	if got := empty.newTicketPath(); got != "" {
		t.Errorf("without a project there is a link to %q", got)
	}
}

func TestCurrent(t *testing.T) {
	t.Parallel()
	nav := acme("/orgs/acme/people/invitations")
	for _, tt := range []struct {
		url   string
		below bool
		want  string
	}{
		{"/orgs/acme/people/invitations", false, "page"},
		{"/orgs/acme/people", true, "true"},
		{"/orgs/acme/people", false, ""},
		{"/orgs/acme/peo", true, ""},
		{"/orgs/acme", false, ""},
	} {
		if got := nav.current(tt.url, tt.below); got != tt.want {
			t.Errorf("current(%q, %v) = %q, want %q", tt.url, tt.below, got, tt.want)
		}
	}
}

func TestCommandsFollowTheRole(t *testing.T) {
	t.Parallel()
	urls := func(nav Nav) []string {
		var out []string
		for _, c := range commands(t.Context(), nav) {
			out = append(out, c.url)
		}
		return out
	}
	member := acme("/orgs/acme/projects/WEB")
	member.Org.CanManage = false
	want := []string{
		"/orgs/acme/search?q=", "/orgs/acme/projects/WEB/tickets?q=", "/orgs/acme/projects/WEB/tickets/new", "/orgs/acme", "/orgs/acme/tickets",
		"/orgs/acme/projects/W/board", "/orgs/acme/projects/W/tickets", "/orgs/acme/projects/WEB/board", "/orgs/acme/projects/WEB/tickets",
		"/orgs/acme/people", "/account",
	}
	if diff := cmp.Diff(want, urls(member)); diff != "" {
		t.Error(diff)
	}
	guest := member
	guest.Org = &NavOrg{Slug: "acme", Name: "Acme"}
	if slices.Contains(urls(guest), "/orgs/acme/people") {
		t.Error("a guest is led to the people, whom guests may not see")
	}
	if got := urls(Nav{}); len(got) != 0 {
		t.Errorf("without an organization there are %v", got)
	}
}
