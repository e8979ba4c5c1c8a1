package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
)

// ExportTx is what a person proves with and where they are signed in, for their copy; without the secrets.
func ExportTx(ctx context.Context, tx db.Tx, userID uuid.UUID) ([]byte, error) {
	doc, err := authdb.New().ExportSecurity(ctx, tx, userID)
	if err != nil {
		return nil, fmt.Errorf("export what an account proves with: %w", err)
	}
	return doc, nil
}
