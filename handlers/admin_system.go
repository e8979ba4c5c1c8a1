package handlers

import (
	"net/http"
	"time"

	"plinth/internal/scope"
	"plinth/views"
)

// System shows what runs.
func (h *Admin) System(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	page, err := h.Admin.System(r.Context(), time.Now())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminSystem(h.frame(r), page))
}

// Request shows what one request did.
func (h *Admin) Request(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	id, err := pathText(r, "id")
	if err != nil {
		return err
	}
	page, err := h.Admin.Request(r.Context(), id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminRequest(h.frame(r), page))
}
