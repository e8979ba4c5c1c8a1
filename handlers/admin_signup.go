package handlers

import (
	"net/http"

	"plinth/internal/scope"
	"plinth/views"
)

// Signups lists the sign-ups whose address is not proven yet.
func (h *Admin) Signups(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	list, err := h.Admin.Signups(r.Context(), filter(r, "q"), filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminSignups(h.frame(r), listing(r, "q", "after"), list))
}

// Verify makes the account of a sign-up.
func (h *Admin) Verify(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	user, err := h.Admin.Verify(r.Context(), actor(r, p), id)
	if err != nil {
		return err
	}
	h.Flash(w, r, "The account is there. Its person is told by mail.")
	return h.Redirect(w, r, "/admin/users/"+user.String())
}
