package ui

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// Nav is what the frame round a page shows. A guard puts it into the context once
// per request with WithNav; no page passes it on.
type Nav struct {
	Person Person
	// Theme is "light", "dark", or "" for what the system says.
	Theme string
	// Zone is where the person is; nil means UTC.
	Zone *time.Location
	// Now is the time of the request; zero means the clock.
	Now      time.Time
	Org      *NavOrg
	Orgs     []NavOrg
	Projects []NavProject
	Banner   *Banner
	Looking  *Looking // staff look as Person
	Office   string   // where the back-office is
	Unread   int64    // in the inbox of Org; 100 stands for more
	// Announcements stand above the page, below Banner.
	Announcements []Announcement
	// Path is the path of the request; it decides which link is the current one.
	Path      string
	Flash     []Flash
	RequestID string
	// Live names the moment since when the page wants to know of changes; empty is never.
	Live string
	// Dev shows the links to the developer pages.
	Dev bool
}

// Person is who is signed in. An empty ID means nobody.
type Person struct {
	ID, Name, Email string
	Picture         string // the name of it, or "" for none
	Staff           string // the role in the back-office, or ""
}

// NavOrg is an organization in the switcher. CanManage shows the links to billing and settings, also of the one that is
// not open; what a guest may not
// see or make has no link either.
type NavOrg struct {
	Slug, Name, RoleLabel, Logo          string
	CanManage, SeesPeople, MakesProjects bool
	SeesAudit                            bool
}

// NavProject is a project in the sidebar. Hue is one of Hues, or "" to derive it from the key.
type NavProject struct {
	Key, Name, Hue string
	Icon           string // or "" for the letters of the key
}

// Looking says as whom a member of staff looks at the product.
type Looking struct {
	Staff, Name, Email string
	Until              time.Time
	Raised             bool // changes are allowed
	MayRaise           bool
}

// Banner is the line above a page. Kind is "", "warn", "bad" or "good".
type Banner struct {
	Kind, Title, Text, ActionText, ActionURL string
}

// Announcement is a line that staff wrote for many, with a link or none ("").
type Announcement struct {
	ID, Text, LinkText, LinkURL string
	Warning, Dismissible        bool
}

// Flash is a message about what has just been done. Kind is "" (done) or "bad".
// With UndoURL it carries a button that posts there.
type Flash struct {
	Kind, Text, UndoURL string
}

type navKey struct{}

// WithNav puts what the frame shows into the context that a page is rendered with.
func WithNav(ctx context.Context, nav Nav) context.Context {
	return context.WithValue(ctx, navKey{}, nav)
}

// NavFrom returns what WithNav put there, or the zero Nav.
func NavFrom(ctx context.Context) Nav {
	nav, _ := ctx.Value(navKey{}).(Nav)
	return nav
}

// OrgPath joins an organization's address: OrgPath("acme", "projects", "WEB") is "/orgs/acme/projects/WEB".
func OrgPath(slug string, parts ...string) string {
	return "/orgs/" + strings.Join(append([]string{slug}, parts...), "/")
}

// ProjectPath joins a project's address below its organization.
func ProjectPath(slug, key string, parts ...string) string {
	return OrgPath(slug, append([]string{"projects", key}, parts...)...)
}

// CurrentProject returns the project whose pages Path is among, or nil.
func (n Nav) CurrentProject() *NavProject {
	if n.Org == nil {
		return nil
	}
	for i, p := range n.Projects {
		base := ProjectPath(n.Org.Slug, p.Key)
		if n.Path == base || strings.HasPrefix(n.Path, base+"/") {
			return &n.Projects[i]
		}
	}
	return nil
}

// newTicketPath leads to the form for a ticket in the current project, else in the first; "" without a project.
func (n Nav) newTicketPath() string {
	if n.Looking != nil && !n.Looking.Raised { // it would be refused
		return ""
	}
	if n.Org == nil || len(n.Projects) == 0 {
		return ""
	}
	project := n.CurrentProject()
	if project == nil {
		project = &n.Projects[0]
	}
	return ProjectPath(n.Org.Slug, project.Key, "tickets", "new")
}

// current gives the value of aria-current for a link: "page" on the page itself, "true" below it.
func (n Nav) current(url string, below bool) string {
	switch {
	case n.Path == url:
		return "page"
	case below && strings.HasPrefix(n.Path, url+"/"):
		return "true"
	}
	return ""
}

// inboxCountURL is where the line of the inbox is counted anew; here says that its page is the open one.
func inboxCountURL(n Nav) string {
	url := OrgPath(n.Org.Slug, "inbox", "count")
	if n.Path == OrgPath(n.Org.Slug, "inbox") {
		url += "?here=1"
	}
	return url
}

func unreadText(n int64) string {
	if n >= 100 {
		return "99+"
	}
	return strconv.FormatInt(n, 10)
}

func (n Nav) zone() *time.Location {
	if n.Zone == nil {
		return time.UTC
	}
	return n.Zone
}

func (n Nav) now() time.Time {
	if n.Now.IsZero() {
		return time.Now()
	}
	return n.Now
}
