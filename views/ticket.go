package views

import (
	"context"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func ticketPath(s scope.Scope, key string, number int32, parts ...string) string {
	return projectPath(s, key, append([]string{"tickets", strconv.Itoa(int(number))}, parts...)...)
}

// ticketCard is a ticket as boards and lists draw it. With statuses it can be moved to one of them: its status form posts,
// and answers with the same card.
func ticketCard(s scope.Scope, t projects.Row, moves []projects.StatusInfo) ui.Card {
	card := ui.Card{
		Key: t.Key(), Title: t.Title, URL: ticketPath(s, t.Project, t.Number), Status: rowState(t),
		Priority: projects.Priority(t.Priority).Name(), Comments: int(t.Comments), Tasks: int(t.Tasks), TasksDone: int(t.TasksDone),
		Files: int(t.Files), Labels: labelChips(t.Labels), Due: dueTime(s, t.DueOn),
	}
	if t.AssigneeID != nil {
		card.Assignee = &ui.Person{ID: t.AssigneeID.String(), Name: t.Assignee, Picture: t.AssigneePicture}
	}
	if len(moves) > 0 {
		for _, status := range moves {
			card.Statuses = append(card.Statuses, statusState(status))
		}
		card.StatusURL = ticketPath(s, t.Project, t.Number, "status")
		card.StatusAttrs = templ.Attributes{
			"hx-post": card.StatusURL + "?as=card", "hx-target": "#card-" + card.Key, "hx-swap": "outerMorph",
		}
	}
	return card
}

func statusOptions(statuses []projects.StatusInfo) []ui.Option {
	var options []ui.Option
	for _, status := range statuses {
		options = append(options, ui.Option{Value: string(status.Slug), Text: status.Name})
	}
	return options
}

// statusState is a status as the pieces draw it.
func statusState(s projects.StatusInfo) ui.State {
	return ui.State{Slug: string(s.Slug), Name: s.Name, Kind: string(s.Kind)}
}

func rowState(t projects.Row) ui.State {
	return ui.State{Slug: t.Status, Name: t.StatusName, Kind: string(t.StatusKind)}
}

func ticketState(t projects.Ticket) ui.State {
	return ui.State{Slug: t.Status, Name: t.StatusName, Kind: string(t.StatusKind)}
}

func priorityOptions(ctx context.Context) []ui.Option {
	var options []ui.Option
	for _, p := range projects.Priorities() {
		options = append(options, ui.Option{Value: p.Name(), Text: ui.PriorityText(ctx, p.Name())})
	}
	return options
}

// assigneeOptions are the people who may be assigned. Who is assigned and may not be any more is among them, so that the
// form says what is so.
func assigneeOptions(ctx context.Context, people []projects.Person, assigned ui.Option) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "Nobody")}}
	for _, p := range people {
		options = append(options, ui.Option{Value: p.ID.String(), Text: p.Name})
		if p.ID.String() == assigned.Value {
			assigned.Value = ""
		}
	}
	if assigned.Value != "" {
		options = append(options, assigned)
	}
	return options
}

func assignedOption(t projects.Ticket) ui.Option {
	if t.AssigneeID == nil {
		return ui.Option{}
	}
	return ui.Option{Value: t.AssigneeID.String(), Text: t.Assignee}
}

// ticketCount is a number of tickets that counting may have stopped at.
func ticketCount(ctx context.Context, n int64) string {
	if n > projects.CountCap {
		return ui.T(ctx, "%d+", projects.CountCap)
	}
	return ui.Num(ctx, n)
}

func ticketsCounted(ctx context.Context, n int64) string {
	if n == 1 {
		return ui.T(ctx, "1 ticket")
	}
	return ui.T(ctx, "%s tickets", ticketCount(ctx, n))
}

// listURL is the address of a list with the query, and what is added to it.
func listURL(path string, v url.Values, pairs ...string) string {
	out := url.Values{}
	for name, values := range v {
		out[name] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	if len(out) == 0 {
		return path
	}
	return path + "?" + out.Encode()
}

// cursorURL is the address of another page of a list; empty without a cursor.
func cursorURL(path string, v url.Values, name, cursor string) string {
	if cursor == "" {
		return ""
	}
	return listURL(path, v, name, cursor)
}
