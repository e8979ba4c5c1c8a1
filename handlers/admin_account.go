package handlers

import (
	"context"
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/admin"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// SuspendUser keeps an account from signing in.
func (h *Admin) SuspendUser(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.onUser(w, r, p, h.Admin.SuspendUser, "The account is suspended, and signed out everywhere.")
}

// LiftUser lets a suspended account sign in again.
func (h *Admin) LiftUser(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.onUser(w, r, p, h.Admin.LiftUser, "The account can sign in again.")
}

// SignOutUser ends every session of an account.
func (h *Admin) SignOutUser(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.onUser(w, r, p, h.Admin.SignOutUser, "The account is signed out everywhere.")
}

// ResetFactors takes away the second factors of an account.
func (h *Admin) ResetFactors(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.onUser(w, r, p, h.Admin.ResetFactors, "The second factors are gone. Its person is told by mail.")
}

// DeleteUser lets an account be erased.
func (h *Admin) DeleteUser(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.onUser(w, r, p, h.Admin.DeleteUser, "The account will be erased. Its person is told by mail, and can keep it until then.")
}

// RestoreUser takes the deletion of an account back.
func (h *Admin) RestoreUser(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.onUser(w, r, p, h.Admin.RestoreUser, "The account stays.")
}

// SetStaffRole gives an account a role in the back-office, or takes it.
func (h *Admin) SetStaffRole(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[admin.StaffRoleForm](h.Base, r)
	if err != nil {
		return err
	}
	set := func(ctx context.Context, by admin.Actor, id uuid.UUID) error {
		return h.Admin.SetStaffRole(ctx, by, id, f)
	}
	return h.onUser(w, r, p, set, "The role is set. It counts from the next request on.")
}

// NoteUser keeps a note about an account.
func (h *Admin) NoteUser(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := Decode[admin.NoteForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.NoteUser(r.Context(), actor(r, p), id, f); failed != nil {
		page, err := h.Admin.User(r.Context(), id, "")
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(form ui.Form) templ.Component {
			return views.AdminUser(h.frame(r), listing(r, "after"), page, views.UserForms{Note: form})
		})
	}
	return h.Redirect(w, r, "/admin/users/"+id.String()+"#notes")
}

// onUser does something to an account and leads back to its page.
func (h *Admin) onUser(w http.ResponseWriter, r *http.Request, p scope.Person, do func(context.Context, admin.Actor, uuid.UUID) error, said string) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := do(r.Context(), actor(r, p), id); err != nil {
		return err
	}
	h.Flash(w, r, said)
	return h.Redirect(w, r, "/admin/users/"+id.String())
}
