package handlers

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"plinth/internal/fault"
	"plinth/internal/session"
	"plinth/views"
	"plinth/views/ui"
)

// ShowSecond asks for the second factor.
func (h *Auth) ShowSecond(w http.ResponseWriter, r *http.Request) error {
	step, err := h.Sessions.GetStep(r)
	if err != nil {
		return h.Redirect(w, r, "/signin")
	}
	return h.showStep(w, r, http.StatusOK, step, ui.Form{})
}

func (h *Auth) showStep(w http.ResponseWriter, r *http.Request, status int, step session.Step, f ui.Form) error {
	factors, err := h.Auth.SecondFor(r.Context(), step)
	if err != nil {
		return h.stepProblem(w, r, err, step)
	}
	return h.Render(w, r, status, views.SecondStep(f, factors, SafeNext(step.Next, "/orgs"), r.PostForm.Get("held")))
}

// CreateSecond checks the code and signs in.
func (h *Auth) CreateSecond(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[struct {
		Code string `form:"code"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	step, err := h.Sessions.GetStep(r)
	if err != nil {
		return h.Redirect(w, r, "/signin")
	}
	id, err := h.Auth.SecondStep(r.Context(), step, f.Code, Device(r))
	if err != nil {
		return h.stepProblem(w, r, err, step)
	}
	h.Sessions.ClearStep(w, r)
	return h.enter(w, r, id, SafeNext(step.Next, "/orgs"))
}

// stepProblem shows the form again, or leads back to the first factor when too much time has passed.
func (h *Auth) stepProblem(w http.ResponseWriter, r *http.Request, err error, step session.Step) error {
	if fault.Is(err, fault.Unauthenticated) {
		h.Sessions.ClearStep(w, r)
		h.Flash(w, r, fault.As(err).Public)
		return h.Redirect(w, r, "/signin?next="+url.QueryEscape(SafeNext(step.Next, "/orgs")))
	}
	factors, factorsErr := h.Auth.SecondFor(r.Context(), step)
	if factorsErr != nil {
		return err
	}
	return h.Again(w, r, err, func(f ui.Form) templ.Component {
		f.Values = nil // a wrong code is not typed again
		return views.SecondStep(f, factors, SafeNext(step.Next, "/orgs"), r.PostForm.Get("held"))
	})
}

// ShowSecure asks whoever says "this was not me" to press a button.
func (h *Auth) ShowSecure(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("token")
	n, err := h.Auth.Noticed(r.Context(), token)
	if err != nil {
		return h.linkProblem(w, r, err, "Choose a new password", "/forgot")
	}
	return h.Render(w, r, http.StatusOK, views.Secure(n, token))
}

// CreateSecure closes the account to everybody, and lets whoever has the mailbox choose a new password.
func (h *Auth) CreateSecure(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[struct {
		Token string `form:"token"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	reset, err := h.Auth.Secure(r.Context(), f.Token, Device(r))
	if err != nil {
		return h.linkProblem(w, r, err, "Choose a new password", "/forgot")
	}
	h.Flash(w, r, "Everybody is signed out, and what was added is taken back. Now choose a new password.")
	return h.Redirect(w, r, "/reset?token="+url.QueryEscape(reset))
}
