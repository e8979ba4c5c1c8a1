package handlers

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"plinth/internal/admin"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Webhooks lists the Stripe events.
func (h *Admin) Webhooks(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	return h.webhooks(w, r, filter(r, "state"), filter(r, "type"), filter(r, "customer"), nil)
}

// webhooks draws the list, with the form that replays all of it once more when failed is not nil.
func (h *Admin) webhooks(w http.ResponseWriter, r *http.Request, state, kind, customer string, failed error) error {
	f := admin.WebhookFilter{State: state, Type: kind, Customer: customer}
	page, err := h.Admin.Webhooks(r.Context(), f, filter(r, "after"))
	if err != nil {
		return err
	}
	l := listing(r, "after")
	l.Path = "/admin/webhooks"
	for name, value := range map[string]string{"state": state, "type": kind, "customer": customer} {
		if value != "" {
			l.Query.Set(name, value)
		}
	}
	if failed == nil {
		return h.Render(w, r, http.StatusOK, views.AdminWebhooks(h.frame(r), l, f, page, ui.Form{}))
	}
	return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.AdminWebhooks(h.frame(r), l, f, page, form) })
}

// ReplayWebhooks begins to have all waiting events of a filter applied again.
func (h *Admin) ReplayWebhooks(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[admin.ReplayForm](h.Base, r)
	if err != nil {
		return err
	}
	failed := h.Admin.ReplayAll(r.Context(), actor(r, p), f)
	if fault.Is(failed, fault.Conflict) || failed != nil && !(admin.WebhookFilter{State: f.State}).Replayable() {
		return failed
	}
	if failed != nil {
		return h.webhooks(w, r, f.State, f.Type, f.Customer, failed)
	}
	return h.Redirect(w, r, "/admin/jobs/bulk/"+f.ID.String())
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
	return h.Render(w, r, http.StatusOK, views.AdminWebhook(h.frame(r), page, ui.Form{}))
}

// ReplayWebhook has a Stripe event applied again.
func (h *Admin) ReplayWebhook(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := pathText(r, "id")
	if err != nil {
		return err
	}
	if failed := h.Admin.Replay(r.Context(), actor(r, p), id); failed != nil {
		page, err := h.Admin.Webhook(r.Context(), actor(r, p), id)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.AdminWebhook(h.frame(r), page, form) })
	}
	h.Flash(w, r, "The event is queued again.")
	return h.Redirect(w, r, "/admin/webhooks/"+url.PathEscape(id))
}
