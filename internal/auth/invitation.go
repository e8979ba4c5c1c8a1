package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/limit"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/jobs"
)

// PurposeInvite is the purpose of an invitation's link.
const PurposeInvite = "invite"

// InviteForm is what a person types to invite somebody.
type InviteForm struct {
	Email string `form:"email"`
	Role  string `form:"role"`
}

// Invite opens an invitation and enqueues its mail in one transaction.
func (a *Auth) Invite(ctx context.Context, s scope.Scope, f InviteForm) error {
	email := users.NormalEmail(f.Email)
	if wrong := CheckEmail(email); wrong != "" {
		return fault.Field("email", wrong)
	}
	limits := inviteLimits(s, email)
	if err := a.Limits.Allow(ctx, limits...); err != nil {
		return err
	}
	err := a.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		id, err := a.Tenants.InviteTx(ctx, tx, s, email, scope.Role(f.Role))
		if err != nil {
			return err
		}
		return a.mailInvitationTx(ctx, tx, s, id, email)
	})
	if err != nil {
		return err
	}
	return a.Limits.Failed(ctx, limits...)
}

// inviteLimits bound the mails an organization sends to one address, and those a person sends through all of theirs.
func inviteLimits(s scope.Scope, email string) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "invite-email", Allowance: 5, First: time.Minute, Longest: time.Hour}, Key: s.TenantID.String() + "\x00" + email},
		{Policy: limit.Policy{Name: "invite-person", Allowance: 100, First: 5 * time.Second, Longest: 2 * time.Minute}, Key: s.Person.ID.String()},
	}
}

// ResendInvitation mails a fresh link for an open invitation; the link of the earlier mail is worth nothing any more.
func (a *Auth) ResendInvitation(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	email, err := a.Tenants.Invited(ctx, s, id)
	if err != nil {
		return err
	}
	limits := inviteLimits(s, email)
	if err := a.Limits.Allow(ctx, limits...); err != nil {
		return err
	}
	err = a.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := tenants.RenewTx(ctx, tx, s.TenantID, id); err != nil {
			return err
		}
		return a.mailInvitationTx(ctx, tx, s, id, email)
	})
	if err != nil {
		return err
	}
	return a.Limits.Failed(ctx, limits...)
}

func (a *Auth) mailInvitationTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID, email string) error {
	tokenID, err := a.issueTx(ctx, tx, token{
		Purpose: PurposeInvite, Address: email, Subject: id, Tenant: s.TenantID, For: tenants.InviteFor,
	})
	if err != nil {
		return err
	}
	return a.Queue.EnqueueTx(ctx, tx, jobs.SendInvitation{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, TokenID: tokenID})
}

// Invitation reads the open invitation a link leads to, and whether its address has an account. Nothing is used up.
func (a *Auth) Invitation(ctx context.Context, raw string) (inv tenants.Invitation, known bool, err error) {
	link, err := a.peekRow(ctx, PurposeInvite, raw)
	if err != nil {
		return inv, false, err
	}
	if link.TenantID == nil {
		return inv, false, errLink()
	}
	err = a.DB.InTenant(ctx, scope.System(*link.TenantID), func(ctx context.Context, tx db.Tx) error {
		inv, err = tenants.OpenInvitationTx(ctx, tx, *link.TenantID, link.SubjectID)
		return err
	})
	if err != nil {
		return inv, false, err
	}
	_, err = users.ByEmail(ctx, a.DB.Direct(), inv.Email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return inv, false, err
	}
	return inv, err == nil, nil
}

// AcceptInvitation uses up the link and makes the person a member. Only the person whose verified address was invited
// can; for anybody else the answer is Denied and the invitation stays open.
func (a *Auth) AcceptInvitation(ctx context.Context, p scope.Person, raw string) (tenants.Invitation, error) {
	inv, _, err := a.Invitation(ctx, raw)
	if err != nil {
		return inv, err
	}
	if inv.Email != p.Email {
		return inv, fault.New(fault.Denied, "This invitation is for somebody else. Sign in with the address it was sent to.")
	}
	err = a.DB.InPersonAndTenant(ctx, p.ID, scope.System(inv.TenantID), func(ctx context.Context, tx db.Tx) error {
		if _, err := useTx(ctx, tx, PurposeInvite, raw); err != nil {
			return err
		}
		return a.Tenants.AcceptTx(ctx, tx, p, inv)
	})
	return inv, err
}

// InvitationMail is what the mail of an invitation is made of.
type InvitationMail struct {
	To           string
	Organization string
	Inviter      string
	Role         scope.Role
	URL          string
}

// InvitationMail reads what the mail needs; jobs.ErrNothingToDo when the invitation was revoked or accepted meanwhile.
func (a *Auth) InvitationMail(ctx context.Context, tenantID, tokenID uuid.UUID) (InvitationMail, error) {
	t, err := a.openToken(ctx, tokenID)
	if err != nil {
		return InvitationMail{}, err
	}
	if t.TenantID == nil || *t.TenantID != tenantID {
		return InvitationMail{}, fmt.Errorf("invitation mail: token %s is of another organization", tokenID)
	}
	raw := a.Keys.Token(t.Purpose, t.ID, t.Address)
	inv, _, err := a.Invitation(ctx, raw)
	if fault.Is(err, fault.NotFound) {
		return InvitationMail{}, jobs.ErrNothingToDo
	}
	if err != nil {
		return InvitationMail{}, err
	}
	return InvitationMail{
		To: inv.Email, Organization: inv.Organization, Inviter: inv.Inviter, Role: inv.Role, URL: a.URL + "/invitations/" + raw,
	}, nil
}
