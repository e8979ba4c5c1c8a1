package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/views"
	"plinth/views/ui"
)

// NewForgot asks for the address of a forgotten password.
func (h *Auth) NewForgot(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, views.Forgot(ui.Form{}))
}

// CreateForgot mails a link, if there is such an account; the answer is the same.
func (h *Auth) CreateForgot(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[struct {
		Email string `form:"email"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Auth.RequestReset(r.Context(), f.Email, Device(r)); err != nil {
		return h.Again(w, r, err, views.Forgot)
	}
	return h.Redirect(w, r, "/forgot/sent")
}

// ForgotSent says that a link is on its way, if there is such an account.
func (h *Auth) ForgotSent(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, views.ForgotSent())
}

// NewReset shows the form for a new password; opening the link uses nothing up.
func (h *Auth) NewReset(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("token")
	if _, err := h.Auth.PeekAddress(r.Context(), auth.PurposeReset, token); err != nil {
		return h.linkProblem(w, r, err, "Ask for a new link", "/forgot")
	}
	return h.Render(w, r, http.StatusOK, views.Reset(ui.Form{}, token))
}

// CreateReset sets the password, ends every other session of the account and signs in.
func (h *Auth) CreateReset(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[struct {
		Token    string `form:"token"`
		Password string `form:"password"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	entry, err := h.Auth.ResetPassword(r.Context(), f.Token, f.Password, Device(r))
	if isLink(err) {
		return h.linkProblem(w, r, err, "Ask for a new link", "/forgot")
	}
	if err != nil {
		return h.Again(w, r, err, func(form ui.Form) templ.Component { return views.Reset(form, f.Token) })
	}
	h.Flash(w, r, "Your password is changed, and all other devices are signed out.")
	return h.proceed(w, r, entry, "/orgs")
}
