package admin

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
)

// Signup is one whose address is not proven yet.
type Signup struct {
	ID        uuid.UUID
	Name      string
	Email     string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Signups reads a page of the sign-ups that wait, the newest first; search narrows it to those whose name or address
// contains it.
func (a *Admin) Signups(ctx context.Context, search, after string) (List[Signup], error) {
	var l List[Signup]
	at, id := timedBefore(after)
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Rows, admindb.ListSignups, at, id, like(search), pageSize+1)
		db.Value(r, &l.Count, admindb.CountSignups, like(search), CountStop+1)
	})
	l.cut(pageSize, func(s Signup) string { return timeCursor(s.CreatedAt, s.ID.String()) })
	return l, err
}

// Verify makes the account of a sign-up, whose address staff have made sure of, and returns its id. NotFound when it waits
// no longer.
func (a *Admin) Verify(ctx context.Context, by Actor, id uuid.UUID) (uuid.UUID, error) {
	var user uuid.UUID
	err := a.act(ctx, by, "staff.signup_verified", "sign-up "+id.String(), func(ctx context.Context, tx db.Tx) error {
		var err error
		user, err = a.Auth.VerifyTx(ctx, tx, by.staff(), id)
		return err
	})
	return user, err
}
