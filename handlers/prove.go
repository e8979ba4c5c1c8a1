package handlers

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// AskToProve answers a request that needs a fresh proof of who is signed in: a page leads to the proof and back, a form
// keeps its text.
func (h *Auth) AskToProve(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		next := r.URL.RequestURI()
		if IsHX(r) {
			next = pageOf(r)
		}
		return h.Redirect(w, r, "/confirm?next="+url.QueryEscape(next))
	}
	sealed, next, err := h.hold(r)
	if err != nil {
		return err
	}
	if IsHX(r) {
		w.Header().Set("HX-Retarget", "body")
		w.Header().Set("HX-Reswap", "innerHTML")
	}
	factors, err := h.Auth.Factors(r.Context(), p.ID)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusForbidden, views.Prove(ui.Form{}, factors, next, sealed))
}

// MeetOffice answers staff whose session is not proven as the back-office asks: it leads to the proof and back, and who
// has no second factor to where one is set up.
func (h *Auth) MeetOffice(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	factors, err := h.Auth.Factors(r.Context(), p.ID)
	if err != nil {
		return err
	}
	if factors.Second() {
		return h.AskToProve(w, r, p)
	}
	if IsHX(r) {
		w.Header().Set("HX-Retarget", "body")
		w.Header().Set("HX-Reswap", "innerHTML")
	}
	return h.Render(w, r, http.StatusForbidden, views.OfficeWall())
}

// ShowProve asks somebody who is signed in to prove it anew.
func (h *Auth) ShowProve(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	factors, err := h.Auth.Factors(r.Context(), p.ID)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Prove(ui.Form{}, factors, SafeNext(r.URL.Query().Get("next"), "/orgs"), ""))
}

// CreateProve checks the proof and goes on to what needed it.
func (h *Auth) CreateProve(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[auth.ProveForm](h.Base, r)
	if err != nil {
		return err
	}
	f.Next = SafeNext(f.Next, "/orgs")
	return h.proved(w, r, p, f.Next, h.Auth.Prove(r.Context(), p, f, Device(r)))
}

// proved goes on after a proof, or shows what was wrong with it.
func (h *Auth) proved(w http.ResponseWriter, r *http.Request, p scope.Person, next string, failed error) error {
	if failed != nil {
		factors, err := h.Auth.Factors(r.Context(), p.ID)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(form ui.Form) templ.Component {
			form.Values = nil // nothing secret is typed again
			return views.Prove(form, factors, next, r.PostForm.Get("held"))
		})
	}
	if err := h.Sessions.Renew(w, r); err != nil {
		return err
	}
	if err := h.keepHeld(w, r, p.ID); err != nil {
		return err
	}
	return h.Redirect(w, r, next)
}
