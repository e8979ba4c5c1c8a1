package users

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/users/usersdb"
)

// ExportTx is the account itself, for its person's copy; NotFound when it is gone.
func ExportTx(ctx context.Context, tx db.Tx, userID uuid.UUID) ([]byte, error) {
	doc, err := usersdb.New().ExportUser(ctx, tx, userID)
	if db.None(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, fmt.Errorf("export the account: %w", err)
	}
	return doc, nil
}
