package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// ShowChange shows what a change of plan costs and when it happens, before anybody confirms it.
func (h *Billing) ShowChange(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	if err := h.Billing.TakePreview(r.Context(), s); err != nil {
		return err
	}
	query := r.URL.Query()
	p, err := h.Billing.PreviewChange(r.Context(), s, billing.Choice{Plan: query.Get("plan"), Interval: query.Get("interval")})
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.BillingChange(s, p))
}

// Change makes the confirmed change, or plans it.
func (h *Billing) Change(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[billing.ChangeForm](h.Base, r)
	if err != nil {
		return err
	}
	changed, err := h.Billing.ChangePlan(r.Context(), s, f)
	if err != nil {
		return err
	}
	return h.changed(w, r, s, changed, "The plan is changed.")
}

// changed says what became of a change, or leads to where the payment for it is finished.
func (h *Billing) changed(w http.ResponseWriter, r *http.Request, s scope.Scope, c billing.Changed, done string) error {
	if c.PayURL != "" {
		return h.leave(w, r, c.PayURL, "the invoice")
	}
	if !c.At.IsZero() {
		done = ui.T(r.Context(), "The plan changes on %s.", ui.LongDay(r.Context(), c.At))
	}
	h.Flash(w, r, done)
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "billing"))
}

// Keep takes a planned change of plan back.
func (h *Billing) Keep(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	if err := h.Billing.KeepPlan(r.Context(), s); err != nil {
		return err
	}
	h.Flash(w, r, "The plan stays as it is.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "billing"))
}

// ShowCancel shows what ends and when, before anybody confirms it.
func (h *Billing) ShowCancel(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	o, err := h.Billing.Overview(r.Context(), s)
	if err != nil {
		return err
	}
	if !o.Cancelable() {
		return h.Redirect(w, r, ui.OrgPath(s.Slug, "billing"))
	}
	return h.Render(w, r, http.StatusOK, views.BillingCancel(s, h.cancelPage(o), ui.Form{}))
}

func (h *Billing) cancelPage(o billing.Overview) views.CancelPage {
	page := views.CancelPage{Overview: o, Free: h.Billing.Plans.Free()}
	if o.Subscription != nil {
		page.Plan, _ = h.Billing.Plans.Plan(o.Subscription.Plan)
		page.Pending = billing.PendingOf(o.Subscription, h.Billing.Plans.Plans())
	}
	return page
}

// Cancel ends the subscription.
func (h *Billing) Cancel(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[billing.CancelForm](h.Base, r)
	if err != nil {
		return err
	}
	err = h.Billing.Cancel(r.Context(), s, f)
	if stays(err) {
		o, asked := h.Billing.Overview(r.Context(), s)
		if asked != nil {
			return asked
		}
		return h.AgainAway(w, r, err, func(f ui.Form) templ.Component { return views.BillingCancel(s, h.cancelPage(o), f) })
	}
	if err != nil {
		return err
	}
	h.Flash(w, r, "The subscription is cancelled.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "billing"))
}

// Resume takes the planned end of the subscription back.
func (h *Billing) Resume(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	if err := h.Billing.Resume(r.Context(), s); err != nil {
		return err
	}
	h.Flash(w, r, "The subscription goes on.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "billing"))
}

// ShowStart shows what paying from now on costs, before anybody confirms it.
func (h *Billing) ShowStart(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	if err := h.Billing.TakePreview(r.Context(), s); err != nil {
		return err
	}
	p, err := h.Billing.PreviewStart(r.Context(), s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.BillingStart(s, p))
}

// Start ends the trial and pays for the first period.
func (h *Billing) Start(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[billing.StartForm](h.Base, r)
	if err != nil {
		return err
	}
	started, err := h.Billing.StartPaying(r.Context(), s, f)
	if err != nil {
		return err
	}
	return h.changed(w, r, s, started, "The subscription has begun.")
}
