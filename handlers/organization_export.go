package handlers

import (
	"net/http"

	"github.com/google/uuid"

	"plinth/internal/privacy"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// OrganizationExports serves the copy of all that an organization has.
type OrganizationExports struct {
	*Base
	Privacy *privacy.Privacy
}

// Show says how far the copy of the organization is.
func (h *OrganizationExports) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	export, err := h.Privacy.NewestOfOrganization(r.Context(), s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.OrganizationExport(s, export, h.Fresh(w, r, ui.OrgPath(s.Slug, "settings", "export"))))
}

// Create begins a copy.
func (h *OrganizationExports) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[struct {
		ID uuid.UUID `form:"id"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Privacy.StartOrganizationExport(r.Context(), s, f.ID); err != nil {
		return err
	}
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "settings", "export"))
}

// Fetch sends a finished copy.
func (h *OrganizationExports) Fetch(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	file, err := h.Privacy.FetchOrganization(r.Context(), s, id)
	if err != nil {
		return err
	}
	return h.sendZIP(w, r, file)
}
