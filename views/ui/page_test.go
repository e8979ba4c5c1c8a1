package ui_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"plinth/views/ui"
	"plinth/views/ui/uitest"
)

func nav() ui.Nav {
	return ui.Nav{
		Person:   ui.Person{ID: "u1", Name: "Dana Whitfield", Email: "dana@acme.example", Staff: "full"},
		Now:      time.Date(2026, 11, 20, 9, 16, 0, 0, time.UTC),
		Org:      &ui.NavOrg{Slug: "acme", Name: "Acme Robotics", CanManage: true, SeesPeople: true, MakesProjects: true},
		Orgs:     []ui.NavOrg{{Slug: "acme", Name: "Acme Robotics", RoleLabel: "Owner"}, {Slug: "lab", Name: "Harbour Labs", RoleLabel: "Member"}},
		Projects: []ui.NavProject{{Key: "WEB", Name: "Website"}, {Key: "FW", Name: "Firmware"}},
		Banner:   &ui.Banner{Title: "Your trial ends in 6 days,", Text: "on 26 November.", ActionText: "Choose a plan", ActionURL: "/orgs/acme/billing"},
		Flash:    []ui.Flash{{Text: "WEB-202 moved", UndoURL: "/undo"}, {Kind: "bad", Text: "Not saved"}},
		Path:     "/orgs/acme/projects/WEB/board",
		Dev:      true,
	}
}

type frame func(ui.Page) templ.Component

func page(f frame, n ui.Nav) (context.Context, templ.Component) {
	ctx := templ.WithChildren(ui.WithNav(context.Background(), n), ui.Gallery(nav().Now))
	return ctx, f(ui.Page{Title: "Pieces", Crumbs: []ui.Crumb{{Text: "Website", URL: "/orgs/acme/projects/WEB"}, {Text: "Board"}},
		Staff: ui.StaffNav{Environment: "test", Items: []ui.NavLink{{Text: "Overview", URL: "/admin"}}}})
}

func TestEveryPieceInEveryFrame(t *testing.T) {
	t.Parallel()
	nobody := ui.Nav{}
	homeless := nav()
	homeless.Org, homeless.Projects = nil, nil
	empty := nav()
	empty.Projects = nil
	for name, tt := range map[string]struct {
		frame frame
		nav   ui.Nav
	}{
		"shell":                         {ui.Shell, nav()},
		"shell without an organization": {ui.Shell, homeless},
		"shell without a project":       {ui.Shell, empty},
		"shell without anybody":         {ui.Shell, nobody},
		"public":                        {ui.Public, nobody},
		"public, signed in":             {ui.Public, nav()},
		"plain":                         {ui.Plain, nobody},
		"staff":                         {ui.Staff, homeless},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, c := page(tt.frame, tt.nav)
			uitest.Check(t, ctx, c)
		})
	}
}

func TestShellMarksWhereOneIs(t *testing.T) {
	t.Parallel()
	ctx, c := page(ui.Shell, nav())
	got := uitest.Render(t, ctx, c)
	if !regexp.MustCompile(`href="/orgs/acme/projects/WEB/board" aria-current="page"`).MatchString(got) {
		t.Error("the board is open and not marked")
	}
	if n := strings.Count(got, `aria-current="page"`); n != 3 {
		t.Errorf("%d places are marked as the page, want the sidebar, the crumb and the tab of the gallery", n)
	}
}

func TestShellHidesWhatTheRoleMayNot(t *testing.T) {
	t.Parallel()
	n := nav()
	n.Org.CanManage, n.Person.Staff, n.Banner = false, "", nil
	ctx, c := page(ui.Shell, n)
	got := uitest.Render(t, ctx, c)
	for _, url := range []string{`"/orgs/acme/billing"`, `"/orgs/acme/settings"`, `"/admin"`} {
		if strings.Contains(got, url) {
			t.Errorf("a member sees a link to %s", url)
		}
	}
}

