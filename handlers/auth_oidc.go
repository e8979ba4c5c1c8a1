package handlers

import (
	"encoding/json"
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/telemetry"
	"plinth/views"
	"plinth/views/ui"
)

const (
	arrivedPath = "/signup/oidc"
	linkPath    = securityPath + "/identities"
)

// BeginOIDC takes the browser to an identity provider, to sign in there.
func (h *Auth) BeginOIDC(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[struct {
		Next string `form:"next"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.holdAway(w, r); err != nil {
		return err
	}
	return h.toProvider(w, r, h.Auth, SafeNext(f.Next, "/orgs"), uuid.Nil)
}

// toProvider keeps what the answer will be checked with, and goes.
func (b *Base) toProvider(w http.ResponseWriter, r *http.Request, a *auth.Auth, next string, user uuid.UUID) error {
	name := r.PathValue("provider")
	_, signedIn := b.Sessions.Current(r.Context())
	handshake, to, err := a.BeginOIDC(r.Context(), auth.Departure{Provider: name, Next: next, User: user, Again: signedIn && user == uuid.Nil}, Device(r))
	if err != nil {
		return b.providerProblem(w, r, err)
	}
	if err := b.Sessions.SetHandshake(w, r, handshake); err != nil {
		return err
	}
	return b.leave(w, r, to, a.Providers.Label(name))
}

// holdAway keeps the text of a form whose session had ended, while its person is away at a provider or their mail: in what is left of
// that session, since nothing is stored for people who never signed in.
func (h *Auth) holdAway(w http.ResponseWriter, r *http.Request) error {
	who, ok := h.Sessions.Current(r.Context())
	if !ok {
		return nil
	}
	return h.keepHeld(w, r, who.UserID)
}

// FinishOIDC takes the provider's answer: whoever is known is in, or in front of the second factor; anybody else is
// asked what to do. Nothing is made or linked by opening this address.
func (h *Auth) FinishOIDC(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	arrived, err := h.Auth.FinishOIDC(r.Context(), h.Sessions.TakeHandshake(w, r), auth.OIDCAnswer{
		Provider: r.PathValue("provider"), Code: q.Get("code"), State: q.Get("state"), Error: q.Get("error"), Issuer: q.Get("iss"),
	}, Device(r))
	if err != nil {
		return h.providerProblem(w, r, err)
	}
	who := arrived.Arrival
	if !arrived.Unknown {
		return h.proceed(w, r, arrived.Entry, SafeNext(who.Next, "/orgs"))
	}
	if err := h.Sessions.SetArrival(w, r, who); err != nil {
		return err
	}
	if who.User != uuid.Nil {
		return h.Redirect(w, r, linkPath)
	}
	return h.Redirect(w, r, arrivedPath)
}

// providerProblem explains what a provider, or the way back from it, got wrong.
func (b *Base) providerProblem(w http.ResponseWriter, r *http.Request, err error) error {
	f := fault.As(err)
	if f == nil || f.Public == "" {
		return err
	}
	retryAfter(w, f)
	telemetry.TraceFrom(r.Context()).Err = err
	ctx := r.Context()
	text, back, to := ui.T(ctx, f.Public), ui.T(ctx, "Back to sign-in"), "/signin"
	if ui.NavFrom(ctx).Person.ID != "" {
		back, to = ui.T(ctx, "Back to Security"), securityPath
	}
	return b.Render(w, r, Status(f.Kind), views.ProviderProblem(text, back, to))
}

// ShowArrived asks whoever a provider vouches for, and nobody here knows, to make an account; or to sign in first, when
// the address has one.
func (h *Auth) ShowArrived(w http.ResponseWriter, r *http.Request) error {
	who := h.Sessions.GetArrival(r)
	known, err := h.Auth.Arrival(r.Context(), who)
	if err != nil {
		return h.arrivalProblem(w, r, err)
	}
	label := h.Auth.Providers.Label(who.Provider)
	switch {
	case who.User != uuid.Nil, known && ui.NavFrom(r.Context()).Person.Email == who.Email:
		return h.Redirect(w, r, linkPath)
	case known:
		return h.Render(w, r, http.StatusOK, views.ArrivedKnown(who.Email, label))
	}
	return h.Render(w, r, http.StatusOK, views.Arrived(ui.Form{Values: map[string][]string{"name": {who.Name}}}, who.Email, label))
}

// CreateArrived makes the account and signs in.
func (h *Auth) CreateArrived(w http.ResponseWriter, r *http.Request) error {
	f, err := Decode[auth.ArrivalForm](h.Base, r)
	if err != nil {
		return err
	}
	who := h.Sessions.GetArrival(r)
	entry, err := h.Auth.SignUpArrived(r.Context(), who, f, Device(r))
	switch {
	case fault.Is(err, fault.Unauthenticated):
		return h.arrivalProblem(w, r, err)
	case fault.Is(err, fault.Conflict):
		return h.Redirect(w, r, arrivedPath) // somebody made it in between: that page says so
	case err != nil:
		return h.Again(w, r, err, func(form ui.Form) templ.Component {
			return views.Arrived(form, who.Email, h.Auth.Providers.Label(who.Provider))
		})
	}
	h.Sessions.ClearArrival(w, r)
	return h.proceed(w, r, entry, SafeNext(who.Next, "/orgs"))
}

// arrivalProblem leads back to where an arrival begins.
func (b *Base) arrivalProblem(w http.ResponseWriter, r *http.Request, err error) error {
	if !fault.Is(err, fault.Unauthenticated) {
		return err
	}
	b.Sessions.ClearArrival(w, r)
	b.Flash(w, r, fault.As(err).Public)
	return b.Redirect(w, r, "/signin")
}

// BeginLink takes who is signed in to a provider, to link it.
func (h *Security) BeginLink(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.toProvider(w, r, h.Auth, securityPath, p.ID)
}

// ShowLink asks whether what arrived is to be linked.
func (h *Security) ShowLink(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	who := h.Sessions.GetArrival(r)
	label := h.Auth.Providers.Label(who.Provider)
	err := h.Auth.MayLink(p, who)
	switch {
	case fault.Is(err, fault.Denied) && who.User == uuid.Nil:
		return h.Render(w, r, http.StatusForbidden, views.LinkElsewhere(who.Email, label))
	case err != nil:
		h.Sessions.ClearArrival(w, r) // too old, or of somebody who used this browser before
		return h.Redirect(w, r, securityPath)
	}
	return h.Render(w, r, http.StatusOK, views.LinkIdentity(who.Email, label, SafeNext(who.Next, securityPath)))
}

// CreateLink links what arrived.
func (h *Security) CreateLink(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	who := h.Sessions.GetArrival(r)
	err := h.Auth.Link(r.Context(), p, who, Device(r))
	if fault.Is(err, fault.Unauthenticated) {
		return h.Redirect(w, r, securityPath) // too old, or the second press of a button whose first one linked it
	}
	if err != nil {
		return h.providerProblem(w, r, err)
	}
	h.Sessions.ClearArrival(w, r)
	h.Flash(w, r, h.Auth.Providers.Label(who.Provider)+" is linked.")
	return h.Redirect(w, r, SafeNext(who.Next, securityPath))
}

// RemoveIdentity unlinks a provider. What is unlinked already stays so.
func (h *Security) RemoveIdentity(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	err = h.Auth.Unlink(r.Context(), p, id, Device(r))
	if fault.Is(err, fault.NotFound) {
		return h.Redirect(w, r, securityPath)
	}
	if err != nil {
		return h.again(w, r, p, err)
	}
	h.Flash(w, r, "It is unlinked, and all other devices are signed out.")
	return h.Redirect(w, r, securityPath)
}

// keepStill keeps a form's text over a sign-in at a provider, for the person who typed it.
func (b *Base) keepStill(w http.ResponseWriter, r *http.Request, data []byte, user uuid.UUID) error {
	var h held
	if data == nil || json.Unmarshal(data, &h) != nil || h.User != user {
		return nil //nolint:nilerr // what cannot be read, or is not this person's, is not kept
	}
	return b.Sessions.Hold(w, r, data)
}
