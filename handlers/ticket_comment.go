package handlers

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/files"
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
	removed, err := asksRemoval(r, func(id uuid.UUID) (files.Attachment, error) {
		return h.Projects.Detach(r.Context(), s, key, number, id)
	})
	if err != nil {
		return err
	}
	if failed == nil && (removed || asksPreview(r)) {
		return h.unsentComment(w, r, s, key, number)
	}
	if failed != nil {
		renew(r, failed)
	} else if failed = h.Projects.AddComment(r.Context(), s, key, number, f); failed != nil {
		if err := h.anew(r, s, key, number, f.ID, failed); err != nil {
			return err
		}
	}
	if failed != nil {
		page, err := h.Projects.TicketPage(r.Context(), s, key, number, "")
		if err != nil {
			return h.carry(w, r, s, key, number, "", err)
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component {
			return views.Ticket(s, page, views.TicketView{Comment: f, Files: afresh(ui.Form{})})
		})
	}
	return h.Redirect(w, r, commentURL(s, key, number, f.ID))
}

// unsentComment shows the page of a ticket with its new comment as it stands, and with what it will look like.
func (h *Tickets) unsentComment(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, number int) error {
	page, err := h.Projects.TicketPage(r.Context(), s, key, number, "")
	if err != nil {
		return err
	}
	return h.unsent(w, r, s, func(f ui.Form) templ.Component {
		return views.Ticket(s, page, views.TicketView{Comment: f, Files: afresh(ui.Form{})})
	})
}

// commentURL leads to a comment wherever it stands in the discussion.
func commentURL(s scope.Scope, key string, number int, id uuid.UUID) string {
	return ticketURL(s, key, number) + "/comments/" + id.String()
}

// ShowComment leads to a comment in the discussion of its ticket; for htmx it is the comment alone.
func (h *Tickets) ShowComment(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, id, err := pathComment(r)
	if err != nil {
		return err
	}
	if IsHX(r) {
		return h.commentPart(w, r, s, ui.Flash{})
	}
	place, err := h.Projects.CommentPlace(r.Context(), s, key, number, id)
	if err != nil {
		return follow(h.Base, h.Projects, w, r, s, key, number, err)
	}
	to := ticketURL(s, key, number)
	if place != "" {
		to += "?before=" + url.QueryEscape(place)
	}
	return h.Redirect(w, r, to+"#comment-"+id.String())
}

func pathComment(r *http.Request) (key string, number int, id uuid.UUID, err error) {
	if key, number, err = pathTicket(r); err != nil {
		return "", 0, uuid.Nil, err
	}
	id, err = PathID(r, "id")
	return key, number, id, err
}

// commentPart answers with a comment as it stands now and a line about what happened to it: htmx with the comment alone,
// others by the ticket's page.
func (h *Tickets) commentPart(w http.ResponseWriter, r *http.Request, s scope.Scope, said ui.Flash) error {
	key, number, id, err := pathComment(r)
	if err != nil {
		return err
	}
	if !IsHX(r) {
		h.Sessions.AddUndo(w, r, said.Kind, said.Text, said.UndoURL)
		return h.Redirect(w, r, commentURL(s, key, number, id))
	}
	v := ticketView(r)
	page, err := h.Projects.TicketPage(r.Context(), s, key, number, v.Before)
	if err != nil {
		return err
	}
	c, ok := page.Comment(id)
	if !ok {
		return h.Redirect(w, r, commentURL(s, key, number, id))
	}
	return h.Render(w, r, http.StatusOK, views.CommentPart(s, page, v, c, said))
}

// EditComment shows the form for one's own comment: for htmx in its place, else on a page of its own.
func (h *Tickets) EditComment(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	show, action, err := h.commentForm(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(h.Fresh(w, r, action)))
}

func (h *Tickets) commentForm(r *http.Request, s scope.Scope) (show func(ui.Form) templ.Component, action string, err error) {
	key, number, id, err := pathComment(r)
	if err != nil {
		return nil, "", err
	}
	page, err := h.Projects.CommentPage(r.Context(), s, key, number, id)
	if err != nil {
		return nil, "", err
	}
	return func(f ui.Form) templ.Component {
		if IsHX(r) {
			return views.CommentEditing(s, page, ticketView(r), f)
		}
		return views.CommentEdit(s, page, f)
	}, commentURL(s, key, number, id), nil
}

// UpdateComment changes the text of one's own comment: fields body, and revision, the one that the person saw.
func (h *Tickets) UpdateComment(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, id, err := pathComment(r)
	if err != nil {
		return err
	}
	f, err := Decode[projects.CommentForm](h.Base, r)
	if err != nil {
		return err
	}
	f.ID = id
	if asksPreview(r) {
		show, _, err := h.commentForm(r, s)
		if err != nil {
			return err
		}
		return h.unsent(w, r, s, show)
	}
	if failed := h.Projects.EditComment(r.Context(), s, key, number, f); failed != nil {
		show, _, err := h.commentForm(r, s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	return h.commentPart(w, r, s, ui.Flash{Text: ui.T(r.Context(), "The comment is saved.")})
}

// DeleteComment takes one's own comment away, with a way to take that back.
func (h *Tickets) DeleteComment(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, id, err := pathComment(r)
	if err != nil {
		return err
	}
	if err := h.Projects.DeleteComment(r.Context(), s, key, number, id); err != nil {
		return err
	}
	return h.commentPart(w, r, s, ui.Flash{
		Text: ui.T(r.Context(), "The comment is deleted."), UndoURL: commentURL(s, key, number, id) + "/restore",
	})
}

// RestoreComment brings one's own comment back.
func (h *Tickets) RestoreComment(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, id, err := pathComment(r)
	if err != nil {
		return err
	}
	if err := h.Projects.RestoreComment(r.Context(), s, key, number, id); err != nil {
		return err
	}
	return h.commentPart(w, r, s, ui.Flash{Text: ui.T(r.Context(), "The comment is back.")})
}

// React notes what the person makes of a comment: field add or remove, with the kind.
func (h *Tickets) React(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, id, err := pathComment(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Add    projects.ReactionKind `form:"add"`
		Remove projects.ReactionKind `form:"remove"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.React(r.Context(), s, key, number, id, cmp.Or(f.Add, f.Remove), f.Add != ""); err != nil {
		return err
	}
	if !IsHX(r) {
		return h.Redirect(w, r, commentURL(s, key, number, id))
	}
	v := ticketView(r)
	page, err := h.Projects.TicketPage(r.Context(), s, key, number, v.Before)
	if err != nil {
		return err
	}
	c, ok := page.Comment(id)
	if !ok {
		return h.Redirect(w, r, commentURL(s, key, number, id))
	}
	return h.Render(w, r, http.StatusOK, views.Reactions(s, page, v, c))
}
