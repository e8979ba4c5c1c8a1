package handlers

import (
	"net/http"

	"plinth/internal/billing"
	"plinth/views"
	"plinth/views/ui"
)

// Pages serves what anybody may read.
type Pages struct {
	*Base
	Plans *billing.Catalogue
}

// Landing shows what Plinth is and what it costs.
func (h *Pages) Landing(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, views.Landing(views.PlanCards(h.Plans.Plans())))
}

// Pricing compares the plans. Who manages the only organization they belong to is led to its own plan.
func (h *Pages) Pricing(w http.ResponseWriter, r *http.Request) error {
	nav := ui.NavFrom(r.Context())
	if len(nav.Orgs) == 1 && nav.Orgs[0].CanManage {
		return h.Redirect(w, r, ui.OrgPath(nav.Orgs[0].Slug, "billing")+"#plans")
	}
	page := views.PricingPage{Plans: h.Plans.Plans(), Interval: "month"}
	if r.URL.Query().Get("by") == "year" {
		page.Interval = "year"
	}
	return h.Render(w, r, http.StatusOK, views.Pricing(page))
}

// Terms shows the terms that a sign-up accepts.
func (h *Pages) Terms(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, views.Terms())
}

// Privacy shows the privacy notice.
func (h *Pages) Privacy(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, views.Privacy())
}

// SetTheme keeps the choice of light, dark or as the system, and goes back to the page.
func (h *Pages) SetTheme(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[struct {
		Theme string `form:"theme"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if f.Theme != "light" && f.Theme != "dark" {
		f.Theme = ""
	}
	h.Sessions.SetTheme(w, f.Theme)
	return h.Redirect(w, r, pageOf(r))
}

// Events shows what webhooks are told of.
func (h *Pages) Events(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, views.EventsDoc())
}
