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

// Outbox lists what is posted to servers of organizations, and which of those are in trouble.
func (h *Admin) Outbox(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	f := admin.OutboxFilter{State: filter(r, "state"), Organization: filter(r, "organization")}
	f.Endpoint, _ = uuid.Parse(filter(r, "endpoint")) // what is none is every one
	outbox, err := h.Admin.Outbox(r.Context(), f, filter(r, "after"), filter(r, "behind"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminOutbox(h.frame(r), listing(r, "state", "organization", "endpoint", "after", "behind"), outbox))
}

// Delivery shows one delivery.
func (h *Admin) Delivery(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.delivery(w, r, p, nil)
}

// delivery draws a delivery, with the form that posts it again once more when failed is not nil.
func (h *Admin) delivery(w http.ResponseWriter, r *http.Request, p scope.Person, failed error) error {
	id, err := pathText(r, "id")
	if err != nil {
		return err
	}
	page, err := h.Admin.OutboxDelivery(r.Context(), actor(r, p), id)
	if err != nil {
		return err
	}
	if failed == nil {
		return h.Render(w, r, http.StatusOK, views.AdminDelivery(h.frame(r), page, ui.Form{}))
	}
	return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.AdminDelivery(h.frame(r), page, form) })
}

// Redeliver posts a delivery once more.
func (h *Admin) Redeliver(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := pathText(r, "id")
	if err != nil {
		return err
	}
	if failed := h.Admin.Redeliver(r.Context(), actor(r, p), id); failed != nil {
		return h.delivery(w, r, p, failed)
	}
	h.Flash(w, r, ui.T(r.Context(), "It is posted within seconds."))
	return h.Redirect(w, r, "/admin/outbox/"+id)
}

// ResumeEndpoint lets a paused webhook of an organization be posted to again.
func (h *Admin) ResumeEndpoint(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	tenant, err := PathID(r, "id")
	if err != nil {
		return err
	}
	endpoint, err := PathID(r, "hook")
	if err != nil {
		return err
	}
	if err := h.Admin.ResumeEndpoint(r.Context(), actor(r, p), tenant, endpoint); err != nil {
		return err
	}
	h.Flash(w, r, ui.T(r.Context(), "The webhook is active again."))
	return h.Redirect(w, r, "/admin/outbox")
}
