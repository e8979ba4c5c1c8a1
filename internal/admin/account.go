package admin

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/users"
)

// SuspendUser keeps an account from signing in and ends its sessions. Doing it twice does it once.
func (a *Admin) SuspendUser(ctx context.Context, by Actor, id uuid.UUID) error {
	return a.onAccount(ctx, by, "staff.user_suspended", id, func(ctx context.Context, tx db.Tx, u users.User) (bool, error) {
		return auth.SuspendTx(ctx, tx, by.staff(), u.ID, by.Why)
	})
}

// LiftUser lets a suspended account sign in again.
func (a *Admin) LiftUser(ctx context.Context, by Actor, id uuid.UUID) error {
	return a.onAccount(ctx, by, "staff.user_suspension_lifted", id, func(ctx context.Context, tx db.Tx, u users.User) (bool, error) {
		return auth.SuspendTx(ctx, tx, by.staff(), u.ID, "")
	})
}

// SignOutUser ends every session of an account.
func (a *Admin) SignOutUser(ctx context.Context, by Actor, id uuid.UUID) error {
	return a.onAccount(ctx, by, "staff.user_signed_out", id, func(ctx context.Context, tx db.Tx, u users.User) (bool, error) {
		return true, auth.SignOutTx(ctx, tx, by.staff(), u.ID)
	})
}

// ResetFactors takes away the second factors of an account, whose person is told by mail.
func (a *Admin) ResetFactors(ctx context.Context, by Actor, id uuid.UUID) error {
	return a.onAccount(ctx, by, "staff.user_factors_reset", id, func(ctx context.Context, tx db.Tx, u users.User) (bool, error) {
		return a.Auth.ResetFactorsTx(ctx, tx, by.staff(), u)
	})
}

// DeleteUser lets an account be erased after privacy.CloseDays; Conflict while an organization would have no owner.
func (a *Admin) DeleteUser(ctx context.Context, by Actor, id uuid.UUID) error {
	return a.onAccount(ctx, by, "staff.user_deleted", id, func(ctx context.Context, tx db.Tx, u users.User) (bool, error) {
		return a.Privacy.CloseByStaffTx(ctx, tx, by.staff(), u)
	})
}

// RestoreUser takes the deletion of an account back, while it is not erased.
func (a *Admin) RestoreUser(ctx context.Context, by Actor, id uuid.UUID) error {
	return a.onAccount(ctx, by, "staff.user_restored", id, func(ctx context.Context, tx db.Tx, u users.User) (bool, error) {
		return a.Privacy.KeepByStaffTx(ctx, tx, by.staff(), u)
	})
}

// StaffRoleForm gives an account a role in the back-office; "" takes it.
type StaffRoleForm struct {
	Role scope.StaffRole `form:"role"`
}

// SetStaffRole gives an account a role in the back-office, or takes it.
func (a *Admin) SetStaffRole(ctx context.Context, by Actor, id uuid.UUID, f StaffRoleForm) error {
	if f.Role != "" && !f.Role.Known() {
		return fault.Field("role", "Choose a role from the list.")
	}
	return a.onAccount(ctx, by, "staff.role_set", id, func(ctx context.Context, tx db.Tx, u users.User) (bool, error) {
		changed, err := users.SetStaffTx(ctx, tx, u.ID, f.Role)
		if err != nil || !changed {
			return false, err
		}
		return true, auth.StaffRoleTx(ctx, tx, by.staff(), u.ID, f.Role)
	})
}

func (by Actor) staff() auth.ByStaff { return auth.ByStaff{Person: by.Person, Request: by.Request} }

// onAccount acts on an account; where do says that it is so already, the note of the act is taken back. NotFound when there
// is no such account, Denied when it is one's own: nobody lets themselves out of what others watch.
func (a *Admin) onAccount(ctx context.Context, by Actor, action string, id uuid.UUID, do func(context.Context, db.Tx, users.User) (bool, error)) error {
	if id == by.Person.ID {
		return fault.New(fault.Denied, "This is your own account. Ask another member of staff.")
	}
	return a.unlessSo(a.act(ctx, by, action, "user "+id.String(), func(ctx context.Context, tx db.Tx) error {
		u, err := users.ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		changed, err := do(ctx, tx, u)
		if err == nil && !changed {
			return errUnchanged
		}
		return err
	}))
}
