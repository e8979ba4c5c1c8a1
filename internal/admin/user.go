package admin

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
)

// UserRow is an account in the list.
type UserRow struct {
	ID            uuid.UUID
	Name          string
	Email         string
	CreatedAt     time.Time
	StaffSince    *time.Time
	Staff         string // their role in the back-office, or ""
	Organizations int64
}

// UserPage is one account with what it belongs to and what happened to it.
type UserPage struct {
	User        User
	Memberships []UserMembership
	Events      List[AccountEvent]
}

// User is an account.
type User struct {
	ID                uuid.UUID
	Name              string
	Email             string
	Zone              string
	CreatedAt         time.Time
	EmailVerifiedAt   time.Time
	PasswordChangedAt *time.Time
	TermsVersion      string
	StaffSince        *time.Time
	Staff             string // their role in the back-office, or ""
	Sessions          int64  // not yet ended
	SeenAt            *time.Time
}

// UserMembership is an organization somebody belongs to, or did.
type UserMembership struct {
	TenantID uuid.UUID
	Slug     string
	Name     string
	Role     string
	JoinedAt time.Time
	LeftAt   *time.Time
}

// AccountEvent is something that was done to an account, or by a member of staff.
type AccountEvent struct {
	ID          uuid.UUID
	At          time.Time
	Action      string
	ChangesJSON []byte
	ActorID     *uuid.UUID
	ActorName   string
	RequestID   string
}

// Changes are the fields with their values before and after.
func (e AccountEvent) Changes() map[string][2]string {
	var out map[string][2]string
	_ = json.Unmarshal(e.ChangesJSON, &out) // written by package events; anything else shows as no change
	return out
}

// Users reads a page of accounts, the newest first, optionally only those whose name or address contains search.
func (a *Admin) Users(ctx context.Context, search, after string) (List[UserRow], error) {
	var l List[UserRow]
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Rows, admindb.ListUsers, idBefore(after), like(search), pageSize+1)
		db.Value(r, &l.Count, admindb.CountUsers, like(search), CountStop+1)
	})
	l.cut(pageSize, func(u UserRow) string { return u.ID.String() })
	return l, err
}

// User reads one account; NotFound when there is none.
func (a *Admin) User(ctx context.Context, id uuid.UUID, eventsAfter string) (UserPage, error) {
	var p UserPage
	at, before := timedBefore(eventsAfter)
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Row(r, &p.User, admindb.User, id)
		db.Rows(r, &p.Memberships, admindb.UserMemberships, id, CountStop)
		db.Rows(r, &p.Events.Rows, admindb.UserEvents, id, at, before, partSize+1)
		db.Value(r, &p.Events.Count, admindb.CountUserEvents, id, CountStop+1)
	})
	p.Events.cut(partSize, func(e AccountEvent) string { return timeCursor(e.At, e.ID.String()) })
	return p, err
}
