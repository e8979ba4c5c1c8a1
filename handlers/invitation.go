package handlers

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Invitations serves the page an invitation's link leads to.
type Invitations struct {
	*Base
	Auth *auth.Auth
}

// Show says who invites whom, and offers what fits: accept, sign in, switch, or make an account. Opening the link uses
// nothing up.
func (h *Invitations) Show(w http.ResponseWriter, r *http.Request) error {
	show, err := h.page(r)
	if err != nil {
		return h.problem(w, r, err)
	}
	return h.Render(w, r, http.StatusOK, show(ui.Form{}))
}

func (h *Invitations) page(r *http.Request) (func(ui.Form) templ.Component, error) {
	token := r.PathValue("token")
	inv, known, err := h.Auth.Invitation(r.Context(), token)
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component {
		return views.Invitation(inv, views.InvitationVisitor{Token: token, Known: known}, f)
	}, nil
}

// Accept makes the person who is signed in a member, if the invitation is theirs.
func (h *Invitations) Accept(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	inv, err := h.Auth.AcceptInvitation(r.Context(), p, r.PathValue("token"))
	if err != nil {
		if fault.Is(err, fault.Denied) || fault.Is(err, fault.PaymentRequired) {
			return h.again(w, r, err)
		}
		return h.problem(w, r, err)
	}
	h.Flash(w, r, "Welcome to "+inv.Organization+".")
	return h.Redirect(w, r, ui.OrgPath(inv.Slug))
}

// CreateAccount makes the account of somebody invited: the link has proven the address.
func (h *Invitations) CreateAccount(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	f, err := Decode[auth.SignUpForm](h.Base, r)
	if err != nil {
		return err
	}
	inv, _, err := h.Auth.Invitation(r.Context(), token)
	if err != nil {
		return h.problem(w, r, err)
	}
	id, err := h.Auth.SignUpInvited(r.Context(), f, inv, Device(r))
	if err != nil {
		return h.again(w, r, err)
	}
	if err := begin(h.Base, h.Auth, w, r, id); err != nil {
		return err
	}
	return h.Redirect(w, r, "/invitations/"+url.PathEscape(token))
}

func (h *Invitations) again(w http.ResponseWriter, r *http.Request, failed error) error {
	show, err := h.page(r)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, show)
}

func (h *Invitations) problem(w http.ResponseWriter, r *http.Request, err error) error {
	return h.Again(w, r, asLink(err), func(f ui.Form) templ.Component {
		ctx := r.Context()
		return views.LinkProblem(ui.T(ctx, "This invitation does not work"), ui.T(ctx, f.Summary), ui.T(ctx, "Go to Plinth"), "/orgs")
	})
}
