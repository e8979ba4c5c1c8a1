package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Security serves what a person proves with: second factor, recovery codes, passkeys, and the devices signed in.
type Security struct {
	*Base
	Auth *auth.Auth
}

const securityPath = "/account/security"

// Show lists a person's factors and devices.
func (h *Security) Show(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	s, err := h.Auth.Security(r.Context(), p)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Security(p, s, ui.Form{}))
}

// CreateTOTP begins a second factor.
func (h *Security) CreateTOTP(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if err := h.Auth.BeginTOTP(r.Context(), p); err != nil {
		return err
	}
	return h.Redirect(w, r, securityPath+"/totp")
}

// ShowTOTP shows the secret of the second factor that waits for its first code.
func (h *Security) ShowTOTP(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	setup, err := h.Auth.PendingTOTP(r.Context(), p)
	if fault.Is(err, fault.NotFound) {
		return h.Redirect(w, r, securityPath)
	}
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.TOTPSetup(setup, ui.Form{}))
}

// ConfirmTOTP turns the second factor on and shows the recovery codes.
func (h *Security) ConfirmTOTP(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[struct {
		Code string `form:"code"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	codes, err := h.Auth.ConfirmTOTP(r.Context(), p, f.Code, Device(r))
	if err != nil {
		return h.totpProblem(w, r, p, err)
	}
	if err := h.Sessions.Renew(w, r); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.RecoveryCodes(codes, true))
}

func (h *Security) totpProblem(w http.ResponseWriter, r *http.Request, p scope.Person, err error) error {
	setup, setupErr := h.Auth.PendingTOTP(r.Context(), p)
	if setupErr != nil {
		h.Flash(w, r, "The second factor is on. If you have not seen your recovery codes, make new ones.")
		return h.Redirect(w, r, securityPath)
	}
	return h.Again(w, r, err, func(f ui.Form) templ.Component { return views.TOTPSetup(setup, f) })
}

// RemoveTOTP turns the second factor off.
func (h *Security) RemoveTOTP(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if err := h.Auth.RemoveTOTP(r.Context(), p, Device(r)); err != nil {
		return err
	}
	h.Flash(w, r, "The authenticator app is removed, and all other devices are signed out.")
	return h.Redirect(w, r, securityPath)
}

// CreateRecoveryCodes makes new recovery codes and shows them.
func (h *Security) CreateRecoveryCodes(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	codes, err := h.Auth.NewRecoveryCodes(r.Context(), p, Device(r))
	if fault.Is(err, fault.Conflict) {
		h.Flash(w, r, fault.As(err).Public)
		return h.Redirect(w, r, securityPath)
	}
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.RecoveryCodes(codes, false))
}

// EndDevice signs one device out.
func (h *Security) EndDevice(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Auth.EndDevice(r.Context(), p, id); err != nil {
		return err
	}
	h.Flash(w, r, "That device is signed out.")
	return h.Redirect(w, r, securityPath)
}

// EndOthers signs all other devices out.
func (h *Security) EndOthers(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if err := h.Auth.EndOtherDevices(r.Context(), p); err != nil {
		return err
	}
	h.Flash(w, r, "All other devices are signed out.")
	return h.Redirect(w, r, securityPath)
}
