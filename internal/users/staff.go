package users

import (
	"context"
	"fmt"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/users/usersdb"
)

// SetStaff gives the account of an address a role in the back-office; "" lets it out. It needs the back-office's pool,
// because web's role changes nobody's row but the person's own. NotFound when there is no such account.
func SetStaff(ctx context.Context, d *db.DB, email string, role scope.StaffRole) error {
	return d.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		id, err := usersdb.New().SetStaff(ctx, tx, usersdb.SetStaffParams{Role: string(role), Email: NormalEmail(email)})
		if db.None(err) {
			return fault.New(fault.NotFound, "There is no account with this address.")
		}
		if err != nil {
			return fmt.Errorf("set staff: %w", err)
		}
		action := "account.staff_revoked"
		if role != "" {
			action = "account.staff_granted"
		}
		_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{UserID: id, Action: action, Changes: map[string][2]string{"role": {"", string(role)}}})
		return err
	})
}
