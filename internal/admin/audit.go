package admin

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
)

// ActFilter says which acts of staff are shown; what is empty leaves everything in.
type ActFilter struct {
	Action string
	Staff  uuid.UUID
}

// StaffPerson is a member of staff, for a filter.
type StaffPerson struct {
	ID   uuid.UUID
	Name string
}

// ActsPage is what staff did.
type ActsPage struct {
	Acts    List[AccountEvent]
	Staff   []StaffPerson
	Actions []string // of the newest acts, for the filter
}

// Acts reads a page of what staff did and looked at outside of organizations, the newest first. What they looked at
// inside one stands in its own history.
func (a *Admin) Acts(ctx context.Context, f ActFilter, after string) (ActsPage, error) {
	var p ActsPage
	at, id := timedBefore(after)
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &p.Acts.Rows, admindb.StaffActs, at, id, f.Action, f.Staff, pageSize+1)
		db.Rows(r, &p.Staff, admindb.StaffPeople)
		db.Values(r, &p.Actions, admindb.StaffActions)
	})
	p.Acts.cut(pageSize, func(e AccountEvent) string { return timeCursor(e.At, e.ID.String()) })
	return p, err
}
