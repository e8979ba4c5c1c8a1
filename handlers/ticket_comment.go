package handlers

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// CreateComment adds a comment and shows it in its place.
func (h *Tickets) CreateComment(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	_, failed := h.Attachments.Receive(w, r, s, key, number, "id")
	f, err := Decode[projects.CommentForm](h.Base, r)
	if err != nil {
		return err
	}
	if asksPreview(r) && failed == nil {
		return h.previewComment(w, r, s, key, number)
	}
	if failed == nil {
		failed = h.Projects.AddComment(r.Context(), s, key, number, f)
	}
	if failed != nil {
		renew(r, failed)
		page, err := h.Projects.TicketPage(r.Context(), s, key, number, "")
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component {
			return views.Ticket(s, page, views.TicketView{Comment: f, Files: afresh(ui.Form{})})
		})
	}
	return h.Redirect(w, r, commentURL(s, key, number, f.ID))
}

// previewComment shows the page of a ticket with what its new comment will look like.
func (h *Tickets) previewComment(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, number int) error {
	page, err := h.Projects.TicketPage(r.Context(), s, key, number, "")
	if err != nil {
		return err
	}
	return h.previewed(w, r, s, func(f ui.Form) templ.Component {
		return views.Ticket(s, page, views.TicketView{Comment: f, Files: afresh(ui.Form{})})
	})
}

func commentURL(s scope.Scope, key string, number int, id uuid.UUID) string {
	return ticketURL(s, key, number) + "#comment-" + id.String()
}

// EditComment shows the form for one's own comment.
func (h *Tickets) EditComment(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	show, action, err := h.commentForm(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(h.Fresh(w, r, action)))
}

func (h *Tickets) commentForm(r *http.Request, s scope.Scope) (show func(ui.Form) templ.Component, action string, err error) {
	key, number, err := pathTicket(r)
	if err != nil {
		return nil, "", err
	}
	id, err := PathID(r, "id")
	if err != nil {
		return nil, "", err
	}
	page, err := h.Projects.CommentPage(r.Context(), s, key, number, id)
	if err != nil {
		return nil, "", err
	}
	return func(f ui.Form) templ.Component { return views.CommentEdit(s, page, f) },
		ticketURL(s, key, number) + "/comments/" + id.String(), nil
}

// UpdateComment changes the text of one's own comment.
func (h *Tickets) UpdateComment(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[projects.CommentForm](h.Base, r)
	if err != nil {
		return err
	}
	if f.ID, err = PathID(r, "id"); err != nil {
		return err
	}
	if asksPreview(r) {
		show, _, err := h.commentForm(r, s)
		if err != nil {
			return err
		}
		return h.previewed(w, r, s, show)
	}
	if failed := h.Projects.EditComment(r.Context(), s, key, number, f); failed != nil {
		show, _, err := h.commentForm(r, s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	return h.Redirect(w, r, commentURL(s, key, number, f.ID))
}

// DeleteComment takes one's own comment away.
func (h *Tickets) DeleteComment(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Projects.DeleteComment(r.Context(), s, key, number, id); err != nil {
		return err
	}
	h.Flash(w, r, ui.T(r.Context(), "The comment is deleted."))
	return h.Redirect(w, r, ticketURL(s, key, number))
}
