package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// UpdateLogo makes an image the organization's logo.
func (h *Organizations) UpdateLogo(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, failed := sentPicture(w, r)
	if failed == nil {
		s.Logo, failed = h.Tenants.SetLogo(r.Context(), s, f)
	}
	if failed == nil {
		return h.branded(w, r, s, ui.T(r.Context(), "The logo is saved."))
	}
	if IsHX(r) {
		return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.OrganizationLogo(s, afresh(f)) })
	}
	set, err := h.Tenants.Settings(r.Context(), s)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, func(f ui.Form) templ.Component {
		return views.OrganizationSettings(set, s, afresh(f), ui.Form{}, ui.Form{})
	})
}

// RemoveLogo takes the organization's logo away.
func (h *Organizations) RemoveLogo(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	if err := h.Tenants.RemoveLogo(r.Context(), s); err != nil {
		return err
	}
	s.Logo = ""
	return h.branded(w, r, s, ui.T(r.Context(), "The logo is removed."))
}

// branded answers a change of the logo, for htmx with the part of the page about it.
func (h *Organizations) branded(w http.ResponseWriter, r *http.Request, s scope.Scope, said string) error {
	if !IsHX(r) {
		h.Flash(w, r, said)
		return h.Redirect(w, r, ui.OrgPath(s.Slug, "settings"))
	}
	nav := ui.NavFrom(r.Context())
	for i := range nav.Orgs {
		if nav.Orgs[i].Slug == s.Slug {
			nav.Orgs[i].Logo = s.Logo
		}
	}
	if nav.Org != nil {
		nav.Org.Logo = s.Logo
	}
	r = r.WithContext(ui.WithNav(r.Context(), nav))
	return h.Render(w, r, http.StatusOK, views.OrganizationLogoChanged(s, afresh(ui.Form{}), said))
}
