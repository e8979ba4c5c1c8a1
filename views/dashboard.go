package views

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/a-h/templ"

	"plinth/internal/events"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func dashboardNote(ctx context.Context, d projects.Dashboard) string {
	switch d.MineCount {
	case 0:
		return ui.T(ctx, "No open ticket is yours")
	case 1:
		return ui.T(ctx, "1 open ticket is yours")
	}
	return ui.T(ctx, "%s open tickets are yours", ticketCount(ctx, d.MineCount))
}

func flowOf(days []projects.Day) []ui.FlowDay {
	out := make([]ui.FlowDay, len(days))
	for i, d := range days {
		out[i] = ui.FlowDay{Day: d.Day, Opened: d.Opened, Closed: d.Closed}
	}
	return out
}

// flowEmpty says whether nothing was opened or closed in sight.
func flowEmpty(days []projects.Day) bool {
	for _, d := range days {
		if d.Opened != 0 || d.Closed != 0 {
			return false
		}
	}
	return true
}

func burnOf(days []projects.BurnDay) []ui.BurnPoint {
	out := make([]ui.BurnPoint, len(days))
	for i, d := range days {
		out[i] = ui.BurnPoint{Day: d.Day, Scope: d.Scope, Done: d.Done}
	}
	return out
}

// usageMeters are what the plan limits and how much of it is used.
func usageMeters(ctx context.Context, s scope.Scope, d projects.Dashboard) []ui.MeterBox {
	return []ui.MeterBox{
		{Label: ui.T(ctx, "Members"), Used: d.Seats, Limit: int64(s.Limits.Members)},
		{Label: ui.T(ctx, "Projects"), Used: d.Used, Limit: int64(s.Limits.Projects)},
	}
}

// step is one of the first steps of an organization.
type step struct {
	Title, Text, Button, URL string
	Done                     bool
}

// stepsOf are the first steps that the person can take.
func stepsOf(ctx context.Context, s scope.Scope, d projects.Dashboard) []step {
	out := []step{
		{Title: ui.T(ctx, "Name the organization"), Done: true},
		{
			Title: ui.T(ctx, "Make the first project"), Text: ui.T(ctx, "It has a board and a list. Each ticket gets a key such as WEB-1."),
			Button: ui.T(ctx, "New project"), URL: ui.OrgPath(s.Slug, "projects", "new"), Done: d.Steps.Project,
		},
	}
	ticket := step{Title: ui.T(ctx, "Write the first ticket"), Text: ui.T(ctx, "What is to be done, in one line; the rest can follow."), Done: d.Steps.Ticket}
	if len(d.Projects) > 0 {
		ticket.Button, ticket.URL = ui.T(ctx, "New ticket"), projectPath(s, d.Projects[0].Key, "tickets", "new")
	}
	out = append(out, ticket)
	if s.May(scope.ManagePeople) {
		out = append(out, step{
			Title: ui.T(ctx, "Invite the people you work with"), Text: ui.T(ctx, "Guests see only the projects they are added to, and take no seat."),
			Button: ui.T(ctx, "Invite"), URL: ui.OrgPath(s.Slug, "people"), Done: d.Steps.People,
		})
	}
	return out
}

// stepsShown says whether there is something left to set up, for whoever may and has not put it away.
func stepsShown(s scope.Scope, d projects.Dashboard) bool {
	return !d.Steps.Hidden && !d.Steps.Done() && s.May(scope.CreateProject) && s.ReadOnly == scope.Writable
}

func stepsCount(ctx context.Context, s scope.Scope, d projects.Dashboard) string {
	all, done := stepsOf(ctx, s, d), 0
	for _, one := range all {
		if one.Done {
			done++
		}
	}
	return ui.T(ctx, "%d of %d", done, len(all))
}

// stepCurrent marks the first step that is not done.
func stepCurrent(all []step, i int) templ.Attributes {
	if i == slices.IndexFunc(all, func(o step) bool { return !o.Done }) {
		return templ.Attributes{"aria-current": "step"}
	}
	return templ.Attributes{}
}

// dueCard is a row of what is due, under an id of its own: the ticket may stand among the pressing ones too.
func dueCard(s scope.Scope, t projects.Row) ui.Card {
	card := ticketCard(s, t, nil)
	card.ID = "due-" + card.Key
	return card
}

// trendText says what was opened and closed in a project within a week.
func trendText(ctx context.Context, d projects.Dashboard, p projects.Progress) string {
	trend, ok := d.Trends[p.ID]
	if !ok || trend.Opened == 0 && trend.Closed == 0 {
		return ""
	}
	return ui.T(ctx, "%s opened, %s closed this week", ui.Num(ctx, trend.Opened), ui.Num(ctx, trend.Closed))
}

// cycleText is a span of time in the largest unit that says enough.
func cycleText(ctx context.Context, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return ui.T(ctx, "%.1f days", d.Hours()/24)
	case d >= 2*time.Hour:
		return ui.T(ctx, "%.1f hours", d.Hours())
	}
	return ui.TN(ctx, max(int(d.Minutes()), 1), "%d minute", "%d minutes")
}

func burnNote(ctx context.Context, d projects.ProjectDashboard) string {
	total := d.Counts.Total()
	if total == 0 {
		return ""
	}
	done := 0
	for _, status := range d.Statuses {
		if status.Kind.Closed() {
			done += d.Counts[status.Slug]
		}
	}
	return ui.T(ctx, "%d of %d", done, total)
}

// openURL lists a project's open tickets, the oldest first.
func openURL(s scope.Scope, p projects.Project, statuses []projects.StatusInfo) string {
	v := url.Values{}
	for _, status := range statuses {
		if !status.Kind.Closed() {
			v.Add("status", string(status.Slug))
		}
	}
	return listURL(projectPath(s, p.Key, "tickets"), v, "sort", "-"+projects.SortNumber)
}

func activityBefore(ctx context.Context, e events.Entry) string {
	before, _ := activityWords(ctx, e)
	return before
}

// activityAfter ends with the dot before the time.
func activityAfter(ctx context.Context, e events.Entry) string {
	_, after := activityWords(ctx, e)
	if after != "" {
		after += " "
	}
	return after + "· "
}
