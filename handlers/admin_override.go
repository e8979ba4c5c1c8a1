package handlers

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/admin"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Give gives an organization a plan, or a longer trial.
func (h *Admin) Give(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := Decode[admin.GiveForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.Give(r.Context(), actor(r, p), id, f); failed != nil {
		return h.againOrganization(w, r, p, id, failed, func(form ui.Form) views.OrganizationForms { return views.OrganizationForms{Give: form} })
	}
	h.Flash(w, r, "It is given. The owners read of it in the audit log.")
	return h.Redirect(w, r, "/admin/organizations/"+id.String())
}

// EndGift ends what was given.
func (h *Admin) EndGift(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := Decode[admin.EndGiftForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.EndGift(r.Context(), actor(r, p), id, f); failed != nil {
		return h.againOrganization(w, r, p, id, failed, func(form ui.Form) views.OrganizationForms { return views.OrganizationForms{EndGift: form} })
	}
	h.Flash(w, r, "What was given has ended.")
	return h.Redirect(w, r, "/admin/organizations/"+id.String())
}

// againOrganization shows an organization with the one of its forms that came back.
func (h *Admin) againOrganization(w http.ResponseWriter, r *http.Request, p scope.Person, id uuid.UUID, failed error, in func(ui.Form) views.OrganizationForms) error {
	page, err := h.Admin.Organization(r.Context(), actor(r, p), id, "", "")
	if err != nil {
		return err
	}
	if page.Erasure != nil { // nothing is done to it any more
		return fault.Missing()
	}
	return h.Again(w, r, failed, func(form ui.Form) templ.Component {
		return views.AdminOrganization(h.frame(r), listing(r, "people", "invoices"), page, in(form))
	})
}
