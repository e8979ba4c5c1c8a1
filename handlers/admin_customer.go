package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// UnknownCustomers lists Stripe's customers that are no organization's.
func (h *Admin) UnknownCustomers(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	customers, err := h.Admin.UnknownCustomers(r.Context(), filter(r, "show") == "all", filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminCustomers(h.frame(r), listing(r, "show", "after"), customers))
}

// UnknownCustomer shows one of them.
func (h *Admin) UnknownCustomer(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	id, err := pathText(r, "id")
	if err != nil {
		return err
	}
	page, err := h.Admin.UnknownCustomer(r.Context(), id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminCustomer(h.frame(r), page, ui.Form{}))
}

// IgnoreCustomer says that a customer is nobody's.
func (h *Admin) IgnoreCustomer(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := pathText(r, "id")
	if err != nil {
		return err
	}
	if failed := h.Admin.IgnoreCustomer(r.Context(), actor(r, p), id); failed != nil {
		page, err := h.Admin.UnknownCustomer(r.Context(), id)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.AdminCustomer(h.frame(r), page, form) })
	}
	h.Flash(w, r, "Its parked events are closed.")
	return h.Redirect(w, r, "/admin/customers")
}
