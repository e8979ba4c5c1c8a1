package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/session"
	"plinth/views"
	"plinth/views/ui"
)

// ask answers the script that begins a ceremony with what the browser is asked.
func (b *Base) ask(w http.ResponseWriter, r *http.Request, options any, c session.Ceremony) error {
	if err := b.Sessions.SetCeremony(w, r, c); err != nil {
		return err
	}
	data, err := json.Marshal(options)
	if err != nil {
		return fmt.Errorf("write the ceremony: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(data)
	return err
}

// PasskeyOptions begins a sign-in or a proof by passkey.
func (h *Auth) PasskeyOptions(w http.ResponseWriter, r *http.Request) error {
	options, c, err := h.Auth.BeginPasskeySignIn(r.Context())
	if err != nil {
		return err
	}
	return h.ask(w, r, options, c)
}

// CreatePasskeySignin signs in by passkey.
func (h *Auth) CreatePasskeySignin(w http.ResponseWriter, r *http.Request) error {
	f, next, err := passkeyForm(h.Base, r)
	if err != nil {
		return err
	}
	id, err := h.Auth.PasskeySignIn(r.Context(), h.Sessions.TakeCeremony(w, r), f, Device(r))
	if err != nil {
		return h.Again(w, r, err, func(form ui.Form) templ.Component {
			return views.Signin(form, next, r.PostForm.Get("held"))
		})
	}
	h.Sessions.ClearStep(w, r)
	return h.enter(w, r, id, next)
}

// CreatePasskeyProve proves anew by passkey who is signed in.
func (h *Auth) CreatePasskeyProve(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, next, err := passkeyForm(h.Base, r)
	if err != nil {
		return err
	}
	err = h.Auth.ProveByPasskey(r.Context(), p, h.Sessions.TakeCeremony(w, r), f, Device(r))
	return h.proved(w, r, p, next, err)
}

func passkeyForm(b *Base, r *http.Request) (auth.PasskeyForm, string, error) {
	f, err := Decode[struct {
		auth.PasskeyForm
		Next string `form:"next"`
	}](b, r)
	return f.PasskeyForm, SafeNext(f.Next, "/orgs"), err
}

// PasskeyOptions begins to register a passkey.
func (h *Security) PasskeyOptions(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	options, c, err := h.Auth.BeginPasskey(r.Context(), p)
	if err != nil {
		return err
	}
	return h.ask(w, r, options, c)
}

// CreatePasskey registers the passkey the browser has made.
func (h *Security) CreatePasskey(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[auth.PasskeyForm](h.Base, r)
	if err != nil {
		return err
	}
	codes, err := h.Auth.AddPasskey(r.Context(), p, h.Sessions.TakeCeremony(w, r), f, Device(r))
	if err != nil {
		return h.again(w, r, p, err)
	}
	if err := h.Sessions.Renew(w, r); err != nil {
		return err
	}
	if codes != nil {
		return h.Render(w, r, http.StatusOK, views.RecoveryCodes(codes, true))
	}
	h.Flash(w, r, "The passkey is added, and all other devices are signed out.")
	return h.Redirect(w, r, securityPath)
}

// UpdatePasskey renames a passkey.
func (h *Security) UpdatePasskey(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := Decode[auth.PasskeyForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Auth.RenamePasskey(r.Context(), p, id, f.Name); err != nil {
		return h.again(w, r, p, err)
	}
	h.Flash(w, r, "Saved.")
	return h.Redirect(w, r, securityPath)
}

// RemovePasskey takes a passkey away.
func (h *Security) RemovePasskey(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Auth.RemovePasskey(r.Context(), p, id, Device(r)); err != nil {
		return h.again(w, r, p, err)
	}
	h.Flash(w, r, "The passkey is removed, and all other devices are signed out.")
	return h.Redirect(w, r, securityPath)
}

// again shows the page with what went wrong; what is not there stays not there.
func (h *Security) again(w http.ResponseWriter, r *http.Request, p scope.Person, failed error) error {
	if fault.Is(failed, fault.NotFound) {
		return failed
	}
	s, err := h.Auth.Security(r.Context(), p)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.Security(p, s, f) })
}
