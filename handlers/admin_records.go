package handlers

import (
	"net/http"

	"plinth/internal/admin"
	"plinth/internal/scope"
	"plinth/views"
)

func records(r *http.Request) admin.RecordFilter {
	return admin.RecordFilter{Search: filter(r, "q"), State: filter(r, "state")}
}

// Users lists the accounts.
func (h *Admin) Users(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	users, err := h.Admin.Users(r.Context(), records(r), filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminUsers(h.frame(r), listing(r, "q", "state", "after"), users))
}

// User shows one account.
func (h *Admin) User(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	page, err := h.Admin.User(r.Context(), id, filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminUser(h.frame(r), listing(r, "after"), page, views.UserForms{}))
}

// Organizations lists the organizations.
func (h *Admin) Organizations(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	orgs, err := h.Admin.Organizations(r.Context(), records(r), filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminOrganizations(h.frame(r), listing(r, "q", "state", "after"), orgs))
}

// Organization shows one organization.
func (h *Admin) Organization(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	page, err := h.Admin.Organization(r.Context(), actor(r, p), id, filter(r, "people"), filter(r, "invoices"))
	if err != nil {
		return err
	}
	if page.Erasure != nil {
		return h.Render(w, r, http.StatusOK, views.AdminErasure(h.frame(r), *page.Erasure))
	}
	return h.Render(w, r, http.StatusOK, views.AdminOrganization(h.frame(r), listing(r, "people", "invoices"), page, views.OrganizationForms{}))
}
