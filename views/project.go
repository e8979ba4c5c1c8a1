package views

import (
	"context"
	"net/url"
	"strings"

	"plinth/internal/billing"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// ProjectRoom says how many projects the plan counts, for the page that makes one more.
type ProjectRoom struct{ Used, Limit int }

func (r ProjectRoom) level() billing.Level {
	return billing.Use{Used: int64(r.Used), Limit: int64(r.Limit)}.Level()
}

// note says that there is little or no room left; empty while there is enough.
func (r ProjectRoom) note(ctx context.Context) string {
	switch r.level() {
	case billing.Near:
		return ui.T(ctx, "%d of the plan's %d projects are in use.", r.Used, r.Limit)
	case billing.Full:
		return ui.T(ctx, "The plan has room for %d projects, and all of them are in use.", r.Limit)
	case billing.Above:
		return ui.T(ctx, "There are %d projects and the plan includes %d. All of them stay; for a further one it takes a higher plan.", r.Used, r.Limit)
	case billing.Ample:
	}
	return ""
}

func projectPath(s scope.Scope, key string, parts ...string) string {
	return ui.ProjectPath(s.Slug, key, parts...)
}

// projectCrumbs lead from the project to one of its pages.
func projectCrumbs(s scope.Scope, p projects.Project, last string) []ui.Crumb {
	return []ui.Crumb{{Text: p.Name, URL: projectPath(s, p.Key)}, {Text: last}}
}

// projectTabs lead between the views of a project; current is overview, list, board or settings.
func projectTabs(ctx context.Context, s scope.Scope, p projects.Project, current string) []ui.Tab {
	tabs := []ui.Tab{
		{Text: ui.T(ctx, "Overview"), URL: projectPath(s, p.Key), Current: current == "overview"},
		{Text: ui.T(ctx, "List"), URL: projectPath(s, p.Key, "tickets"), Current: current == "list"},
		{Text: ui.T(ctx, "Board"), URL: projectPath(s, p.Key, "board"), Current: current == "board"},
	}
	if p.ManagedBy(s) {
		tabs = append(tabs, ui.Tab{Text: ui.T(ctx, "Settings"), URL: projectPath(s, p.Key, "settings"), Current: current == "settings"})
	}
	return tabs
}

// projectWrites says whether the person may work in the project now.
func projectWrites(s scope.Scope, p projects.Project) bool {
	return s.May(scope.WriteTickets) && s.ReadOnly == scope.Writable && !p.Archived()
}

// projectPage is a page of a project; the button of the bar makes a ticket in it.
func projectPage(ctx context.Context, s scope.Scope, p projects.Project, title string) ui.Page {
	page := ui.Page{Title: title + " · " + p.Name, Crumbs: projectCrumbs(s, p, title), NoPrimary: !projectWrites(s, p)}
	if !page.NoPrimary {
		page.Primary = &ui.Btn{Text: ui.T(ctx, "New ticket"), Icon: "plus", URL: projectPath(s, p.Key, "tickets", "new"), Key: "c", Attrs: ui.OverPage(projectPath(s, p.Key, "tickets", "new"))}
	}
	return page
}

func hueName(ctx context.Context, hue string) string {
	switch hue {
	case "bronze":
		return ui.T(ctx, "Bronze")
	case "plum":
		return ui.T(ctx, "Plum")
	case "blue":
		return ui.T(ctx, "Blue")
	case "moss":
		return ui.T(ctx, "Moss")
	case "brick":
		return ui.T(ctx, "Brick")
	}
	return ui.T(ctx, "Patina")
}

func hueOptions(ctx context.Context, first ...ui.Option) []ui.Option {
	options := first
	for _, hue := range projects.Hues() {
		options = append(options, ui.Option{Value: hue, Text: hueName(ctx, hue)})
	}
	return options
}

// visibilityOptions are who can see a project; had is how it stands. What the plan does not include cannot be chosen anew.
func visibilityOptions(ctx context.Context, s scope.Scope, had string) []ui.Option {
	all := []ui.Option{
		{Value: string(projects.ForOrganization), Text: ui.T(ctx, "Every member of the organization"), Hint: ui.T(ctx, "Guests only when they are added.")},
		{Value: string(projects.ForMembers), Text: ui.T(ctx, "Only who is added"), Hint: ui.T(ctx, "Owners and admins see every project.")},
	}
	if !s.Limits.Includes(scope.MembersOnlyProjects) && had != string(projects.ForMembers) {
		all[1].Disabled, all[1].Hint = true, ui.T(ctx, "Not part of your plan. Billing shows which plans include it.")
	}
	return all
}

func projectOpenText(ctx context.Context, p projects.Progress) string {
	if p.Total() == 0 {
		return ui.T(ctx, "No tickets yet")
	}
	return ui.T(ctx, "%d open", p.Open())
}

func projectCourse(p projects.Progress) ui.CourseBox {
	return ui.CourseBox{Name: p.Name, Todo: int(p.Todo), Progress: int(p.InProgress), Review: int(p.InReview), Done: int(p.Done)}
}

// projectsNext leads to the next page of the list of projects.
func projectsNext(s scope.Scope, list projects.List, archived bool) string {
	if list.Next == nil {
		return ""
	}
	v := url.Values{"after": {list.Next.ID.String() + "." + list.Next.Name}}
	if archived {
		v.Set("archived", "1")
	}
	return ui.OrgPath(s.Slug, "projects") + "?" + v.Encode()
}

func candidateOptions(ctx context.Context, all []projects.Candidate) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "Choose a person")}}
	for _, c := range all {
		options = append(options, ui.Option{Value: c.UserID.String(), Text: c.Name + " (" + strings.ToLower(roleName(ctx, c.Role)) + ")"})
	}
	return options
}

func projectSeenBy(ctx context.Context, p projects.Project) string {
	if p.Visibility == string(projects.ForMembers) {
		return ui.T(ctx, "Owners, admins and the people here see this project. Tickets stay with whoever is removed.")
	}
	return ui.T(ctx, "Every member of the organization sees this project; guests only when they are added here.")
}

// templateOptions are what a project can begin with: what every organization has, and what the projects in the sidebar
// have.
func templateOptions(ctx context.Context) []ui.Option {
	names := map[string]string{
		projects.TemplateStandard: ui.T(ctx, "To do, in progress, in review, done"), projects.TemplateSimple: ui.T(ctx, "Simple: to do, done"),
		projects.TemplateSoftware: ui.T(ctx, "Software: backlog to done, with labels"), projects.TemplateSupport: ui.T(ctx, "Support: new to solved, with labels"),
	}
	var out []ui.Option
	for _, name := range projects.Templates() {
		out = append(out, ui.Option{Value: name, Text: names[name]})
	}
	for _, p := range ui.NavFrom(ctx).Projects {
		out = append(out, ui.Option{Value: projects.TemplateCopy + p.Key, Text: ui.T(ctx, "As %s has it", p.Name)})
	}
	return out
}
