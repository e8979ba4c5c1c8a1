package views

import (
	"context"
	"maps"
	"net/url"
	"strconv"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// Copied begins the form for a ticket as a copy of the one that was read with it, unless something was typed already.
func Copied(form projects.TicketForm, f ui.Form) ui.Form {
	if _, typed := f.Values["title"]; typed || form.Ticket.Number == 0 {
		return f
	}
	values := url.Values{}
	maps.Copy(values, f.Values)
	values.Set("copy", strconv.Itoa(int(form.Ticket.Number)))
	values.Set("title", form.Ticket.Title)
	values.Set("body", form.Ticket.Body)
	values.Set("priority", ticketPriority(form.Ticket))
	values.Set("estimate", estimateValue(form.Ticket))
	f.Values = values
	return f
}

// copyPath leads to the form for a copy of a ticket.
func copyPath(s scope.Scope, t projects.Ticket) string {
	return projectPath(s, t.Project, "tickets", "new") + "?copy=" + strconv.Itoa(int(t.Number))
}

func targetOptions(ctx context.Context, targets []projects.Target) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "Choose a project")}}
	for _, t := range targets {
		options = append(options, ui.Option{Value: t.Key, Text: t.Name + " (" + t.Key + ")"})
	}
	return options
}
