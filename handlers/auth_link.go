package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/session"
	"plinth/views"
	"plinth/views/ui"
)

// begin begins the browser's session, and tells the account's person when the browser is a new one.
func begin(b *Base, a *auth.Auth, w http.ResponseWriter, r *http.Request, id session.Identity) error {
	browser, err := b.Sessions.Browser(w, r)
	if err != nil {
		return err
	}
	if err := a.KnowDevice(r.Context(), id.UserID, browser, Device(r)); err != nil {
		return err
	}
	return b.Sessions.SignIn(w, r, id)
}

// CreateLink mails a link that signs in. The answer is the same for every address.
func (h *Auth) CreateLink(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[auth.SignInForm](h.Base, r)
	if err != nil {
		return err
	}
	next := SafeNext(f.Next, "/orgs")
	if err := h.Auth.RequestLink(r.Context(), f.Email, next, Device(r)); err != nil {
		return h.Again(w, r, err, func(form ui.Form) templ.Component { return views.Signin(form, next, r.PostForm.Get("held")) })
	}
	if err := h.holdAway(w, r); err != nil {
		return err
	}
	return h.Redirect(w, r, "/signin/link/sent")
}

// LinkSent says where to look for the link.
func (h *Auth) LinkSent(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, views.LinkSent())
}

// ShowLink asks for a button to be pressed: opening the link uses nothing up, because mail scanners open links too.
func (h *Auth) ShowLink(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("token")
	email, err := h.Auth.PeekAddress(r.Context(), auth.PurposeSignIn, token)
	if err != nil {
		return h.linkProblem(w, r, err, "Sign in", "/signin")
	}
	return h.Render(w, r, http.StatusOK, views.SigninLink(token, email, SafeNext(r.URL.Query().Get("next"), "/orgs"), newID()))
}

// CreateLinkSignin uses the link up and signs in.
func (h *Auth) CreateLinkSignin(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[auth.LinkForm](h.Base, r)
	if err != nil {
		return err
	}
	entry, err := h.Auth.SignInByLink(r.Context(), f, Device(r))
	if err != nil {
		return h.linkProblem(w, r, err, "Sign in", "/signin")
	}
	return h.proceed(w, r, entry, SafeNext(f.Next, "/orgs"))
}

// ShowEmail asks for a button to be pressed before an address is confirmed.
func (h *Auth) ShowEmail(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("token")
	link, err := h.Auth.EmailLink(r.Context(), token)
	if err != nil {
		return h.linkProblem(w, r, err, "Your account", "/account")
	}
	return h.Render(w, r, http.StatusOK, views.EmailLink(link, token))
}

// ConfirmEmail confirms one side of a change of address.
func (h *Auth) ConfirmEmail(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[struct {
		Token string `form:"token"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	id, _ := h.Sessions.Current(r.Context())
	done, err := h.Auth.ConfirmEmail(r.Context(), f.Token, id.SessionID, Device(r))
	if err != nil {
		return h.linkProblem(w, r, err, "Your account", "/account")
	}
	if !done {
		h.Flash(w, r, "Confirmed here. The address changes when the other mail is confirmed, too.")
	} else {
		h.Flash(w, r, "Your address is changed.")
	}
	return h.Redirect(w, r, "/account")
}
