package ui

import (
	"context"
	"strings"

	"github.com/a-h/templ"
)

// Page is what a page tells its frame.
type Page struct {
	// Title stands in the window's title, before the name of the product.
	Title string
	// Crumbs lead from the organization to this page; the last one is the page itself and needs no URL.
	Crumbs []Crumb
	// Wide uses the whole width; Flush leaves out the margin (the board).
	Wide, Flush bool
	// Primary replaces the button "New ticket" of the bar; NoPrimary leaves it out.
	Primary   *Btn
	NoPrimary bool
	// Head is added to the document's head: a description, a refresh.
	Head templ.Component
	// Staff is what the back-office's frame shows.
	Staff StaffNav
}

// Crumb is one step of the path to a page.
type Crumb struct{ Text, URL string }

// StaffNav is the frame of the back-office: its sections, and the environment as a warning.
type StaffNav struct {
	Items       []NavLink
	Environment string
}

// home is the first section, to which the name in the corner leads.
func (n StaffNav) home() string {
	if len(n.Items) == 0 {
		return "/"
	}
	return n.Items[0].URL
}

// name is the part of the site that the frame stands for: admin, or dev for the developer pages.
func (n StaffNav) name() string {
	first, _, _ := strings.Cut(strings.TrimPrefix(n.home(), "/"), "/")
	return first
}

// NavLink is a link of a navigation. Also are the other places that it stands for.
type NavLink struct {
	Text, URL string
	Also      []string
}

// here is what aria-current says of the link: "page" or "true" when it stands for the page that is shown, else "". below
// counts what lies below its address too.
func (l NavLink) here(nav Nav, below bool) string {
	for _, url := range l.Also {
		if nav.current(url, true) != "" {
			return "true"
		}
	}
	return nav.current(l.URL, below)
}

func (p Page) windowTitle(ctx context.Context) string {
	if p.Title == "" {
		return T(ctx, "Plinth")
	}
	return T(ctx, "%s · Plinth", p.Title)
}

func (p Page) mainClass() string {
	class := "page outline-none"
	if p.Wide {
		class = "page wide outline-none"
	}
	if p.Flush {
		class += " p-0"
	}
	return class
}

// primary is the button of the bar, or nil.
func (p Page) primary(ctx context.Context) *Btn {
	if p.NoPrimary {
		return nil
	}
	if p.Primary != nil {
		return p.Primary
	}
	url := NavFrom(ctx).newTicketPath()
	if url == "" {
		return nil
	}
	return &Btn{Text: T(ctx, "New ticket"), Icon: "plus", URL: url, Key: "c", Attrs: OverPage(url)}
}

// OverPage lets a link open what it leads to over the page one is on; without a script, or in a tab of its own, it is a
// page.
func OverPage(url string) templ.Attributes {
	return templ.Attributes{"hx-get": url + "?as=dialog", "hx-target": "#overlay", "hx-swap": "outerHTML"}
}

// crumbs puts the organization first.
func (p Page) crumbs(ctx context.Context) []Crumb {
	nav := NavFrom(ctx)
	var all []Crumb
	if nav.Org != nil {
		all = append(all, Crumb{nav.Org.Name, OrgPath(nav.Org.Slug)})
	}
	all = append(all, p.Crumbs...)
	if len(p.Crumbs) == 0 && p.Title != "" {
		all = append(all, Crumb{Text: p.Title})
	}
	return all
}

// htmxConfig is read by htmx at its start. The policy of the pages forbids the style element htmx would
// otherwise add, and a request must not outlive the server's own limit.
func htmxConfig() string {
	return `{"includeIndicatorCSS":false,"transitions":false,"defaultTimeout":20000,"mode":"same-origin"}`
}

// liveAttrs say to the script of live pages who looks at what, and since when.
func liveAttrs(n Nav) templ.Attributes {
	if n.Live == "" || n.Person.ID == "" {
		return templ.Attributes{}
	}
	out := templ.Attributes{"data-live-since": n.Live, "data-person": n.Person.ID}
	if n.Org != nil {
		out["data-org"] = n.Org.Slug
	}
	return out
}

// LiveAttrs keep an element up to date: when what it shows has changed ("project:WEB", "ticket:WEB-12", "org", "inbox",
// several with blanks between), it fetches the page at url and takes over what stands there under its id.
func LiveAttrs(shows, url, id string) templ.Attributes {
	return templ.Attributes{
		"data-live": shows, "hx-get": url, "hx-trigger": "plinth:changed", "hx-select": "#" + id, "hx-target": "this", "hx-swap": "outerMorph",
	}
}

func themeAttr(theme string) templ.Attributes {
	if theme == "light" || theme == "dark" {
		return templ.Attributes{"data-theme": theme}
	}
	return templ.Attributes{}
}

func currentAttr(value string) templ.Attributes {
	if value == "" {
		return templ.Attributes{}
	}
	return templ.Attributes{"aria-current": value}
}

func firstLetter(name string) string {
	if name = strings.TrimSpace(name); name == "" {
		return "?"
	}
	return upperFirst(name)
}

func themeChosen(nav Nav, value string) string {
	chosen := nav.Theme
	if chosen == "" {
		chosen = "system"
	}
	if chosen == value {
		return "true"
	}
	return "false"
}
