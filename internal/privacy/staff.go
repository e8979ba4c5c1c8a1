package privacy

import (
	"context"

	"plinth/internal/auth"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
)

// CloseByStaffTx lets an account be erased after CloseDays, until when its person, or staff, can keep it; false when it
// closes already. Conflict while an organization would be left without an owner. It is called inside db.InAdmin.
func (p *Privacy) CloseByStaffTx(ctx context.Context, tx db.Tx, by auth.ByStaff, u users.User) (bool, error) {
	sole, err := tenants.LockPlacesTx(ctx, tx, u.ID)
	if err != nil {
		return false, err
	}
	if len(sole) > 0 {
		return false, fault.New(fault.Conflict, u.Name+" is the only owner of "+sole[0].Name+". Make somebody else its owner, or delete it, first.")
	}
	at := p.now().AddDate(0, 0, CloseDays)
	closed, err := users.CloseTx(ctx, tx, u.ID, at)
	if err != nil || !closed {
		return false, err
	}
	return true, p.Auth.ClosingTx(ctx, tx, by, u, at.In(scope.Person{Zone: u.Zone}.Location()).Format("2 January 2006"))
}

// KeepByStaffTx takes the closing of an account back; false when it does not close. Conflict when it is too late. It is
// called inside db.InAdmin.
func (p *Privacy) KeepByStaffTx(ctx context.Context, tx db.Tx, by auth.ByStaff, u users.User) (bool, error) {
	kept, err := users.KeepTx(ctx, tx, u.ID, p.now())
	if err != nil || !kept {
		return false, err
	}
	return true, auth.KeptTx(ctx, tx, by, u.ID)
}
