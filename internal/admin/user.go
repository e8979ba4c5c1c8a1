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
	SuspendedAt   *time.Time
	EraseAt       *time.Time // when the account is erased, if it closes
	Organizations int64
}

// UserPage is one account with what it belongs to and what happened to it.
type UserPage struct {
	User        User
	Memberships []UserMembership
	Events      List[AccountEvent]
	Sessions    []UserSession
	Mails       []MailRow // the newest to their address
	Notes       []Note
}

// UserSession is where an account is signed in.
type UserSession struct {
	ID         uuid.UUID
	UserAgent  string
	Address    string
	Methods    []string
	Strong     bool
	SignedInAt time.Time
	SeenAt     time.Time
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
	SuspendedAt       *time.Time
	SuspendedReason   string
	EraseAt           *time.Time // when the account is erased, if it closes
	TOTP              bool
	Passkeys          int64
	Codes             int64 // recovery codes left
	Sessions          int64 // not yet ended
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

// UserStates lists what a list of accounts can be narrowed down to.
func UserStates() []string { return []string{"staff", "suspended", "closing"} }

// RecordFilter says which accounts or organizations a list shows; what is empty leaves everything in.
type RecordFilter struct {
	Search string // a part of the name or address
	State  string
}

// Users reads a page of accounts, the newest first.
func (a *Admin) Users(ctx context.Context, f RecordFilter, after string) (List[UserRow], error) {
	var l List[UserRow]
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Rows, admindb.ListUsers, idBefore(after), like(f.Search), pageSize+1, f.State)
		db.Value(r, &l.Count, admindb.CountUsers, like(f.Search), CountStop+1, f.State)
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
		db.Rows(r, &p.Sessions, admindb.UserSessions, id, partSize)
		db.Rows(r, &p.Mails, admindb.UserMails, id, shortSize)
		db.Rows(r, &p.Notes, admindb.UserNotes, id, pageSize)
	})
	p.Events.cut(partSize, func(e AccountEvent) string { return timeCursor(e.At, e.ID.String()) })
	return p, err
}
