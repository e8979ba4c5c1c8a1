package views

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func ticketFrame(ctx context.Context, s scope.Scope, page projects.TicketPage) ui.Page {
	frame := projectPage(ctx, s, page.Project, page.Ticket.Key())
	frame.Title = page.Ticket.Key() + " " + page.Ticket.Title
	return frame
}

func ticketPriority(t projects.Ticket) string { return projects.Priority(t.Priority).Name() }

func ticketAssignee(ctx context.Context, t projects.Ticket) string {
	if t.AssigneeID == nil {
		return ui.T(ctx, "Nobody")
	}
	return t.Assignee
}

// ticketChoiceAttrs let a property send itself when it is changed; the answer replaces all of them.
func ticketChoiceAttrs(s scope.Scope, page projects.TicketPage, v TicketView, name string) templ.Attributes {
	return templ.Attributes{
		"hx-post": listURL(ticketPath(s, page.Ticket.Project, page.Ticket.Number, name), v.values()), "hx-trigger": "change",
		"hx-target": "#ticket-props", "hx-swap": "outerMorph",
	}
}

// values say which part of the discussion is in sight.
func (v TicketView) values() url.Values {
	out := url.Values{}
	if v.Show != ShowAll {
		out.Set("show", v.Show)
	}
	if v.Before != "" {
		out.Set("before", v.Before)
	}
	return out
}

// talkTabs choose what the discussion shows.
func talkTabs(ctx context.Context, s scope.Scope, t projects.Ticket, show string) []ui.Tab {
	path := ticketPath(s, t.Project, t.Number)
	return []ui.Tab{
		{Text: ui.T(ctx, "All"), URL: path, Current: show == ShowAll},
		{Text: ui.T(ctx, "Comments"), URL: path + "?show=" + ShowComments, Current: show == ShowComments},
		{Text: ui.T(ctx, "History"), URL: path + "?show=" + ShowHistory, Current: show == ShowHistory},
	}
}

// earlierURL leads to the comments before those in sight; newestURL back to the end.
func earlierURL(s scope.Scope, page projects.TicketPage, v TicketView) string {
	v.Before = page.Earlier
	return listURL(ticketPath(s, page.Ticket.Project, page.Ticket.Number), v.values())
}

func newestURL(s scope.Scope, page projects.TicketPage, v TicketView) string {
	v.Before = ""
	return listURL(ticketPath(s, page.Ticket.Project, page.Ticket.Number), v.values())
}

// ticketRows is how high the field for a description is: lower in a dialog.
func ticketRows(prefix string) int {
	if prefix != "" {
		return 5
	}
	return 10
}
