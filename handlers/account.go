package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Account serves a person's own account.
type Account struct {
	*Base
	Auth *auth.Auth
}

// Show shows the profile and the form for a new password.
func (h *Account) Show(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	factors, err := h.Auth.Factors(r.Context(), p.ID)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Account(p, factors, h.Kept(w, r, "/account"), ui.Form{}))
}

// again shows the page with what was typed into one of its forms.
func (h *Account) again(w http.ResponseWriter, r *http.Request, p scope.Person, failed error, show func(auth.Factors, ui.Form) templ.Component) error {
	factors, err := h.Auth.Factors(r.Context(), p.ID)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, func(f ui.Form) templ.Component { return show(factors, f) })
}

// Update changes name and time zone.
func (h *Account) Update(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[auth.ProfileForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Auth.UpdateProfile(r.Context(), p, f); err != nil {
		return h.again(w, r, p, err, func(have auth.Factors, f ui.Form) templ.Component { return views.Account(p, have, f, ui.Form{}) })
	}
	h.Flash(w, r, "Saved.")
	return h.Redirect(w, r, "/account")
}

// UpdatePassword changes the password and ends all other sessions.
func (h *Account) UpdatePassword(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[auth.PasswordForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Auth.ChangePassword(r.Context(), p, f, Device(r)); err != nil {
		return h.again(w, r, p, err, func(have auth.Factors, f ui.Form) templ.Component { return views.Account(p, have, ui.Form{}, f) })
	}
	h.Flash(w, r, "Your password is changed, and all other devices are signed out.")
	return h.Redirect(w, r, "/account")
}
