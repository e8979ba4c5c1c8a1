package tenants

import (
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
)

// Standing is what the guard reads of a person in an organization.
type Standing struct {
	TenantID    uuid.UUID
	Slug        string
	Name        string
	SuspendedAt *time.Time
	ClosingAt   *time.Time // its deletion was asked for
	DeletedAt   *time.Time // it is deleted, and can still be brought back
	Role        string

	SecondFactor  bool
	SignInMethods []string
	SessionHours  int32

	Logo string
}

// Policy is what the organization asks of whoever comes in.
func (st Standing) Policy() Policy {
	return Policy{SecondFactor: st.SecondFactor, Methods: st.SignInMethods, Hours: int(st.SessionHours)}
}

// QueueStanding reads, in a guard's round trip, the person's standing in the organization called slug, and puts that
// organization in scope for what is queued after it. It stays nil when there is no such organization or the person is
// not of it: the two look the same. A deleted one is found until erasing it begins.
func QueueStanding(r *db.Reads, slug string, userID uuid.UUID, into **Standing) {
	r.ScopeTenant(slug, userID)
	db.Maybe(r, into, tenantsdb.Standing, slug, userID)
}

// Scope makes the scope of a request. A suspended, closing or unpaid organization is read-only.
func (st Standing) Scope(p scope.Person, access billing.Access, request string) scope.Scope {
	readOnly := access.ReadOnly
	switch {
	case st.SuspendedAt != nil:
		readOnly = scope.Suspended
	case st.ClosingAt != nil:
		readOnly = scope.Closing
	case readOnly == scope.Writable && p.Impersonated() && !p.By.Raised:
		readOnly = scope.Looking
	}
	return scope.Scope{
		TenantID: st.TenantID, Slug: st.Slug, Name: st.Name, Logo: st.Logo, Person: p, Role: scope.Role(st.Role),
		Limits: access.Plan.Scope(), ReadOnly: readOnly, Request: request,
	}
}

// Organization is one a person belongs to.
type Organization struct {
	ID   uuid.UUID
	Slug string
	Name string
	Role string
	Logo string
}

// QueueOrganizations reads the organizations a person belongs to, by name.
func QueueOrganizations(r *db.Reads, userID uuid.UUID, into *[]Organization) {
	db.Rows(r, into, tenantsdb.OrganizationsOf, userID)
}
