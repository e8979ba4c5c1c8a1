package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/fault"
	"plinth/internal/session"
	"plinth/views"
	"plinth/views/ui"
)

// NewSignin shows the sign-in form, or goes on when somebody is signed in.
func (h *Auth) NewSignin(w http.ResponseWriter, r *http.Request) error {
	next := SafeNext(r.URL.Query().Get("next"), "/orgs")
	return h.Render(w, r, http.StatusOK, views.Signin(ui.Form{Values: map[string][]string{
		"email": {r.URL.Query().Get("email")},
	}}, next, ""))
}

// CreateSignin checks the password and begins a session. A form whose session had ended is carried along.
func (h *Auth) CreateSignin(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[auth.SignInForm](h.Base, r)
	if err != nil {
		return err
	}
	f.Next = SafeNext(f.Next, "/orgs")
	entry, err := h.Auth.SignIn(r.Context(), f, Device(r))
	if err != nil {
		return h.Again(w, r, err, func(form ui.Form) templ.Component {
			return views.Signin(form, f.Next, r.PostForm.Get("held"))
		})
	}
	return h.proceed(w, r, entry, f.Next)
}

// proceed lets in whoever is through, and leads to the second factor whoever is not.
func (h *Auth) proceed(w http.ResponseWriter, r *http.Request, entry auth.Entry, next string) error {
	if entry.Second == nil {
		return h.enter(w, r, entry.Identity, next)
	}
	step := *entry.Second
	step.Next = next
	if err := h.Sessions.SetStep(w, r, step); err != nil {
		return err
	}
	if held := r.PostForm.Get("held"); held != "" {
		return h.showStep(w, r, http.StatusOK, step, ui.Form{}) // the text is too long for an address
	}
	return h.Redirect(w, r, "/signin/second")
}

// enter begins the browser's session and goes on.
func (h *Auth) enter(w http.ResponseWriter, r *http.Request, id session.Identity, next string) error {
	kept := h.Sessions.Peek(r.Context())
	if err := begin(h.Base, h.Auth, w, r, id); err != nil {
		return err
	}
	if err := h.keepStill(w, r, kept, id.UserID); err != nil {
		return err
	}
	if err := h.keepHeld(w, r, id.UserID); err != nil {
		return err
	}
	return h.Redirect(w, r, next)
}

// Signout ends the session, here and in the table that is the authority.
func (h *Auth) Signout(w http.ResponseWriter, r *http.Request) error {
	if id, ok := h.Sessions.Current(r.Context()); ok {
		if err := h.Auth.SignOut(r.Context(), id.SessionID); err != nil {
			return err
		}
	}
	if back, err := h.Sessions.Return(w, r); back || err != nil { // who looked as somebody else is themselves again
		if err != nil {
			return err
		}
		return h.toOffice(w, r, "/admin")
	}
	if err := h.Sessions.SignOut(w, r); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	f, err := Decode[struct {
		Next string `form:"next"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	return h.Redirect(w, r, SafeNext(f.Next, "/signin"))
}

// asLink makes the answer about a link a page of its own rather than a 404.
func asLink(err error) error {
	if isLink(err) {
		return fault.Wrap(fault.Invalid, fault.As(err).Public, err)
	}
	return err
}

// isLink says whether err is about a link that is used up, too old or cut off.
func isLink(err error) bool {
	f := fault.As(err)
	return f != nil && f.Kind == fault.NotFound && f.Public != ""
}
