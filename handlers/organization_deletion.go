package handlers

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"plinth/internal/billing"
	"plinth/internal/privacy"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views"
	"plinth/views/ui"
)

// Deletions serves the end of an organization, and the way back.
type Deletions struct {
	*Base
	Tenants *tenants.Tenants
	Billing *billing.Billing
	Privacy *privacy.Privacy
}

// New says what deleting the organization does, and asks for its name.
func (h *Deletions) New(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	if s.ReadOnly == scope.Closing {
		return h.Redirect(w, r, ui.OrgPath(s.Slug, "deletion"))
	}
	show, err := h.page(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(h.Kept(w, r, ui.OrgPath(s.Slug, "settings", "delete"))))
}

func (h *Deletions) page(r *http.Request, s scope.Scope) (func(ui.Form) templ.Component, error) {
	plan, err := h.Billing.Overview(r.Context(), s)
	if err != nil {
		return nil, err
	}
	export, err := h.Privacy.NewestOfOrganization(r.Context(), s)
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component { return views.OrganizationDelete(s, plan, export, f) }, nil
}

// Create asks for the deletion.
func (h *Deletions) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[struct {
		Name string `form:"confirm"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Tenants.Close(r.Context(), s, f.Name); failed != nil {
		show, err := h.page(r, s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "deletion"))
}

// Show says how the deletion stands and offers the way back.
func (h *Deletions) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	d, err := h.Tenants.Deletion(r.Context(), s)
	if err != nil {
		return err
	}
	switch {
	case d == nil:
		return h.Redirect(w, r, ui.OrgPath(s.Slug, "settings", "delete"))
	case d.Deleted == nil:
		return h.Render(w, r, http.StatusOK, views.Closing(s, *d))
	case IsHX(r): // the page that waited is in the frame of an organization that is not there any more
		return h.Redirect(w, r, ui.OrgPath(s.Slug, "deletion"))
	}
	export, err := h.Privacy.NewestOfOrganization(r.Context(), s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Deleted(s, *d, export))
}

// Restore takes the deletion back.
func (h *Deletions) Restore(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	was, err := h.Tenants.Restore(r.Context(), s)
	if err != nil {
		return err
	}
	text := s.Name + " stays."
	if was {
		text = s.Name + " is back. Invitations and join links have to be made anew."
	}
	h.Flash(w, r, text)
	return h.Redirect(w, r, ui.OrgPath(s.Slug))
}

// Deleted answers whoever asks for a page of an organization of theirs that is deleted: owners are led to where they can
// bring it back, until the time given, and everybody else is told so.
func (b *Base) Deleted(w http.ResponseWriter, r *http.Request, s scope.Scope, until time.Time) error {
	if s.May(scope.DeleteOrganization) && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		return b.Redirect(w, r, ui.OrgPath(s.Slug, "deletion"))
	}
	return b.Render(w, r, http.StatusGone, views.DeletedForMembers(s, until))
}
