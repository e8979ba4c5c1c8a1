package handlers

import (
	"net/http"
	"net/url"

	"plinth/internal/admin"
	"plinth/internal/scope"
	"plinth/views"
)

// Webhooks lists the Stripe events.
func (h *Admin) Webhooks(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	f := admin.WebhookFilter{State: filter(r, "state"), Type: filter(r, "type")}
	rows, types, err := h.Admin.Webhooks(r.Context(), f, filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminWebhooks(h.frame(r), listing(r, "state", "type", "after"), rows, types))
}

// Webhook shows one Stripe event.
func (h *Admin) Webhook(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := pathText(r, "id")
	if err != nil {
		return err
	}
	page, err := h.Admin.Webhook(r.Context(), actor(r, p), id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminWebhook(h.frame(r), page))
}

// ReplayWebhook has a Stripe event applied again.
func (h *Admin) ReplayWebhook(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := pathText(r, "id")
	if err != nil {
		return err
	}
	if err := h.Admin.Replay(r.Context(), actor(r, p), id); err != nil {
		return err
	}
	h.Flash(w, r, "The event is queued again.")
	return h.Redirect(w, r, "/admin/webhooks/"+url.PathEscape(id))
}