// A link that answers "You may not do this" is a dead one.
func TestShellLeadsGuestsNowhereTheyMayNotGo(t *testing.T) {
	t.Parallel()
	n := nav()
	n.Org.CanManage, n.Org.SeesPeople, n.Org.MakesProjects, n.Projects = false, false, false, nil
	ctx, c := page(ui.Shell, n)
	got := uitest.Render(t, ctx, c)
	for _, url := range []string{`"/orgs/acme/people"`, `"/orgs/acme/projects/new"`} {
		if strings.Contains(got, url) {
			t.Errorf("a guest sees a link to %s", url)
		}
	}
}

func TestDeveloperPagesAreNotTheBackOffice(t *testing.T) {
	t.Parallel()
	n := nav()
	n.Person, n.Path = ui.Person{}, "/dev/mail"
	ctx, c := page(func(p ui.Page) templ.Component {
		p.Staff.Items = []ui.NavLink{{Text: "Development", URL: "/dev"}, {Text: "Mailbox", URL: "/dev/mail"}}
		return ui.Staff(p)
	}, n)
	got := uitest.Render(t, ctx, c)
	for _, wrong := range []string{"/admin", "/signout"} {
		if strings.Contains(got, wrong) {
			t.Errorf("a developer page for somebody who is not signed in has %s", wrong)
		}
	}
	sections, _, _ := strings.Cut(got, "</header>")
	if n := strings.Count(sections, "aria-current"); n != 1 {
		t.Errorf("%d sections are marked as the current one, want the mailbox", n)
	}
}

func TestThemeIsOnThePage(t *testing.T) {
	t.Parallel()
	for theme, want := range map[string]string{"dark": `data-theme="dark"`, "light": `data-theme="light"`, "": "", "purple\"": ""} {
		n := nav()
		n.Theme = theme
		ctx, c := page(ui.Shell, n)
		opening, _, _ := strings.Cut(uitest.Render(t, ctx, c), "<head>")
		if got := strings.Contains(opening, "data-theme"); got != (want != "") || !strings.Contains(opening, want) {
			t.Errorf("with the theme %q the page opens with %s", theme, opening)
		}
	}
}

func TestTextsAreEscaped(t *testing.T) {
	t.Parallel()
	n := nav()
	bad := `<img src=x onerror=go()>"'`
	n.Org.Name, n.Person.Name, n.Projects[0].Name, n.Flash[0].Text, n.Banner.ActionURL = bad, bad, bad, bad, "javascript:go()"
	ctx, c := page(ui.Shell, n)
	got := uitest.Check(t, ctx, c)
	if strings.Contains(got, "<img") {
		t.Error("a name became markup")
	}
}

// An icon that is not in the sprite would draw nothing and say nothing.
func TestIconsExist(t *testing.T) {
	t.Parallel()
	sprite, err := os.ReadFile("../../static/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	ctx, c := page(ui.Shell, nav())
	found := regexp.MustCompile(`icons\.[0-9a-f]{12}\.svg#([a-z-]+)`).FindAllStringSubmatch(uitest.Render(t, ctx, c), -1)
	if len(found) < 30 {
		t.Fatalf("only %d icons on the page", len(found))
	}
	for _, m := range found {
		if !strings.Contains(string(sprite), `id="`+m[1]+`"`) {
			t.Errorf("icons.svg has no %q", m[1])
		}
	}
}

func TestPageBudget(t *testing.T) {
	t.Parallel()
	ctx, c := page(ui.Shell, nav())
	if got := len(uitest.Render(t, ctx, c)); got > 80_000 {
		t.Errorf("the gallery is %d bytes, so the pieces have grown heavy", got)
	}
}

// Colours, sizes and shadows live in theme.css; a page only names them.
func TestPagesUseTokensOnly(t *testing.T) {
	t.Parallel()
	bad := regexp.MustCompile(`\[#|\bdark:|text-\[\d|\b(bg|text|border)-(red|green|blue|gray|slate|zinc|white|black)\b|\b(bg|text|border)-(red|green|blue|gray|slate|zinc|stone|amber|teal|sky)-\d`)
	for _, dir := range []string{".", ".."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.templ"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no pages in %s: %v", dir, err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if m := bad.FindString(string(text)); m != "" {
				t.Errorf("%s uses %q, which is no token of theme.css", name, m)
			}
		}
	}
}
