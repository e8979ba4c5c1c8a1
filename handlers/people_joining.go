package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views"
	"plinth/views/ui"
)

// ShowJoining shows the join links and the domains of an organization.
func (h *People) ShowJoining(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	show, err := h.joining(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(h.Kept(w, r, ui.OrgPath(s.Slug, "people", "joining", "domains"))))
}

func (h *People) joining(r *http.Request, s scope.Scope) (func(ui.Form) templ.Component, error) {
	ways, err := h.Tenants.Joining(r.Context(), s)
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component { return views.Joining(s, ways, newID(), f) }, nil
}

func (h *People) joiningAgain(w http.ResponseWriter, r *http.Request, s scope.Scope, failed error) error {
	show, err := h.joining(r, s)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, show)
}

// CreateJoinLink makes the link of a role, or makes it anew.
func (h *People) CreateJoinLink(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[tenants.JoinLinkForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Tenants.MakeJoinLink(r.Context(), s, f); err != nil {
		return h.joiningAgain(w, r, s, err)
	}
	h.Flash(w, r, "The link is made. An earlier one of this role no longer works.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "people", "joining"))
}

// EndJoinLink turns the link of a role off.
func (h *People) EndJoinLink(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[tenants.JoinLinkForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Tenants.EndJoinLink(r.Context(), s, f.Role); err != nil {
		return err
	}
	h.Flash(w, r, "The link is turned off.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "people", "joining"))
}

// UpdateDomains says which addresses the organization takes.
func (h *People) UpdateDomains(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[tenants.DomainsForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Tenants.SetDomains(r.Context(), s, f); err != nil {
		return h.joiningAgain(w, r, s, err)
	}
	h.Flash(w, r, "Saved.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "people", "joining"))
}
