package views

import (
	"context"
	"slices"
	"strconv"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func hasPriority(f projects.Filter, name string) bool {
	p, ok := projects.ParsePriority(name)
	return ok && slices.Contains(f.Priorities, p)
}

// filterMore says whether something of the menu "More" is asked for.
func filterMore(f projects.Filter) bool {
	return f.Author != "" || f.Unknown || f.Created != projects.Span{} || f.Updated != projects.Span{}
}

func sortOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "number", Text: ui.T(ctx, "Newest first")}, {Value: "-number", Text: ui.T(ctx, "Oldest first")},
		{Value: "updated", Text: ui.T(ctx, "Changed last first")}, {Value: "-updated", Text: ui.T(ctx, "Unchanged longest first")},
		{Value: "priority", Text: ui.T(ctx, "Most pressing first")}, {Value: "-priority", Text: ui.T(ctx, "Least pressing first")},
		{Value: "due", Text: ui.T(ctx, "Due soonest first")}, {Value: "-due", Text: ui.T(ctx, "Due last first")},
		{Value: "created", Text: ui.T(ctx, "Written last first")}, {Value: "-created", Text: ui.T(ctx, "Written longest ago first")},
		{Value: "title", Text: ui.T(ctx, "Title, A to Z")}, {Value: "-title", Text: ui.T(ctx, "Title, Z to A")},
	}
}

func groupOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "", Text: ui.T(ctx, "No groups")}, {Value: projects.GroupStatus, Text: ui.T(ctx, "By status")},
		{Value: projects.GroupAssignee, Text: ui.T(ctx, "By assignee")}, {Value: projects.GroupPriority, Text: ui.T(ctx, "By priority")},
		{Value: projects.GroupLabel, Text: ui.T(ctx, "By label")},
	}
}

func columnOptions(ctx context.Context) []ui.Option {
	names := map[string]string{
		"labels": ui.T(ctx, "Labels"), "due": ui.T(ctx, "Due date"), "assignee": ui.T(ctx, "Assignee"), "estimate": ui.T(ctx, "Estimate"),
		"tasks": ui.T(ctx, "Tasks"), "comments": ui.T(ctx, "Comments"), "files": ui.T(ctx, "Files"), "created": ui.T(ctx, "Written"), "updated": ui.T(ctx, "Changed"),
	}
	var out []ui.Option
	for _, c := range projects.Columns() {
		out = append(out, ui.Option{Value: c, Text: names[c]})
	}
	return out
}

func dueOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "", Text: ui.T(ctx, "Any day or none")}, {Value: projects.DueLate, Text: ui.T(ctx, "Late")}, {Value: projects.DueWeek, Text: ui.T(ctx, "Within a week")},
		{Value: projects.DueSet, Text: ui.T(ctx, "Any day")}, {Value: projects.DueNone, Text: ui.T(ctx, "No day")},
	}
}

func filterAssigneeOptions(ctx context.Context, people []projects.Person, chosen string) []ui.Option {
	return filterPeople(ctx, people, chosen, []ui.Option{
		{Value: "", Text: ui.T(ctx, "Anybody")}, {Value: projects.AssignedToMe, Text: ui.T(ctx, "Me")},
		{Value: projects.AssignedToNobody, Text: ui.T(ctx, "Nobody")},
	})
}

func filterAuthorOptions(ctx context.Context, people []projects.Person, chosen string) []ui.Option {
	return filterPeople(ctx, people, chosen, []ui.Option{
		{Value: "", Text: ui.T(ctx, "Written by anybody")}, {Value: projects.AssignedToMe, Text: ui.T(ctx, "Written by me")},
	})
}

func filterPeople(ctx context.Context, people []projects.Person, chosen string, options []ui.Option) []ui.Option {
	known := slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == chosen })
	for _, p := range people {
		options = append(options, ui.Option{Value: p.ID.String(), Text: p.Name})
		known = known || p.ID.String() == chosen
	}
	if !known {
		options = append(options, ui.Option{Value: chosen, Text: ui.T(ctx, "Somebody who has left")})
	}
	return options
}

// listHere is the list's own address, its place in it too.
func listHere(s scope.Scope, list projects.TicketList) string {
	v := list.Query.Values()
	if list.Query.After != "" {
		v.Set("after", list.Query.After)
	} else if list.Query.Before != "" {
		v.Set("before", list.Query.Before)
	}
	if len(v) == 0 {
		return allPath(s, list)
	}
	return listURL(projectPath(s, list.Project.Key, "tickets"), v)
}

// listCard is a row of a list: of what a ticket says, the columns that were chosen.
func listCard(ctx context.Context, s scope.Scope, list projects.TicketList, t projects.Row) ui.Card {
	card := ticketCard(s, t, nil)
	if projectWrites(s, list.Project) {
		card.Pick, card.PickForm, card.PickValue = "ticket", bulkForm, strconv.Itoa(int(t.Number))
	}
	shown := list.Query.Shown
	if !shown("labels") {
		card.Labels = nil
	}
	if !shown("due") {
		card.Due = nil
	}
	if !shown("assignee") {
		card.Assignee, card.HideAssignee = nil, true
	}
	if shown("estimate") && t.Estimate != nil {
		card.Extra = append(card.Extra, ui.TN(ctx, int(*t.Estimate), "%d point", "%d points"))
	}
	if shown("tasks") && t.Tasks > 0 {
		card.Extra = append(card.Extra, ui.T(ctx, "%d of %d done", t.TasksDone, t.Tasks))
	}
	if shown("comments") && t.Comments > 0 {
		card.Extra = append(card.Extra, ui.TN(ctx, int(t.Comments), "%d comment", "%d comments"))
	}
	if shown("files") && t.Files > 0 {
		card.Extra = append(card.Extra, ui.TN(ctx, int(t.Files), "%d file", "%d files"))
	}
	if shown("created") {
		card.Extra = append(card.Extra, ui.T(ctx, "written %s", ui.Ago(ctx, t.CreatedAt)))
	}
	if shown("updated") {
		card.Extra = append(card.Extra, ui.T(ctx, "changed %s", ui.Ago(ctx, t.UpdatedAt)))
	}
	return card
}

// groupCard is a row of a group. With labels a ticket may stand in several.
func groupCard(ctx context.Context, s scope.Scope, list projects.TicketList, g projects.TicketGroup, t projects.Row) ui.Card {
	card := listCard(ctx, s, list, t)
	if list.Query.Group == projects.GroupLabel {
		card.ID = g.Key + "-" + card.Key
	}
	return card
}

func groupState(list projects.TicketList, g projects.TicketGroup) ui.State {
	info, _ := projects.StatusNamed(list.Statuses, projects.Status(g.Key))
	return statusState(info)
}

func groupHue(list projects.TicketList, g projects.TicketGroup) string {
	for _, l := range list.Labels {
		if l.ID.String() == g.Key {
			return l.Hue
		}
	}
	return ""
}

func groupMore(ctx context.Context, g projects.TicketGroup) string {
	if g.More {
		return ui.T(ctx, "More in a list of its own")
	}
	return ui.T(ctx, "%d more in a list of its own", g.Count-int64(len(g.Tickets)))
}

// groupCount is how many tickets a group has, as far as the list was read.
func groupCount(ctx context.Context, g projects.TicketGroup) string {
	if g.More {
		return ui.T(ctx, "%d+", g.Count)
	}
	return ui.Num(ctx, g.Count)
}
