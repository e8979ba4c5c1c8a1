package views

import (
	"cmp"
	"context"
	"net/url"

	"github.com/a-h/templ"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func viewsPath(s scope.Scope, p projects.Project, parts ...string) string {
	return projectPath(s, p.Key, append([]string{"views"}, parts...)...)
}

// viewURL is the list that a view stands for.
func viewURL(s scope.Scope, p projects.Project, query string) string {
	return projectPath(s, p.Key, "tickets") + "?" + cmp.Or(query, projects.AllTickets)
}

// allPath is the list of all tickets, whatever the list opens with.
func allPath(s scope.Scope, list projects.TicketList) string {
	if list.Opens() != nil {
		return viewURL(s, list.Project, "")
	}
	return projectPath(s, list.Project.Key, "tickets")
}

// viewQuery is what is saved: what a form that came back says, or the list one comes from.
func viewQuery(page projects.Views, f ui.Form) string {
	if f.Values.Has("query") {
		return f.Value("query")
	}
	return page.Query.Values().Encode()
}

// viewText says what is saved.
func viewText(ctx context.Context, query string) string {
	v, err := url.ParseQuery(query)
	if err != nil || len(v) == 0 {
		return ui.T(ctx, "The list of all tickets, the newest first. Narrow a list down first to save more than that.")
	}
	n := len(v)
	for _, name := range []string{"sort", "group", "column"} {
		if v.Has(name) {
			n--
		}
	}
	if n == 0 {
		return ui.T(ctx, "All tickets, in the order, the groups and the columns that you have chosen.")
	}
	return ui.TN(ctx, n, "The list as you have it: %d filter, its order, groups and columns.", "The list as you have it: %d filters, its order, groups and columns.")
}

func viewWrong(v projects.SavedView, f SavedViewForms) string {
	if v.ID == f.Edit && f.Changed.Err("name") != "" {
		return "true"
	}
	return "false"
}

// viewFieldID is the id that the summary of errors leads to, for the view whose form came back.
func viewFieldID(v projects.SavedView, f SavedViewForms) string {
	if v.ID == f.Edit {
		return "name"
	}
	return "name-" + v.ID.String()
}

// viewNewID is the id of the name of a new view: what the summary of errors leads to when it came back.
func viewNewID(f SavedViewForms) string {
	if f.New.Failed() {
		return "name"
	}
	return "new-name"
}

func viewName(v projects.SavedView, f SavedViewForms) string {
	if v.ID == f.Edit && f.Changed.Values.Has("name") {
		return f.Changed.Value("name")
	}
	return v.Name
}

// viewNow is the name of the view that one sees.
func viewNow(ctx context.Context, list projects.TicketList) string {
	for _, v := range list.Views {
		if v.Is(list.Query) {
			return v.Name
		}
	}
	return ui.T(ctx, "Views")
}

func viewCurrent(current bool) templ.Attributes {
	if current {
		return templ.Attributes{"aria-current": "page"}
	}
	return templ.Attributes{}
}
