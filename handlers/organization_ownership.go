package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views"
	"plinth/views/ui"
)

// ShowOwnership shows an owner what waits, and the form that hands over.
func (h *Organizations) ShowOwnership(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	show, err := h.ownership(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(h.Fresh(w, r, ui.OrgPath(s.Slug, "settings", "ownership"))))
}

func (h *Organizations) ownership(r *http.Request, s scope.Scope) (func(ui.Form) templ.Component, error) {
	offers, members, err := h.Tenants.Offers(r.Context(), s)
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component { return views.Ownership(s, offers, members, f) }, nil
}

// OfferOwnership names the member to whom an owner hands over.
func (h *Organizations) OfferOwnership(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[tenants.OfferForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Tenants.OfferOwnership(r.Context(), s, f); failed != nil {
		show, err := h.ownership(r, s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	h.Flash(w, r, "The offer is on its way. You stay owner until it is confirmed.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "settings", "ownership"))
}

// WithdrawOwnership takes an offer back.
func (h *Organizations) WithdrawOwnership(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Tenants.WithdrawOffer(r.Context(), s, id); err != nil {
		return err
	}
	h.Flash(w, r, "The offer is withdrawn.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "settings", "ownership"))
}

// ShowOffer shows the person named what they are offered.
func (h *Organizations) ShowOffer(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	offers, _, err := h.Tenants.Offers(r.Context(), s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.OwnershipOffer(s, offers))
}

// ConfirmOwnership makes the person named an owner.
func (h *Organizations) ConfirmOwnership(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Tenants.ConfirmOwnership(r.Context(), s, id); err != nil {
		return err
	}
	h.Flash(w, r, "You are an owner of "+s.Name+" now.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug))
}

// DeclineOwnership says no to an offer.
func (h *Organizations) DeclineOwnership(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Tenants.DeclineOffer(r.Context(), s, id); err != nil {
		return err
	}
	h.Flash(w, r, "You have declined. Nothing has changed.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug))
}
