package tenants

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
	"plinth/jobs"
)

// Member is a person of the organization.
type Member struct {
	UserID   uuid.UUID
	Role     string
	JoinedAt time.Time
	Name     string
	Email    string
	EraseAt  *time.Time // when the account is erased; nil unless its person has asked for that
	Picture  string
}

// Pending is an invitation nobody has accepted yet.
type Pending struct {
	ID        uuid.UUID
	Email     string
	Role      string
	SentAt    time.Time
	ExpiresAt time.Time
	Inviter   string
}

// PeopleCursor is where a page of people begins: after this member.
type PeopleCursor struct {
	JoinedAt time.Time
	UserID   uuid.UUID
}

// PeoplePage is a page of members, with the invitations that are open.
type PeoplePage struct {
	Members []Member
	Next    *PeopleCursor // nil on the last page
	Pending []Pending
	Seats   int64 // members that count, guests do not
	Seat    billing.Seat
}

const peoplePageSize = 50

// People reads a page of members, oldest first, optionally only those whose name or address contains search.
func (t *Tenants) People(ctx context.Context, s scope.Scope, search string, after PeopleCursor) (PeoplePage, error) {
	var page PeoplePage
	var sub *billing.Subscription
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Rows(r, &page.Members, tenantsdb.ListPeople, s.TenantID, after.JoinedAt, after.UserID, db.EscapeLike(strings.TrimSpace(search)), peoplePageSize+1)
		db.Rows(r, &page.Pending, tenantsdb.ListPending, s.TenantID)
		db.Value(r, &page.Seats, tenantsdb.CountSeats, s.TenantID)
		billing.QueueSeat(r, s.TenantID, &sub)
	})
	page.Seat = t.Plans.Seat(sub, s.Limits.Members, t.Plans.Now())
	if len(page.Members) > peoplePageSize {
		page.Members = page.Members[:peoplePageSize]
		last := page.Members[peoplePageSize-1]
		page.Next = &PeopleCursor{JoinedAt: last.JoinedAt, UserID: last.UserID}
	}
	return page, err
}

func addMemberTx(ctx context.Context, tx db.Tx, s scope.Scope, userID uuid.UUID, role scope.Role, by *uuid.UUID) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make a membership id: %w", err)
	}
	err = tenantsdb.New().AddMembership(ctx, tx, tenantsdb.AddMembershipParams{
		TenantID: s.TenantID, ID: id, UserID: userID, Role: string(role), InvitedBy: by,
	})
	if err != nil {
		return fmt.Errorf("add membership: %w", err)
	}
	return nil
}

// SetRole changes what a member may do. Nobody gives more than they have or changes somebody stronger, and the last
// owner stays one.
func (t *Tenants) SetRole(ctx context.Context, s scope.Scope, userID uuid.UUID, role scope.Role) error {
	if !role.Known() {
		return fault.Field("role", "Choose a role from the list.")
	}
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		m, own, err := lockMemberTx(ctx, tx, s, userID)
		if err != nil || scope.Role(m.Role) == role {
			return err
		}
		if !role.Within(own) {
			return fault.New(fault.Denied, "You cannot give a role above your own.")
		}
		if scope.Role(m.Role) == scope.Guest {
			if err := t.Plans.AllowTx(ctx, tx, s, billing.Members); err != nil {
				return err
			}
		}
		if err := keepOwnerTx(ctx, tx, s, m); err != nil {
			return err
		}
		if _, err := tenantsdb.New().SetRole(ctx, tx, tenantsdb.SetRoleParams{TenantID: s.TenantID, UserID: userID, Role: string(role)}); err != nil {
			return fmt.Errorf("set role: %w", err)
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "member.role_changed", ObjectKind: "member", ObjectID: userID,
			Changes: map[string][2]string{"role": {m.Role, string(role)}}, Person: map[string]string{"name": m.Name},
		})
	})
}

// Remove ends somebody's membership. Their tickets stay; reassignTo, if not nil, gets the open ones.
func (t *Tenants) Remove(ctx context.Context, s scope.Scope, userID, reassignTo uuid.UUID) error {
	if userID == s.Person.ID {
		return t.Leave(ctx, s)
	}
	return t.endMembership(ctx, s, userID, reassignTo, "member.removed")
}

