package views

import (
	"context"
	"net/url"

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

// firstSteps says whether an organization is so new that its dashboard shows how to begin.
func firstSteps(s scope.Scope, d projects.Dashboard) bool {
	return d.Counts.Open == 0 && d.Counts.Archived == 0 && s.May(scope.CreateProject) && s.ReadOnly == scope.Writable
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
