package handlers

import (
	"net/http"

	"plinth/internal/admin"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Suspend lets an organization be read and not changed.
func (h *Admin) Suspend(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := Decode[admin.SuspendForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.Suspend(r.Context(), actor(r, p), id, f); failed != nil {
		return h.againOrganization(w, r, p, id, failed, func(form ui.Form) views.OrganizationForms { return views.OrganizationForms{Suspend: form} })
	}
	h.Flash(w, r, "The organization is suspended. Its owners are told by mail.")
	return h.Redirect(w, r, "/admin/organizations/"+id.String())
}

// Lift lets a suspended organization be changed again.
func (h *Admin) Lift(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Admin.Lift(r.Context(), actor(r, p), id); err != nil {
		return err
	}
	h.Flash(w, r, "The organization is open again. Its owners are told by mail.")
	return h.Redirect(w, r, "/admin/organizations/"+id.String())
}
