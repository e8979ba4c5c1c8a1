package tenants

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/secret"
	"plinth/internal/tenants/tenantsdb"
)

// JoinRoles are the roles that a link can give: whoever manages is invited by name.
func JoinRoles() []scope.Role { return []scope.Role{scope.Member, scope.Guest} }

// JoinLink is an open link, as those who manage people see it.
type JoinLink struct {
	Role  scope.Role
	URL   string
	Maker string
	Since time.Time
	Dead  bool // its maker no longer manages people: nobody joins with it until it is made anew
}

// JoinLinkForm makes a link. ID is made when the form is shown, so that sending it twice makes one.
type JoinLinkForm struct {
	ID   uuid.UUID  `form:"id"`
	Role scope.Role `form:"role"`
}

const joinUse = "join link"

// MakeJoinLink makes the link of a role; the one before is worth nothing any more.
func (t *Tenants) MakeJoinLink(ctx context.Context, s scope.Scope, f JoinLinkForm) error {
	if !slices.Contains(JoinRoles(), f.Role) || !f.Role.Within(s.Role) {
		return fault.Field("role", "Choose a role from the list.")
	}
	if f.ID == uuid.Nil {
		return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	token := joinToken(s.TenantID)
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := tenantsdb.New()
		if _, err := q.LockTenant(ctx, tx, s.TenantID); err != nil {
			return fmt.Errorf("lock organization: %w", err)
		}
		if there, err := q.JoinLinkExists(ctx, tx, tenantsdb.JoinLinkExistsParams{TenantID: s.TenantID, ID: f.ID}); err != nil || there {
			return err // pressed twice
		}
		if _, err := q.EndJoinLink(ctx, tx, tenantsdb.EndJoinLinkParams{TenantID: s.TenantID, Role: string(f.Role)}); err != nil {
			return fmt.Errorf("end the earlier link: %w", err)
		}
		err := q.CreateJoinLink(ctx, tx, tenantsdb.CreateJoinLinkParams{
			TenantID: s.TenantID, ID: f.ID, Role: string(f.Role), Hash: secret.Hash(token),
			Secret: t.Keys.Seal(joinUse, []byte(token), f.ID[:]), CreatedBy: s.Person.ID,
		})
		if err != nil {
			return fmt.Errorf("create join link: %w", err)
		}
		return joinLinkEventTx(ctx, tx, s, "join_link.created", f.Role)
	})
}

// EndJoinLink turns the link of a role off.
func (t *Tenants) EndJoinLink(ctx context.Context, s scope.Scope, role scope.Role) error {
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		rows, err := tenantsdb.New().EndJoinLink(ctx, tx, tenantsdb.EndJoinLinkParams{TenantID: s.TenantID, Role: string(role)})
		if err != nil {
			return fmt.Errorf("end join link: %w", err)
		}
		if rows == 0 {
			return nil // pressed twice
		}
		return joinLinkEventTx(ctx, tx, s, "join_link.ended", role)
	})
}

func joinLinkEventTx(ctx context.Context, tx db.Tx, s scope.Scope, action string, role scope.Role) error {
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: action, ObjectKind: "organization", ObjectID: s.TenantID, ObjectName: s.Name, Changes: map[string][2]string{"role": {"", string(role)}},
	})
}

// joinToken is a new link's secret: the organization and 128 bits by chance. It names the organization, so that the row
// is looked for in its scope.
func joinToken(tenantID uuid.UUID) string {
	raw := make([]byte, 32)
	copy(raw, tenantID[:])
	_, _ = rand.Read(raw[16:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func joinTenant(token string) (uuid.UUID, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 32 || uuid.UUID(raw[:16]) == uuid.Nil {
		return uuid.Nil, false
	}
	return uuid.UUID(raw[:16]), true
}

// Joining is how people come in without being invited by name.
type Joining struct {
	Links   []JoinLink
	Domains []string
	Open    bool // anybody with an address at the domains may join
}

// Joining reads the links and the domains.
func (t *Tenants) Joining(ctx context.Context, s scope.Scope) (Joining, error) {
	var links []tenantsdb.ListJoinLinksRow
	var policy *tenantsdb.PolicyOfRow
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Rows(r, &links, tenantsdb.ListJoinLinks, s.TenantID)
		db.Maybe(r, &policy, tenantsdb.PolicyOf, s.TenantID)
	})
	if err != nil {
		return Joining{}, fmt.Errorf("read the ways in: %w", err)
	}
	var out Joining
	if policy != nil {
		out.Domains, out.Open = policy.EmailDomains, policy.OpenToDomains
	}
	for _, l := range links {
		token, err := t.Keys.Open(joinUse, l.Secret, l.ID[:])
		if err != nil {
			return Joining{}, fmt.Errorf("open a join link: %w", err)
		}
		out.Links = append(out.Links, JoinLink{
			Role: scope.Role(l.Role), URL: t.URL + "/join/" + string(token), Maker: l.Maker, Since: l.CreatedAt,
			Dead: !makerMay(l.MakerRole, l.Role),
		})
	}
	return out, nil
}

// makerMay says whether who made a link could make it now.
func makerMay(maker, role string) bool {
	return scope.Role(maker).May(scope.ManagePeople) && scope.Role(role).Within(scope.Role(maker))
}
