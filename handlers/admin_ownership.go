package handlers

import (
	"net/http"

	"plinth/internal/admin"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Transfer makes a member of an organization its owner.
func (h *Admin) Transfer(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := Decode[admin.TransferForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.Transfer(r.Context(), actor(r, p), id, f); failed != nil {
		return h.againOrganization(w, r, p, id, failed, func(form ui.Form) views.OrganizationForms { return views.OrganizationForms{Transfer: form} })
	}
	h.Flash(w, r, "The organization has a new owner.")
	return h.Redirect(w, r, "/admin/organizations/"+id.String())
}

// DeleteOrganization asks for the deletion of an organization.
func (h *Admin) DeleteOrganization(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := Decode[admin.DeleteOrganizationForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.DeleteOrganization(r.Context(), actor(r, p), id, f); failed != nil {
		return h.againOrganization(w, r, p, id, failed, func(form ui.Form) views.OrganizationForms { return views.OrganizationForms{Delete: form} })
	}
	h.Flash(w, r, "The organization is being deleted. Its owners can bring it back for 30 days.")
	return h.Redirect(w, r, "/admin/organizations/"+id.String())
}

// RestoreOrganization takes the deletion of an organization back.
func (h *Admin) RestoreOrganization(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Admin.RestoreOrganization(r.Context(), actor(r, p), id); err != nil {
		return err
	}
	h.Flash(w, r, "The organization is back.")
	return h.Redirect(w, r, "/admin/organizations/"+id.String())
}

// NoteOrganization keeps a note about an organization.
func (h *Admin) NoteOrganization(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := Decode[admin.NoteForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.NoteOrganization(r.Context(), actor(r, p), id, f); failed != nil {
		return h.againOrganization(w, r, p, id, failed, func(form ui.Form) views.OrganizationForms { return views.OrganizationForms{Note: form} })
	}
	return h.Redirect(w, r, "/admin/organizations/"+id.String()+"#notes")
}

// DeleteNote takes away a note of one's own.
func (h *Admin) DeleteNote(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Admin.DeleteNote(r.Context(), actor(r, p), id); err != nil {
		return err
	}
	h.Flash(w, r, "The note is gone.")
	return h.Redirect(w, r, SafeNext(r.PostForm.Get("back"), "/admin"))
}
