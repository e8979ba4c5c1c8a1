package users

import (
	"context"
	"fmt"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/users/usersdb"
)

// SetStaff lets the account of an address into the back-office, or out of it. It needs the back-office's pool, because
// web's role changes nobody's row but the person's own. NotFound when there is no such account.
func SetStaff(ctx context.Context, d *db.DB, email string, staff bool) error {
	return d.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		id, err := usersdb.New().SetStaff(ctx, tx, usersdb.SetStaffParams{Staff: staff, Email: NormalEmail(email)})
		if db.None(err) {
			return fault.New(fault.NotFound, "There is no account with this address.")
		}
		if err != nil {
			return fmt.Errorf("set staff: %w", err)
		}
		action := "account.staff_revoked"
		if staff {
			action = "account.staff_granted"
		}
		_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{UserID: id, Action: action})
		return err
	})
}
