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
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
)

// InviteFor is how long an invitation is open.
const InviteFor = 7 * 24 * time.Hour

// Invitation is an open invitation.
type Invitation struct {
	ID           uuid.UUID
	TenantID     uuid.UUID
	Organization string
	Slug         string
	Email        string
	Role         scope.Role
	Inviter      string
	ExpiresAt    time.Time
}

// Invited says what InviteOnceTx did.
type Invited string

// What becomes of an address that is invited.
const (
	InvitedNew     Invited = "new"
	InvitedAnew    Invited = "anew"    // an earlier invitation was open; its link is worth nothing any more
	InvitedAlready Invited = "already" // by the same id: the form was sent twice, and nothing was done
)

// InviteTx opens an invitation for an address and returns its id. What was open for the address is revoked.
func (t *Tenants) InviteTx(ctx context.Context, tx db.Tx, s scope.Scope, email string, role scope.Role) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make an invitation id: %w", err)
	}
	_, err = t.InviteOnceTx(ctx, tx, s, id, email, role)
	return id, err
}

// InviteOnceTx opens an invitation with an id that the form has brought along, so that sending the form twice opens one.
func (t *Tenants) InviteOnceTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID, email string, role scope.Role) (Invited, error) {
	if err := CheckInvitedRole(s, role); err != nil {
		return "", err
	}
	q := tenantsdb.New()
	if _, err := q.LockTenant(ctx, tx, s.TenantID); err != nil { // one after the other, or the twin of a form revokes its twin
		return "", fmt.Errorf("lock organization: %w", err)
	}
	switch there, err := q.InvitationExists(ctx, tx, tenantsdb.InvitationExistsParams{TenantID: s.TenantID, ID: id}); {
	case err != nil:
		return "", fmt.Errorf("look for the invitation: %w", err)
	case there:
		return InvitedAlready, nil
	}
	if err := t.mayInviteTx(ctx, tx, s, email, role); err != nil {
		return "", err
	}
	revoked, err := q.RevokePending(ctx, tx, tenantsdb.RevokePendingParams{TenantID: s.TenantID, Email: email})
	if err != nil {
		return "", fmt.Errorf("revoke the earlier invitation: %w", err)
	}
	err = q.CreateInvitation(ctx, tx, tenantsdb.CreateInvitationParams{
		TenantID: s.TenantID, ID: id, Email: email, Role: string(role), InvitedBy: s.Person.ID, ExpiresAt: time.Now().Add(InviteFor),
	})
	if err != nil {
		return "", fmt.Errorf("create invitation: %w", err)
	}
	what := InvitedNew
	if len(revoked) > 0 {
		what = InvitedAnew
	}
	return what, events.AppendTx(ctx, tx, s, events.Event{
		Action: "invitation.created", ObjectKind: "invitation", ObjectID: id,
		Changes: map[string][2]string{"role": {"", string(role)}}, Person: map[string]string{"email": email},
	})
}

// CheckInvitedRole refuses a role that is none, or above one's own.
func CheckInvitedRole(s scope.Scope, role scope.Role) error {
	if !role.Known() || !role.Within(s.Role) {
		return fault.Field("role", "Choose a role up to your own.")
	}
	return nil
}

// mayInviteTx refuses an address that needs no invitation, or that the plan has no room for.
func (t *Tenants) mayInviteTx(ctx context.Context, tx db.Tx, s scope.Scope, email string, role scope.Role) error {
	there, err := tenantsdb.New().IsMember(ctx, tx, tenantsdb.IsMemberParams{TenantID: s.TenantID, Email: email})
	if err != nil {
		return fmt.Errorf("look for the member: %w", err)
	}
	if there {
		return fault.Field("email", "This person belongs to the organization already.")
	}
	if err := takesTx(ctx, tx, s.TenantID, email); fault.Is(err, fault.Denied) {
		return fault.Field("email", fault.As(err).Public)
	} else if err != nil {
		return err
	}
	if role == scope.Guest {
		return nil // takes no seat
	}
	return t.Plans.AllowTx(ctx, tx, s, billing.Members)
}

