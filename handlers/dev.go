package handlers

import (
	"net/http"

	"plinth/internal/auth"
	"plinth/views"
)

// Dev serves the first of the developer pages.
type Dev struct {
	*Base
	Auth *auth.Auth
}

// Show leads to the developer pages and shows the second-factor codes of this moment.
func (h *Dev) Show(w http.ResponseWriter, r *http.Request) error {
	codes, err := h.Auth.CurrentCodes(r.Context())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Dev(codes))
}
