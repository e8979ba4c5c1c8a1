package admin

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// TransferForm names the member who is made an owner. ID is made when the form is shown.
type TransferForm struct {
	ID     uuid.UUID `form:"id"`
	Email  string    `form:"email"`
	Demote bool      `form:"demote"` // those who are owners now become admins
}

// Transfer makes a member of an organization its owner. Sending the form twice does it once.
func (a *Admin) Transfer(ctx context.Context, by Actor, tenant uuid.UUID, f TransferForm) error {
	if f.ID == uuid.Nil {
		return fault.New(fault.Invalid, "The form is not whole. Load the page again.")
	}
	return a.onOrganization(ctx, by, "staff.ownership_transferred", tenant, func(ctx context.Context, tx db.Tx, s scope.Scope) (bool, error) {
		return a.Tenants.TransferByStaffTx(ctx, tx, s, f.ID, f.Email, f.Demote)
	})
}

// DeleteOrganizationForm has an organization deleted, with its name typed.
type DeleteOrganizationForm struct {
	Confirm string `form:"confirm"`
}

// DeleteOrganization asks for the deletion of an organization: its subscription ends, and after tenants.RestoreFor it is
// erased. Doing it twice does it once.
func (a *Admin) DeleteOrganization(ctx context.Context, by Actor, tenant uuid.UUID, f DeleteOrganizationForm) error {
	return a.onOrganization(ctx, by, "staff.organization_deleted", tenant, func(ctx context.Context, tx db.Tx, s scope.Scope) (bool, error) {
		return a.Tenants.CloseByStaffTx(ctx, tx, s, f.Confirm)
	})
}

// RestoreOrganization takes the deletion of an organization back, until erasing begins.
func (a *Admin) RestoreOrganization(ctx context.Context, by Actor, tenant uuid.UUID) error {
	return a.onOrganization(ctx, by, "staff.organization_restored", tenant, func(ctx context.Context, tx db.Tx, s scope.Scope) (bool, error) {
		return a.Tenants.RestoreByStaffTx(ctx, tx, s)
	})
}

// onOrganization acts on an organization there is; where do says that it is so already, the note of the act is taken back.
func (a *Admin) onOrganization(ctx context.Context, by Actor, action string, tenant uuid.UUID, do func(context.Context, db.Tx, scope.Scope) (bool, error)) error {
	return a.once(ctx, by, action, tenant, func(ctx context.Context, tx db.Tx, s scope.Scope) (bool, error) {
		if err := a.thereTx(ctx, tx, tenant); err != nil {
			return false, err
		}
		return do(ctx, tx, s)
	})
}

// thereTx is NotFound when there is no such organization.
func (a *Admin) thereTx(ctx context.Context, tx db.Tx, tenant uuid.UUID) error {
	there, err := admindb.New().OrganizationIsThere(ctx, tx, tenant)
	if err == nil && !there {
		return fault.Missing()
	}
	return err
}
