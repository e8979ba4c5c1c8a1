package handlers

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views"
	"plinth/views/ui"
)

// Joins serves what a join link leads to, and joining by the domain of an address.
type Joins struct {
	*Base
	Tenants *tenants.Tenants
}

// Show says where a join link leads, and offers what fits: join, sign in, or make an account.
func (h *Joins) Show(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	door, err := h.Tenants.Door(r.Context(), token)
	if err != nil {
		return h.problem(w, r, err)
	}
	return h.Render(w, r, http.StatusOK, views.Join(door, token, ui.Form{}))
}

// Create makes the person who is signed in a member.
func (h *Joins) Create(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	token := r.PathValue("token")
	door, err := h.Tenants.Join(r.Context(), p, token)
	switch {
	case err == nil:
		return h.welcome(w, r, door)
	case fault.Is(err, fault.Denied), fault.Is(err, fault.Throttled):
		shown, doorErr := h.Tenants.Door(r.Context(), token)
		if doorErr != nil {
			return h.problem(w, r, doorErr)
		}
		return h.Again(w, r, err, func(f ui.Form) templ.Component { return views.Join(shown, token, f) })
	}
	return h.problem(w, r, err)
}

// CreateOpen makes the person a member of an organization that is open to the domain of their address.
func (h *Joins) CreateOpen(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[struct {
		Organization uuid.UUID `form:"organization"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	door, err := h.Tenants.JoinOpen(r.Context(), p, f.Organization)
	if err != nil {
		return err
	}
	return h.welcome(w, r, door)
}

func (h *Joins) welcome(w http.ResponseWriter, r *http.Request, door tenants.Door) error {
	h.Flash(w, r, "Welcome to "+door.Organization+".")
	return h.Redirect(w, r, ui.OrgPath(door.Slug))
}

func (h *Joins) problem(w http.ResponseWriter, r *http.Request, err error) error {
	return h.Again(w, r, asLink(err), func(f ui.Form) templ.Component {
		ctx := r.Context()
		return views.LinkProblem(ui.T(ctx, "This link does not work"), ui.T(ctx, f.Summary), ui.T(ctx, "Go to Plinth"), "/orgs")
	})
}
