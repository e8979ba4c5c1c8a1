package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/scope"
	"plinth/internal/users"
	"plinth/views"
	"plinth/views/ui"
)

// Account serves a person's own account.
type Account struct {
	*Base
	Auth     *auth.Auth
	Pictures *users.Pictures
}

// Show shows the profile and the form for a new password.
func (h *Account) Show(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	page, err := h.page(r, p)
	if err != nil {
		return err
	}
	page.Profile, page.Email = h.Kept(w, r, "/account"), h.Kept(w, r, "/account/email")
	return h.Render(w, r, http.StatusOK, views.Account(page))
}

func (h *Account) page(r *http.Request, p scope.Person) (views.AccountPage, error) {
	factors, pending, err := h.Auth.AccountState(r.Context(), p)
	return views.AccountPage{Person: p, Factors: factors, Pending: pending, Picture: afresh(ui.Form{})}, err
}

// again shows the page with what was typed into one of its forms.
func (h *Account) again(w http.ResponseWriter, r *http.Request, p scope.Person, failed error, put func(*views.AccountPage, ui.Form)) error {
	page, err := h.page(r, p)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, func(f ui.Form) templ.Component {
		put(&page, f)
		return views.Account(page)
	})
}

// Update changes name and time zone.
func (h *Account) Update(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[auth.ProfileForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Auth.UpdateProfile(r.Context(), p, f); err != nil {
		return h.again(w, r, p, err, func(page *views.AccountPage, f ui.Form) { page.Profile = f })
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
		return h.again(w, r, p, err, func(page *views.AccountPage, f ui.Form) { page.Password = f })
	}
	h.Flash(w, r, "Your password is changed, and all other devices are signed out.")
	return h.Redirect(w, r, "/account")
}

// UpdateEmail begins a change of address.
func (h *Account) UpdateEmail(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[struct {
		Email string `form:"email"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Auth.ChangeEmail(r.Context(), p, f.Email, Device(r)); err != nil {
		return h.again(w, r, p, err, func(page *views.AccountPage, f ui.Form) { page.Email = f })
	}
	h.Flash(w, r, "Two mails are on their way, to the old and to the new address. The change is done when both are confirmed.")
	return h.Redirect(w, r, "/account")
}

// WithdrawEmail ends the change of address under way.
func (h *Account) WithdrawEmail(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if err := h.Auth.WithdrawEmail(r.Context(), p); err != nil {
		return err
	}
	h.Flash(w, r, "The change is withdrawn, and its links are worth nothing.")
	return h.Redirect(w, r, "/account")
}
