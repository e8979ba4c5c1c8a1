package handlers

import (
	"net/http"

	"plinth/internal/billing"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views"
	"plinth/views/ui"
)

// Dashboards serves the first page of an organization.
type Dashboards struct {
	*Base
	Projects *projects.Projects
	Plans    *billing.Catalogue
	Tenants  *tenants.Tenants
}

// HideSteps puts the first steps away for the person.
func (h *Dashboards) HideSteps(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	if err := h.Tenants.HideSteps(r.Context(), s); err != nil {
		return err
	}
	return h.Redirect(w, r, ui.OrgPath(s.Slug))
}

// Show shows what is the person's, how the projects are, what happened, and how much of the plan is used.
func (h *Dashboards) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	page, err := h.Projects.Dashboard(r.Context(), s)
	if err != nil {
		return err
	}
	plan, _ := h.Plans.Plan(s.Limits.Plan) // the guard has it from the same catalogue
	return h.Render(w, r, http.StatusOK, views.Dashboard(s, page, plan.Name))
}
