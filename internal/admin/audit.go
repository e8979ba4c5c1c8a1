package admin

import (
	"context"
	"strings"

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

// Act is what somebody of staff did, and to whom.
type Act struct {
	AccountEvent
	TenantID *uuid.UUID // the organization that it is about, or nil
	UserID   *uuid.UUID // the person
	Subject  string     // what they are called now
	Why      string     // the reason, where it is kept apart from the changes
}

// ActsPage is what staff did.
type ActsPage struct {
	Acts    List[Act]
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
	p.Acts.cut(pageSize, func(e Act) string { return timeCursor(e.At, e.ID.String()) })
	return p, err
}

// About is what the organization or the person is called that a path of the back-office is about, or "".
func (a *Admin) About(ctx context.Context, path string) (about string, err error) {
	parts := strings.Split(path, "/") // "", "admin", "users", an id, …
	if len(parts) < 4 || parts[2] != "users" && parts[2] != "organizations" {
		return "", nil
	}
	id, err := uuid.Parse(parts[3])
	if err != nil {
		return "", nil //nolint:nilerr // what is no id has no name
	}
	err = a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Value(r, &about, admindb.SubjectCalled, id) })
	return about, err
}