// Revoke closes an open invitation.
func (t *Tenants) Revoke(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		email, err := tenantsdb.New().RevokeInvitation(ctx, tx, tenantsdb.RevokeInvitationParams{TenantID: s.TenantID, ID: id})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("revoke invitation: %w", err)
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "invitation.revoked", ObjectKind: "invitation", ObjectID: id, Person: map[string]string{"email": email},
		})
	})
}

// RenewTx gives an invitation that was neither accepted nor revoked its full time again, also when it was too old.
func RenewTx(ctx context.Context, tx db.Tx, tenantID, id uuid.UUID) error {
	rows, err := tenantsdb.New().RenewInvitation(ctx, tx, tenantsdb.RenewInvitationParams{TenantID: tenantID, ID: id, ExpiresAt: time.Now().Add(InviteFor)})
	if err != nil {
		return fmt.Errorf("renew invitation: %w", err)
	}
	if rows == 0 {
		return fault.Missing() // accepted or withdrawn
	}
	return nil
}

// Invited returns the address of an invitation that was neither accepted nor revoked.
func (t *Tenants) Invited(ctx context.Context, s scope.Scope, id uuid.UUID) (string, error) {
	var row *struct{ Email string }
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &row, tenantsdb.PendingEmail, s.TenantID, id) })
	switch {
	case err != nil:
		return "", err
	case row == nil:
		return "", fault.Missing()
	}
	return row.Email, nil
}

// OpenInvitationTx reads an open invitation; NotFound when it was accepted, revoked or is too old. The organization
// must be in scope.
func OpenInvitationTx(ctx context.Context, tx db.Tx, tenantID, id uuid.UUID) (Invitation, error) {
	row, err := tenantsdb.New().OpenInvitation(ctx, tx, tenantsdb.OpenInvitationParams{TenantID: tenantID, ID: id})
	if db.None(err) {
		return Invitation{}, fault.New(fault.NotFound, "This invitation was withdrawn, accepted or is too old. Ask for a new one.")
	}
	if err != nil {
		return Invitation{}, fmt.Errorf("read invitation: %w", err)
	}
	return Invitation{
		ID: row.ID, TenantID: tenantID, Organization: row.Organization, Slug: row.Slug, Email: row.Email,
		Role: scope.Role(row.Role), Inviter: row.InviterName, ExpiresAt: row.ExpiresAt,
	}, nil
}

// AcceptTx makes the person a member with the invited role, never more than the inviter still has. What admitTx asks is
// asked again, with the organization locked. The person and the organization must be in scope.
func (t *Tenants) AcceptTx(ctx context.Context, tx db.Tx, p scope.Person, inv Invitation) error {
	s := scope.Scope{TenantID: inv.TenantID, Slug: inv.Slug, Name: inv.Organization, Person: p, Role: inv.Role}
	q := tenantsdb.New()
	if _, err := q.LockTenant(ctx, tx, inv.TenantID); err != nil {
		return fmt.Errorf("lock organization: %w", err)
	}
	inviter, err := q.InviterRole(ctx, tx, tenantsdb.InviterRoleParams{TenantID: inv.TenantID, ID: inv.ID})
	if err != nil && !db.None(err) {
		return fmt.Errorf("read the inviter's role: %w", err)
	}
	if !inv.Role.Within(scope.Role(inviter)) {
		return fault.New(fault.Denied, "Whoever invited you may no longer give this role. Ask for a new invitation.")
	}
	rows, err := q.AcceptInvitation(ctx, tx, tenantsdb.AcceptInvitationParams{TenantID: inv.TenantID, ID: inv.ID, AcceptedBy: &p.ID})
	if err != nil {
		return fmt.Errorf("accept invitation: %w", err)
	}
	if rows == 0 {
		return fault.New(fault.NotFound, "This invitation was withdrawn, accepted or is too old. Ask for a new one.")
	}
	err = t.admitTx(ctx, tx, s, "invitation")
	if fault.Is(err, fault.PaymentRequired) {
		return fault.Wrap(fault.PaymentRequired, noRoom(inv), err)
	}
	return err
}

// noRoom says to somebody who was invited whom to ask when the plan has no room for them.
func noRoom(inv Invitation) string {
	who := "an owner"
	if inv.Inviter != "" {
		who = inv.Inviter + ", who invited you, or an owner"
	}
	return inv.Organization + " has no room for another member at the moment. Ask " + who + " to make some; the invitation stays open."
}
