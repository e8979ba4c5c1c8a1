package tenants

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/limit"
	"plinth/internal/scope"
	"plinth/internal/secret"
	"plinth/internal/tenants/tenantsdb"
)

// Door is where a join link leads.
type Door struct {
	TenantID     uuid.UUID
	Organization string
	Slug         string
	Role         scope.Role
	Maker        string
}

// Door looks at a join link; the same NotFound for one that was turned off, made anew, or never was.
func (t *Tenants) Door(ctx context.Context, token string) (Door, error) {
	tenantID, ok := joinTenant(token)
	if !ok {
		return Door{}, errJoinLink()
	}
	var row *tenantsdb.JoinLinkByHashRow
	err := t.DB.ReadTenant(ctx, scope.System(tenantID), func(r *db.Reads) {
		db.Maybe(r, &row, tenantsdb.JoinLinkByHash, tenantID, secret.Hash(token))
	})
	if err != nil {
		return Door{}, fmt.Errorf("read join link: %w", err)
	}
	if row == nil || !makerMay(row.MakerRole, row.Role) {
		return Door{}, errJoinLink()
	}
	return Door{TenantID: tenantID, Organization: row.Organization, Slug: row.Slug, Role: scope.Role(row.Role), Maker: row.Maker}, nil
}

func errJoinLink() error {
	return fault.New(fault.NotFound, "This link was turned off or made anew. Ask for the new one.")
}

// Join makes a person a member by a link. Who is one already is so once; who was one needs an invitation.
func (t *Tenants) Join(ctx context.Context, p scope.Person, token string) (Door, error) {
	door, err := t.Door(ctx, token)
	if err != nil {
		return door, err
	}
	return t.enter(ctx, p, door, "link", func(ctx context.Context, tx db.Tx) error {
		// The organization is locked: a link that was turned off meanwhile lets nobody in any more.
		row, err := tenantsdb.New().JoinLinkByHash(ctx, tx, tenantsdb.JoinLinkByHashParams{TenantID: door.TenantID, Hash: secret.Hash(token)})
		if db.None(err) || err == nil && !makerMay(row.MakerRole, row.Role) {
			return errJoinLink()
		}
		return err
	})
}

// JoinOpen makes a person a member of an organization that is open to everybody at the domain of their address; the same
// NotFound for one that is not and one that does not exist.
func (t *Tenants) JoinOpen(ctx context.Context, p scope.Person, tenantID uuid.UUID) (Door, error) {
	door := Door{TenantID: tenantID, Role: scope.Member}
	if tenantID == uuid.Nil {
		return door, fault.Missing()
	}
	return t.enter(ctx, p, door, "domain", func(ctx context.Context, tx db.Tx) error {
		return openToTx(ctx, tx, tenantID, p.Email)
	})
}

// enter lets a person in, within the limits of joining; allowed is asked with the organization locked.
func (t *Tenants) enter(ctx context.Context, p scope.Person, door Door, by string, allowed func(context.Context, db.Tx) error) (Door, error) {
	s := scope.Scope{TenantID: door.TenantID, Person: p, Role: door.Role}
	err := t.Limits.Spend(ctx, joinLimits(s), func() error {
		return t.DB.InPersonAndTenant(ctx, p.ID, s, func(ctx context.Context, tx db.Tx) error {
			org, err := tenantsdb.New().LockTenant(ctx, tx, s.TenantID)
			if db.None(err) {
				return fault.Missing()
			}
			if err != nil {
				return fmt.Errorf("lock organization: %w", err)
			}
			door.Slug, door.Organization = org.Slug, org.Name
			if err := allowed(ctx, tx); err != nil {
				return err
			}
			if there, err := beforeTx(ctx, tx, s); err != nil || there {
				return err
			}
			return t.admitTx(ctx, tx, s, by)
		})
	})
	return door, err
}

// beforeTx says whether somebody is a member already, and refuses who was one: a link does not undo a removal.
func beforeTx(ctx context.Context, tx db.Tx, s scope.Scope) (there bool, err error) {
	still, err := tenantsdb.New().WasMember(ctx, tx, tenantsdb.WasMemberParams{TenantID: s.TenantID, UserID: s.Person.ID})
	switch {
	case db.None(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look for the membership: %w", err)
	case !still:
		return false, fault.New(fault.Denied, "You were in this organization before. Ask somebody who manages people to invite you.")
	}
	return true, nil
}

func joinLimits(s scope.Scope) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "join", Allowance: 20, Drain: 10 * time.Minute, First: 5 * time.Second, Longest: time.Hour}, Key: s.Person.ID.String()},
		{Policy: limit.Policy{Name: "join-organization", Allowance: 200, Drain: 10 * time.Second, First: time.Second, Longest: time.Minute}, Key: s.TenantID.String()},
	}
}

// admitTx makes s.Person a member in s.Role, with the organization locked, by an invitation, a link or the domain of the
// address: not into a suspended or closing organization, not with an address that it does not take, not beyond its plan.
func (t *Tenants) admitTx(ctx context.Context, tx db.Tx, s scope.Scope, by string) error {
	if err := t.roomTx(ctx, tx, s); err != nil {
		return err
	}
	if err := addMemberTx(ctx, tx, s, s.Person.ID, s.Role, nil); err != nil {
		return err
	}
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: "member.joined", ObjectKind: "member", ObjectID: s.Person.ID,
		Changes: map[string][2]string{"role": {"", string(s.Role)}, "by": {"", by}}, Person: map[string]string{"name": s.Person.Name},
	})
}

func (t *Tenants) roomTx(ctx context.Context, tx db.Tx, s scope.Scope) error {
	switch org, err := tenantsdb.New().TenantByID(ctx, tx, s.TenantID); {
	case err != nil:
		return fmt.Errorf("read organization: %w", err)
	case org.SuspendedAt != nil:
		return fault.New(fault.Denied, "This organization is suspended and takes nobody in. Try again when it is open.")
	case org.ClosingAt != nil:
		return fault.New(fault.Denied, "This organization is being deleted and takes nobody in.")
	}
	if err := takesTx(ctx, tx, s.TenantID, s.Person.Email); err != nil {
		return err
	}
	if s.Role == scope.Guest {
		return nil // takes no seat
	}
	return t.Plans.AllowTx(ctx, tx, s, billing.Members)
}
