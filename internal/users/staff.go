package users

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/users/usersdb"
)

// SetStaffTx gives an account a role in the back-office, or takes it with ""; false when it has that already. It is called
// inside db.InAdmin.
func SetStaffTx(ctx context.Context, tx db.Tx, id uuid.UUID, role scope.StaffRole) (bool, error) {
	n, err := usersdb.New().SetStaffOf(ctx, tx, usersdb.SetStaffOfParams{ID: id, Role: string(role)})
	if err != nil {
		return false, fmt.Errorf("set the role of staff: %w", err)
	}
	return n == 1, nil
}

// SuspendTx keeps an account from signing in, for a reason that staff read, and ends nothing by itself: the caller ends its
// sessions. With no reason it lifts that again. false when it is so already. It is called inside db.InAdmin.
func SuspendTx(ctx context.Context, tx db.Tx, id uuid.UUID, reason string) (bool, error) {
	var n int64
	var err error
	if reason == "" {
		n, err = usersdb.New().LiftUser(ctx, tx, id)
	} else {
		n, err = usersdb.New().SuspendUser(ctx, tx, usersdb.SuspendUserParams{ID: id, Reason: reason})
	}
	if err != nil {
		return false, fmt.Errorf("change whether the account is suspended: %w", err)
	}
	return n == 1, nil
}

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
