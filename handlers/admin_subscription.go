package handlers

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/admin"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Subscriptions lists the subscriptions of all organizations.
func (h *Admin) Subscriptions(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	f := admin.SubscriptionFilter{
		Status: filter(r, "status"), Plan: filter(r, "plan"), Drift: filter(r, "drift") != "", Override: filter(r, "given") != "",
	}
	page, err := h.Admin.Subscriptions(r.Context(), f, filter(r, "after"))
	if err != nil {
		return err
	}
	l := listing(r, "status", "plan", "drift", "given", "after")
	return h.Render(w, r, http.StatusOK, views.AdminSubscriptions(h.frame(r), l, page))
}

// subscriptionIDs reads which subscription of which organization is meant.
func subscriptionIDs(r *http.Request) (tenant, id uuid.UUID, err error) {
	if tenant, err = PathID(r, "id"); err != nil {
		return tenant, id, err
	}
	id, err = PathID(r, "sub")
	return tenant, id, err
}

// Subscription shows one subscription; with ask=stripe beside what Stripe says at this moment.
func (h *Admin) Subscription(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	tenant, id, err := subscriptionIDs(r)
	if err != nil {
		return err
	}
	page, err := h.Admin.Subscription(r.Context(), actor(r, p), tenant, id, filter(r, "ask") == "stripe")
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminSubscription(h.frame(r), page, ui.Form{}))
}

// Refetch brings a subscription's row to what Stripe says.
func (h *Admin) Refetch(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	tenant, id, err := subscriptionIDs(r)
	if err != nil {
		return err
	}
	if failed := h.Admin.Refetch(r.Context(), actor(r, p), tenant, id); failed != nil {
		page, err := h.Admin.Subscription(r.Context(), actor(r, p), tenant, id, false)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.AdminSubscription(h.frame(r), page, form) })
	}
	h.Flash(w, r, "The row is what Stripe says now.")
	return h.Redirect(w, r, "/admin/organizations/"+tenant.String()+"/subscriptions/"+id.String())
}

// Plans shows the catalogue in force; with ask=stripe beside the prices that Stripe has.
func (h *Admin) Plans(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	page, err := h.Admin.PlanCatalogue(r.Context(), filter(r, "ask") == "stripe")
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminPlans(h.frame(r), page))
}
