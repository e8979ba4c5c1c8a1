package users

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/users/usersdb"
)

// CloseTx has an account erased at a time; false when it is closing already or gone. It is called inside db.InAdmin.
func CloseTx(ctx context.Context, tx db.Tx, id uuid.UUID, at time.Time) (bool, error) {
	n, err := usersdb.New().CloseUser(ctx, tx, usersdb.CloseUserParams{ID: id, EraseAt: at})
	if err != nil {
		return false, fmt.Errorf("close the account: %w", err)
	}
	return n == 1, nil
}

// KeepTx takes the closing of an account back; false when it was not closing, or is due at now. It is called with the
// person in scope.
func KeepTx(ctx context.Context, tx db.Tx, id uuid.UUID, now time.Time) (bool, error) {
	n, err := usersdb.New().KeepUser(ctx, tx, usersdb.KeepUserParams{ID: id, Now: now})
	if err != nil {
		return false, fmt.Errorf("keep the account: %w", err)
	}
	return n == 1, nil
}

// Due lists accounts whose time has come, the first ones first, at most size.
func Due(ctx context.Context, q usersdb.DBTX, now time.Time, size int32) ([]uuid.UUID, error) {
	ids, err := usersdb.New().DueUsers(ctx, q, usersdb.DueUsersParams{Now: now, Size: size})
	if err != nil {
		return nil, fmt.Errorf("list the accounts to erase: %w", err)
	}
	return ids, nil
}

// LockDueTx locks an account whose time has come, so that it cannot be kept any more; NotFound when there is none. It is
// called inside db.InAdmin.
func LockDueTx(ctx context.Context, tx db.Tx, id uuid.UUID, now time.Time) (User, error) {
	row, err := usersdb.New().LockDueUser(ctx, tx, usersdb.LockDueUserParams{ID: id, Now: now})
	if db.None(err) {
		return User{}, fault.Missing()
	}
	if err != nil {
		return User{}, fmt.Errorf("lock the account to erase: %w", err)
	}
	return User{ID: row.ID, Email: row.Email, Name: row.Name}, nil
}

// EraseTx leaves nothing in the account's row that says whom it stood for; the row stays, so that what was written has
// an author. It comes last, because the others ask for the address, and inside db.InAdmin.
func EraseTx(ctx context.Context, tx db.Tx, id uuid.UUID) error {
	if _, err := usersdb.New().EraseNotesOfUser(ctx, tx, id); err != nil {
		return fmt.Errorf("erase what staff noted: %w", err)
	}
	if err := usersdb.New().EraseUser(ctx, tx, id); err != nil {
		return fmt.Errorf("erase the account: %w", err)
	}
	return nil
}
