package admin

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/db"
	"plinth/internal/users"
)

// Impersonate notes that somebody of staff wants to look as the person of an account, and returns what they begin it with.
// Denied for staff, whom nobody looks as.
func (a *Admin) Impersonate(ctx context.Context, by Actor, id uuid.UUID) (uuid.UUID, error) {
	var asked uuid.UUID
	err := a.onAccount(ctx, by, "staff.impersonation_asked", id, func(ctx context.Context, tx db.Tx, u users.User) (bool, error) {
		var err error
		asked, err = auth.AskImpersonationTx(ctx, tx, by.staff(), u, by.Why)
		return true, err
	})
	return asked, err
}
