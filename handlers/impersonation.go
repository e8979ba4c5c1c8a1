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

// Impersonate notes that staff want to look as somebody, and leads to where it begins.
func (h *Admin) Impersonate(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	asked, err := h.Admin.Impersonate(r.Context(), actor(r, p), id)
	if err != nil {
		return err
	}
	to := "/impersonation/" + asked.String()
	if h.OfficeURL != "" { // another host, where whoever asked signs in as well
		return h.Render(w, r, http.StatusOK, views.Leaving(h.URL+to, "Plinth"))
	}
	return h.Redirect(w, r, to)
}

// ShowImpersonation leads staff into the product as somebody else.
func (h *Auth) ShowImpersonation(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	i, err := h.impersonation(r, p)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Impersonation(i))
}

// BeginImpersonation lets staff look as somebody else from now on.
func (h *Auth) BeginImpersonation(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	i, err := h.impersonation(r, p)
	if err != nil {
		return err
	}
	if !p.Strong {
		return h.MeetOffice(w, r, p)
	}
	id, err := h.Auth.BeginImpersonation(r.Context(), p, i.ID, Device(r))
	if err != nil {
		return err
	}
	if err := h.Sessions.Impersonate(w, r, id); err != nil {
		return err
	}
	return h.Redirect(w, r, "/orgs")
}

func (h *Auth) impersonation(r *http.Request, p scope.Person) (auth.Impersonation, error) {
	id, err := PathID(r, "id")
	if err != nil || !p.Staff.May(scope.Impersonate) {
		return auth.Impersonation{}, fault.Missing()
	}
	return h.Auth.Impersonation(r.Context(), p, id)
}

// ShowRaise asks why something is to be changed as somebody else.
func (h *Auth) ShowRaise(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if !p.Impersonated() {
		return fault.Missing()
	}
	return h.Render(w, r, http.StatusOK, views.Raise(ui.Form{}))
}

// RaiseImpersonation lets staff change something as somebody else.
func (h *Auth) RaiseImpersonation(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if !p.Impersonated() {
		return fault.Missing()
	}
	f, err := Decode[auth.RaiseForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Auth.RaiseImpersonation(r.Context(), p, f, Device(r)); failed != nil {
		return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.Raise(form) })
	}
	return h.Redirect(w, r, "/orgs")
}

// EndImpersonation leads staff back to who they are.
func (h *Auth) EndImpersonation(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if !p.Impersonated() {
		return h.Redirect(w, r, "/orgs") // pressed twice
	}
	if err := h.Auth.EndImpersonation(r.Context(), p, Device(r)); err != nil {
		return err
	}
	if _, err := h.Sessions.Return(w, r); err != nil {
		return err
	}
	return h.toOffice(w, r, "/admin/users/"+p.ID.String())
}
