// Package scope says who asks, for which organization, in which role and within which limits. Its values are plain: a
// guard builds one from a membership it has read, and every operation on an organization's data takes it as its first
// parameter after the context.
package scope

import (
	"time"

	"github.com/google/uuid"
)

// Person is somebody signed in.
type Person struct {
	ID        uuid.UUID
	SessionID uuid.UUID // the row in sessions that lets them in
	Name      string
	Email     string
	Picture   string    // the name of their picture; empty is none
	Zone      string    // IANA name of the time zone times are shown in; empty is UTC
	Staff     StaffRole // "" may not enter the back-office
	SignedIn  time.Time
	Proven    time.Time    // when they last proved who they are
	Methods   []string     // what this session was proven with
	Strong    bool         // a second factor or a passkey was among them
	By        Impersonator // who looks as them; the zero value is themselves
	EraseAt   time.Time    // when the account is erased; zero unless its person has asked for that
}

// Location is the person's time zone; an unknown or empty name is UTC.
func (p Person) Location() *time.Location {
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Limits are what an organization may use. -1 means no limit.
type Limits struct {
	Plan      string // key in the plan catalogue
	Projects  int
	Members   int
	StorageMB int
	APIRPM    int       // requests a minute
	Without   []Feature // what other plans of the catalogue include and this one does not
}

// ReadOnly says why an organization cannot be changed at the moment; empty means that it can.
type ReadOnly string

// The reasons an organization is read-only.
const (
	Writable  ReadOnly = ""
	Unpaid    ReadOnly = "unpaid"    // the subscription is past its grace or was left unpaid
	Suspended ReadOnly = "suspended" // staff closed it
	Closing   ReadOnly = "closing"   // its deletion was asked for
	Looking   ReadOnly = "looking"   // staff look as its member, and may change nothing
)

// Scope is one person's standing in one organization. Only package tenants makes one for a request, from a membership
// read in the same moment; jobs get theirs from System.
type Scope struct {
	TenantID uuid.UUID
	Slug     string
	Name     string
	Logo     string // the name of its picture; empty is none
	Person   Person
	Role     Role
	Limits   Limits
	ReadOnly ReadOnly
	Request  string // request id, for events
	Address  string // where the request comes from, for events
	Device   string // with what, as Firefox on Linux, for events
}

// May says whether the role allows p.
func (s Scope) May(p Permission) bool { return s.Role.May(p) }

// System is the scope of background work for one organization: nobody is signed in and no person's view applies.
func System(tenantID uuid.UUID) Scope {
	return Scope{TenantID: tenantID, Role: roleSystem}
}
