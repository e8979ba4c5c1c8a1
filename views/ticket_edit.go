package views

import (
	"context"
	"net/url"

	"plinth/internal/projects"
	"plinth/views/ui"
)

// base is what a form of a ticket's text began with.
type base struct{ Revision, Title, Body string }

// editBase is what the person has seen: what their form came with, or what is shown to them after somebody else was faster.
func editBase(form projects.TicketForm, f ui.Form) base {
	if sent := f.Value("revision"); sent != "" && form.Clash == nil {
		return base{sent, f.Value("base_title"), f.Value("base_body")}
	}
	return base{revisionText(form.Ticket), form.Ticket.Title, form.Ticket.Body}
}

// bothForm is the form with both changes in it.
func bothForm(form projects.TicketForm, f ui.Form) ui.Form {
	title := f.Value("title")
	if title == f.Value("base_title") {
		title = form.Ticket.Title
	}
	return ui.Form{Values: url.Values{"title": {title}, "body": {form.Clash.Merged}}}
}

func changedTitle(ctx context.Context, c projects.Clash) string {
	if c.Editor == "" {
		return ui.T(ctx, "What was changed since you began")
	}
	return ui.T(ctx, "What %s changed since you began", c.Editor)
}

func editRows(form projects.TicketForm) int {
	if form.Clash != nil {
		return 10
	}
	return 16
}

func saveKind(primary bool) string {
	if primary {
		return "primary"
	}
	return ""
}
