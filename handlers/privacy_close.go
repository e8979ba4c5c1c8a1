package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/privacy"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// ClosingPath is where whoever's account is closing is led, whatever they ask for.
const ClosingPath = "/account/closing"

// ShowClose says what deleting the account does, and asks for it.
func (h *Privacy) ShowClose(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	show, err := h.closing(r, p)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(h.Fresh(w, r, "/account/delete")))
}

func (h *Privacy) closing(r *http.Request, p scope.Person) (func(ui.Form) templ.Component, error) {
	sole, err := h.Privacy.Hindrances(r.Context(), p)
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component { return views.DeleteAccount(p, sole, f) }, nil
}

// Close has the account deleted after some days.
func (h *Privacy) Close(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[privacy.CloseForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Privacy.Close(r.Context(), p, f, Device(r)); failed != nil {
		show, err := h.closing(r, p)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	return h.Redirect(w, r, ClosingPath)
}

// ShowClosing says until when the account can be kept.
func (h *Privacy) ShowClosing(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if p.EraseAt.IsZero() {
		return h.Redirect(w, r, "/account")
	}
	return h.Render(w, r, http.StatusOK, views.ClosingAccount(p))
}

// Keep takes the closing of the account back.
func (h *Privacy) Keep(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if err := h.Privacy.Keep(r.Context(), p, Device(r)); err != nil {
		return err
	}
	h.Flash(w, r, "Your account stays. Nothing was erased.")
	return h.Redirect(w, r, "/account")
}
