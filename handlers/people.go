package handlers

import (
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views"
	"plinth/views/ui"
)

// People serves who belongs to an organization.
type People struct {
	*Base
	Auth    *auth.Auth
	Tenants *tenants.Tenants
}

// List shows members and open invitations.
func (h *People) List(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	show, err := h.list(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(h.Fresh(w, r, ui.OrgPath(s.Slug, "people", "invitations"))))
}

func (h *People) list(r *http.Request, s scope.Scope) (func(ui.Form) templ.Component, error) {
	query := r.URL.Query()
	page, err := h.Tenants.People(r.Context(), s, query.Get("q"), peopleCursor(query.Get("after")))
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component { return views.People(s, page, query.Get("q"), f, nil) }, nil
}

// peopleCursor reads a page's place; what cannot be read is the first page.
func peopleCursor(text string) tenants.PeopleCursor {
	at, id := cutLast(text, "_")
	joined, err1 := time.Parse(time.RFC3339Nano, at)
	user, err2 := uuid.Parse(id)
	if err1 != nil || err2 != nil {
		return tenants.PeopleCursor{}
	}
	return tenants.PeopleCursor{JoinedAt: joined, UserID: user}
}

// again shows the page once more with what is wrong.
func (h *People) again(w http.ResponseWriter, r *http.Request, s scope.Scope, failed error) error {
	show, err := h.list(r, s)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, show)
}

// ResendInvitation mails an open invitation again.
func (h *People) ResendInvitation(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Auth.ResendInvitation(r.Context(), s, id); err != nil {
		return err
	}
	return h.back(w, r, s, "The invitation is on its way again.")
}

// RevokeInvitation closes an open invitation.
func (h *People) RevokeInvitation(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Tenants.Revoke(r.Context(), s, id); err != nil {
		return err
	}
	return h.back(w, r, s, "The invitation is withdrawn.")
}

// UpdateRole changes what a member may do.
func (h *People) UpdateRole(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "user")
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Role scope.Role `form:"role"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Tenants.SetRole(r.Context(), s, id, f.Role); err != nil {
		return h.again(w, r, s, err)
	}
	if id == s.Person.ID && !f.Role.May(scope.ViewPeople) {
		h.Flash(w, r, "The role is changed.")
		return h.Redirect(w, r, ui.OrgPath(s.Slug))
	}
	return h.back(w, r, s, "The role is changed.")
}

// ShowRemove asks before a member is removed, and who gets their open tickets.
func (h *People) ShowRemove(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	show, err := h.removal(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(ui.Form{}))
}

func (h *People) removal(r *http.Request, s scope.Scope) (func(ui.Form) templ.Component, error) {
	id, err := PathID(r, "user")
	if err != nil {
		return nil, err
	}
	m, others, err := h.Tenants.Removal(r.Context(), s, id)
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component { return views.MemberRemove(s, m, others, f) }, nil
}

// Remove ends somebody's membership, or one's own.
func (h *People) Remove(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "user")
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		ReassignTo uuid.UUID `form:"reassign_to"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Tenants.Remove(r.Context(), s, id, f.ReassignTo); failed != nil {
		show, err := h.removal(r, s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	if id == s.Person.ID {
		h.Flash(w, r, "You have left "+s.Name+".")
		return h.Redirect(w, r, "/orgs")
	}
	if f.ReassignTo != uuid.Nil {
		return h.back(w, r, s, "Removed. Their open tickets are being handed over.")
	}
	return h.back(w, r, s, "Removed. Their tickets stay.")
}

// Leave ends the person's own membership.
func (h *People) Leave(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	if err := h.Tenants.Leave(r.Context(), s); err != nil {
		return err
	}
	h.Flash(w, r, "You have left "+s.Name+".")
	return h.Redirect(w, r, "/orgs")
}

func (h *People) back(w http.ResponseWriter, r *http.Request, s scope.Scope, said string) error {
	h.Flash(w, r, said)
	to := url.URL{Path: ui.OrgPath(s.Slug, "people")}
	return h.Redirect(w, r, to.String())
}
