package handlers

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// UpdateStatus moves a ticket: field status, and before or after with the key of a neighbour. For htmx the answer is the card of a board (as=card) or the properties on
// the ticket's page.
func (h *Tickets) UpdateStatus(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		projects.Move
		From projects.Status `form:"from"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.MoveTicket(r.Context(), s, key, number, f.Move); err != nil {
		return err
	}
	if IsHX(r) && r.URL.Query().Get("as") == "card" {
		card, err := h.Projects.Card(r.Context(), s, key, number)
		if err != nil {
			return err
		}
		return h.Render(w, r, http.StatusOK, views.BoardCard(s, card, r.URL.Query().Get("filtered") != "", f.From == f.Status))
	}
	return h.changed(w, r, s, func(ctx context.Context, page projects.TicketPage) string {
		return movedText(ctx, page)
	})
}

// movedText says where a ticket is now. One that was closed while it waits for others says so.
func movedText(ctx context.Context, page projects.TicketPage) string {
	moved := ui.T(ctx, "%s moved to %s", page.Ticket.Key(), page.Ticket.StatusName)
	blockers := page.OpenBlockers()
	if !page.Ticket.StatusKind.Closed() || len(blockers) == 0 {
		return moved
	}
	names := make([]string, len(blockers))
	for i, b := range blockers {
		names[i] = b.Key()
	}
	return ui.T(ctx, "%s. It still waits for %s", moved, strings.Join(names, ", "))
}

// UpdateAssignee gives a ticket to somebody: field assignee, empty for nobody.
func (h *Tickets) UpdateAssignee(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Assignee uuid.UUID `form:"assignee"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if f.Assignee == uuid.Nil && r.Form.Get("assignee") != "" {
		return fault.Field("assignee", "Choose somebody who sees this project.")
	}
	if err := h.Projects.SetTicketAssignee(r.Context(), s, key, number, f.Assignee); err != nil {
		return err
	}
	return h.changed(w, r, s, func(ctx context.Context, page projects.TicketPage) string {
		t := page.Ticket
		if t.AssigneeID == nil {
			return ui.T(ctx, "%s is assigned to nobody", t.Key())
		}
		return ui.T(ctx, "%s is assigned to %s", t.Key(), t.Assignee)
	})
}

// UpdatePriority changes how much a ticket presses: field priority.
func (h *Tickets) UpdatePriority(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Priority string `form:"priority"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.SetTicketPriority(r.Context(), s, key, number, f.Priority); err != nil {
		return err
	}
	return h.changed(w, r, s, func(ctx context.Context, page projects.TicketPage) string {
		t := page.Ticket
		return ui.T(ctx, "Priority of %s: %s", t.Key(), ui.PriorityText(ctx, projects.Priority(t.Priority).Name()))
	})
}

// changed answers a change of a property: htmx with the pieces of the ticket's page, others by going back to the page
// they came from. say puts the new state into words.
func (h *Tickets) changed(
	w http.ResponseWriter, r *http.Request, s scope.Scope, say func(context.Context, projects.TicketPage) string,
) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	v := ticketView(r)
	page, err := h.Projects.TicketPage(r.Context(), s, key, number, v.Before)
	if err != nil {
		return err
	}
	said := say(r.Context(), page)
	if IsHX(r) {
		return h.Render(w, r, http.StatusOK, views.TicketChanged(s, page, v, said))
	}
	h.Flash(w, r, said)
	return h.Redirect(w, r, backOr(r, ticketURL(s, key, number)))
}

// backOr is the page a form was sent from, or to when that is not known.
func backOr(r *http.Request, to string) string {
	if page := pageOf(r); page != "/" {
		return page
	}
	return to
}
