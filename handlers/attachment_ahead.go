package handlers

import (
	"net/http"

	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// CreateAhead keeps what a script sends for a ticket that is not there yet: field draft, the id of the ticket's form. The
// answer is the line about each file, or about what is wrong.
func (h *Attachments) CreateAhead(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	made, failed := h.Receive(w, r, s, key, 0, "draft")
	if failed == nil && parse(r) == nil && r.PostForm.Get("from") != "" {
		return h.carry(w, r, s, views.TicketRef{Key: key})
	}
	if failed == nil && len(made) == 0 {
		if _, err := h.Projects.NewPage(r.Context(), s, key); err != nil {
			return err // nothing was asked of the project yet
		}
		failed = fault.Field(files.Field, "Choose a file first.")
	}
	return h.lines(w, r, s, views.TicketRef{Key: key}, made, failed)
}

// ShowAnywhere sends a file by its id alone, wherever its ticket is, or while it is not there yet.
func (h *Attachments) ShowAnywhere(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	file, err := h.Files.Open(r.Context(), s, files.Place{}, id)
	if err != nil {
		return err
	}
	return h.send(w, r, file, "private, no-cache")
}

// ThumbnailAnywhere sends the thumbnail of an image by its id alone.
func (h *Attachments) ThumbnailAnywhere(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	return h.drawn(w, r, func() (*files.Opened, error) { return h.Files.OpenThumbnail(r.Context(), s, files.Place{}, id) })
}

// RemoveAhead takes away what was sent for a ticket that is not there yet.
func (h *Attachments) RemoveAhead(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	a, err := h.Files.RemoveAhead(r.Context(), s, id)
	if err != nil {
		return err
	}
	text := ui.T(r.Context(), "%s is removed.", a.Name)
	if IsHX(r) {
		return h.Render(w, r, http.StatusOK, ui.ToastPart(ui.Flash{Text: text}))
	}
	h.Flash(w, r, text)
	return h.Redirect(w, r, backOr(r, ui.OrgPath(s.Slug)))
}