// Leave ends the person's own membership.
func (t *Tenants) Leave(ctx context.Context, s scope.Scope) error {
	return t.endMembership(ctx, s, s.Person.ID, uuid.Nil, "member.left")
}

func (t *Tenants) endMembership(ctx context.Context, s scope.Scope, userID, reassignTo uuid.UUID, action string) error {
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		m, _, err := lockMemberTx(ctx, tx, s, userID)
		if err != nil {
			return err
		}
		if err := keepOwnerTx(ctx, tx, s, m); err != nil {
			return err
		}
		q := tenantsdb.New()
		if reassignTo != uuid.Nil {
			if _, err := memberTx(ctx, tx, s, reassignTo); err != nil || reassignTo == userID {
				return fault.Field("reassign_to", "Choose a member of this organization.")
			}
			if err := t.Queue.EnqueueTx(ctx, tx, jobs.ReassignTickets{
				ForTenant: jobs.ForTenant{TenantID: s.TenantID}, From: userID, To: reassignTo, By: s.Person.ID,
			}); err != nil {
				return err
			}
		}
		if _, err := q.EndMembership(ctx, tx, tenantsdb.EndMembershipParams{TenantID: s.TenantID, UserID: userID}); err != nil {
			return fmt.Errorf("end membership: %w", err)
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: action, ObjectKind: "member", ObjectID: userID, Person: map[string]string{"name": m.Name},
		})
	})
}

// lockMemberTx locks the organization, so that changes of its people happen one after the other, and reads a member
// whom the person may change: nobody changes somebody stronger. own is what the person is now.
func lockMemberTx(ctx context.Context, tx db.Tx, s scope.Scope, userID uuid.UUID) (m tenantsdb.MembershipOfRow, own scope.Role, err error) {
	if _, err := tenantsdb.New().LockTenant(ctx, tx, s.TenantID); err != nil {
		return m, own, fmt.Errorf("lock organization: %w", err)
	}
	// What the guard read may be old by now: two owners demoting each other must not both succeed.
	self, err := memberTx(ctx, tx, s, s.Person.ID)
	if err != nil {
		return self, own, err
	}
	if self.EraseAt != nil {
		return self, own, fault.New(fault.Denied, "Your account is about to be deleted. Keep it to go on.")
	}
	own = scope.Role(self.Role)
	if m, err = memberTx(ctx, tx, s, userID); err != nil {
		return m, own, err
	}
	if userID != s.Person.ID && (!own.May(scope.ManagePeople) || !scope.Role(m.Role).Within(own)) {
		return m, own, fault.New(fault.Denied, "You cannot change somebody with a role above your own.")
	}
	return m, own, nil
}

func memberTx(ctx context.Context, tx db.Tx, s scope.Scope, userID uuid.UUID) (tenantsdb.MembershipOfRow, error) {
	m, err := tenantsdb.New().MembershipOf(ctx, tx, tenantsdb.MembershipOfParams{TenantID: s.TenantID, UserID: userID})
	if db.None(err) {
		return m, fault.Missing()
	}
	if err != nil {
		return m, fmt.Errorf("read membership: %w", err)
	}
	return m, nil
}

// keepOwnerTx refuses to take the role from the last owner. The organization is locked.
func keepOwnerTx(ctx context.Context, tx db.Tx, s scope.Scope, m tenantsdb.MembershipOfRow) error {
	if scope.Role(m.Role) != scope.Owner {
		return nil
	}
	owners, err := tenantsdb.New().CountOwners(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("count owners: %w", err)
	}
	others := owners
	if m.EraseAt == nil { // else it was not counted
		others--
	}
	if others < 1 {
		return fault.New(fault.Conflict, "An organization always has an owner. Make somebody else one first.")
	}
	return nil
}

// Removal reads the member to be removed and the members who could get their tickets.
func (t *Tenants) Removal(ctx context.Context, s scope.Scope, userID uuid.UUID) (Member, []Member, error) {
	var m Member
	var all []Member
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Row(r, &m, tenantsdb.MemberByID, s.TenantID, userID)
		db.Rows(r, &all, tenantsdb.ListPeople, s.TenantID, time.Time{}, uuid.Nil, "", 200)
	})
	others := slices.DeleteFunc(all, func(x Member) bool { return x.UserID == userID })
	return m, others, err
}
