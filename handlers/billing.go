package handlers

import (
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/telemetry"
	"plinth/views"
	"plinth/views/ui"
)

// Billing serves an organization's plan, payments and invoices.
type Billing struct {
	*Base
	Billing *billing.Billing
}

// Show shows the plan, what is used of it, and the invoices. Somebody who comes back from Stripe (?from=) makes it ask
// there once; what it shows is always what the rows say.
func (h *Billing) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	page := h.page(r)
	if page.From != "" && s.May(scope.ManageBilling) {
		if err := h.Billing.Refresh(r.Context(), s); err != nil {
			if !fault.Is(err, fault.Unavailable) {
				return err
			}
			telemetry.TraceFrom(r.Context()).Err = err
			page.StripeAway = true
		}
	}
	var err error
	if page.Overview, err = h.Billing.Overview(r.Context(), s); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Billing(s, page))
}

// page is the billing page as it was asked for, before anything is read.
func (h *Billing) page(r *http.Request) views.BillingPage {
	page := views.BillingPage{From: r.URL.Query().Get("from"), Plans: h.Billing.Plans.Plans(), Interval: "month"}
	if r.URL.Query().Get("by") == "year" {
		page.Interval = "year"
	}
	return page
}

// again shows the billing page once more with what is wrong with one of its forms.
func (h *Billing) again(w http.ResponseWriter, r *http.Request, s scope.Scope, failed error) error {
	if !stays(failed) {
		return failed
	}
	page := h.page(r)
	var err error
	if page.Overview, err = h.Billing.Overview(r.Context(), s); err != nil {
		return err
	}
	return h.AgainAway(w, r, failed, func(f ui.Form) templ.Component {
		page.Form = f
		return views.Billing(s, page)
	})
}

// SetEmail says where receipts go instead of to the owners, and mails about payments besides them.
func (h *Billing) SetEmail(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[billing.EmailForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Billing.SetEmail(r.Context(), s, f); err != nil {
		return h.again(w, r, s, err)
	}
	h.Flash(w, r, "Saved.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "billing"))
}

// ApplyCode takes off what a promotion code is for.
func (h *Billing) ApplyCode(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[billing.CodeForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Billing.TakeCode(r.Context(), s); err != nil {
		return h.again(w, r, s, err)
	}
	if err := h.Billing.ApplyCode(r.Context(), s, f); err != nil {
		return h.again(w, r, s, err)
	}
	h.Flash(w, r, "The code is applied.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "billing"))
}

// Invoices lists all invoices.
func (h *Billing) Invoices(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	invoices, next, err := h.Billing.Invoices(r.Context(), s, invoiceCursor(r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Invoices(s, invoices, next))
}

// invoiceCursor reads a page's place; what cannot be read is the first page.
func invoiceCursor(text string) billing.InvoiceCursor {
	at, id := cutLast(text, "_")
	issued, err1 := time.Parse(time.RFC3339Nano, at)
	invoice, err2 := uuid.Parse(id)
	if err1 != nil || err2 != nil {
		return billing.InvoiceCursor{}
	}
	return billing.InvoiceCursor{IssuedAt: issued, ID: invoice}
}

// CreateCheckout leads to the page where a plan is bought.
func (h *Billing) CreateCheckout(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[billing.Choice](h.Base, r)
	if err != nil {
		return err
	}
	to, err := h.Billing.StartCheckout(r.Context(), s, f)
	if err != nil {
		return err
	}
	return h.leave(w, r, to, "Stripe")
}

// CreateTrial begins a trial without a card.
func (h *Billing) CreateTrial(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[billing.Choice](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Billing.StartTrial(r.Context(), s, f.Plan); err != nil {
		return err
	}
	h.Flash(w, r, "The trial has begun.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "billing"))
}

// OpenPortal leads to the page where cards, invoices and the end of a subscription are looked after.
func (h *Billing) OpenPortal(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[struct {
		Way string `form:"way"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	to, err := h.Billing.Portal(r.Context(), s, f.Way)
	if err != nil {
		return err
	}
	return h.leave(w, r, to, "the billing portal")
}

// leave takes the browser to another site. A form may not redirect there under the pages' policy, so it is a page with
// a link; htmx is told by header.
func (b *Base) leave(w http.ResponseWriter, r *http.Request, to, name string) error {
	if IsHX(r) {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	return b.Render(w, r, http.StatusOK, views.Leaving(to, name))
}
