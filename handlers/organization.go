package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views"
	"plinth/views/ui"
)

// Organizations serves founding, choosing and changing an organization.
type Organizations struct {
	*Base
	Tenants *tenants.Tenants
}

// Index leads to a person's only organization, lists several and those that can be brought back, or asks for the first. Staff
// without one are led to the back-office.
func (h *Organizations) Index(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	deleted, err := h.Tenants.Restorable(r.Context(), p)
	if err != nil {
		return err
	}
	switch orgs := ui.NavFrom(r.Context()).Orgs; {
	case len(orgs) == 0 && len(deleted) == 0 && p.Staff != "" && h.OfficeURL == "":
		return h.Redirect(w, r, "/admin") // who came for that need not found anything
	case len(orgs) == 0 && len(deleted) == 0:
		return h.Redirect(w, r, "/orgs/new")
	case len(orgs) == 1 && len(deleted) == 0:
		return h.Redirect(w, r, ui.OrgPath(orgs[0].Slug))
	default:
		open, err := h.Tenants.OpenTo(r.Context(), p)
		if err != nil {
			return err
		}
		return h.Render(w, r, http.StatusOK, views.Organizations(orgs, open, deleted))
	}
}

// New shows the form for an organization.
func (h *Organizations) New(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	open, err := h.Tenants.OpenTo(r.Context(), p)
	if err != nil {
		return err
	}
	f := h.Fresh(w, r, "/orgs")
	if plan := r.URL.Query().Get("plan"); h.sold(plan) {
		f.Values["plan"] = []string{plan}
	}
	return h.Render(w, r, http.StatusOK, views.OrganizationNew(open, f))
}

// sold says whether there is a plan of that key that is paid for.
func (h *Organizations) sold(key string) bool {
	plan, ok := h.Tenants.Plans.Plan(key)
	return ok && len(plan.Prices) > 0
}

// Create founds an organization. Whoever came for a plan is led to where it is tried or bought.
func (h *Organizations) Create(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[tenants.NewForm](h.Base, r)
	if err != nil {
		return err
	}
	slug, failed := h.Tenants.Create(r.Context(), p, f)
	if failed != nil {
		open, err := h.Tenants.OpenTo(r.Context(), p)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.OrganizationNew(open, f) })
	}
	if h.sold(r.PostForm.Get("plan")) {
		return h.Redirect(w, r, ui.OrgPath(slug, "billing")+"#plans")
	}
	return h.Redirect(w, r, ui.OrgPath(slug))
}

// Settings shows the organization's settings.
func (h *Organizations) Settings(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	show, err := h.settings(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(h.Kept(w, r, ui.OrgPath(s.Slug, "settings"))))
}

func (h *Organizations) settings(r *http.Request, s scope.Scope) (func(ui.Form) templ.Component, error) {
	set, err := h.Tenants.Settings(r.Context(), s)
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component {
		return views.OrganizationSettings(set, s, afresh(ui.Form{}), f, ui.Form{})
	}, nil
}

// Update changes the organization's name and time zone.
func (h *Organizations) Update(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[struct {
		Name string `form:"name"`
		Zone string `form:"time_zone"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Tenants.Rename(r.Context(), s, f.Name, f.Zone); failed != nil {
		show, err := h.settings(r, s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	h.Flash(w, r, "Saved.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "settings"))
}
