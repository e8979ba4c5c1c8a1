package auth

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
)

// PurgeTx deletes up to limit rows of the links that lead into an organization; it says of which table and how many, zero
// when there is nothing left. It is called inside db.InAdmin.
func PurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error) {
	return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{
		{Noun: "one_time_tokens", SQL: authdb.PurgeTenantTokens},
	})
}
