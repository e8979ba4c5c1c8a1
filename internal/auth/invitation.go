package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/jobs"
)

// PurposeInvite is the purpose of an invitation's link.
const PurposeInvite = "invite"

// InviteForm is what a person types to invite others. ID is made when the form is shown, so that sending it twice sends
// one mail to each.
type InviteForm struct {
	ID     uuid.UUID `form:"id"`
	Emails string    `form:"email"` // as people paste them
	Role   string    `form:"role"`
}

// InviteResult is what became of one address.
type InviteResult struct {
	Typed string // as it was typed; for what was invited the address
	Anew  bool   // it was invited already, and has a fresh link now
	Err   error  // a fault, when nothing was sent
}

// Invite opens an invitation for each address and enqueues its mail in the same transaction. An address that is refused
// keeps no other from being invited: the results say what became of each. The error is about the form as a whole.
func (a *Auth) Invite(ctx context.Context, s scope.Scope, f InviteForm) ([]InviteResult, error) {
	typed := Addresses(f.Emails)
	switch {
	case len(typed) == 0:
		return nil, fault.Field("email", "Enter an e-mail address such as name@example.com.")
	case len(typed) > MaxInvited:
		return nil, fault.Field("email", fmt.Sprintf("These are %d addresses. Invite at most %d at once.", len(typed), MaxInvited))
	}
	if err := tenants.CheckInvitedRole(s, scope.Role(f.Role)); err != nil {
		return nil, err
	}
	results := make([]InviteResult, 0, len(typed))
	for _, t := range typed {
		r, err := a.inviteOne(ctx, s, f, t)
		if err != nil && fault.As(err) == nil {
			return nil, err
		}
		r.Err = err
		results = append(results, r)
	}
	return results, nil
}

func (a *Auth) inviteOne(ctx context.Context, s scope.Scope, f InviteForm, typed string) (InviteResult, error) {
	email := users.NormalEmail(typed)
	if wrong := CheckEmail(email); wrong != "" {
		return InviteResult{Typed: typed}, fault.Field("email", wrong)
	}
	id, err := invitationID(f.ID, email)
	if err != nil {
		return InviteResult{Typed: typed}, err
	}
	what := tenants.InvitedNew
	err = a.invite(ctx, s, email, func(ctx context.Context, tx db.Tx) (uuid.UUID, error) {
		var err error
		what, err = a.Tenants.InviteOnceTx(ctx, tx, s, id, email, scope.Role(f.Role))
		if what == tenants.InvitedAlready {
			return uuid.Nil, err // its mail is on its way
		}
		return id, err
	})
	return InviteResult{Typed: email, Anew: what == tenants.InvitedAnew}, err
}

// ResendInvitation mails a fresh link for an open invitation; the link of the earlier mail is worth nothing any more.
func (a *Auth) ResendInvitation(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	email, err := a.Tenants.Invited(ctx, s, id)
	if err != nil {
		return err
	}
	return a.invite(ctx, s, email, func(ctx context.Context, tx db.Tx) (uuid.UUID, error) {
		return id, tenants.RenewTx(ctx, tx, s.TenantID, id)
	})
}

// invite sends the link of the invitation that write has written, within the limits of the mailbox and the inviter.
// write returns the nil id when there is nothing to send.
func (a *Auth) invite(ctx context.Context, s scope.Scope, email string, write func(context.Context, db.Tx) (uuid.UUID, error)) error {
	return a.Limits.Spend(ctx, inviteLimits(s, email), func() error {
		return a.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
			id, err := write(ctx, tx)
			if err != nil || id == uuid.Nil {
				return err
			}
			return a.mailInvitationTx(ctx, tx, s, id, email)
		})
	})
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
	if fault.Is(err, fault.NotFound) {
		return a.acceptedAlready(ctx, p, raw, err)
	}
	if err != nil {
		return inv, err
	}
	if inv.Email != p.Email {
		return inv, fault.New(fault.Denied, "This invitation is for somebody else. Sign in with the address it was sent to.")
	}
	err = a.DB.InPersonAndTenant(ctx, p.ID, scope.System(inv.TenantID), func(ctx context.Context, tx db.Tx) error {
		if _, err := useTx(ctx, tx, PurposeInvite, raw, nil); err != nil {
			return err
		}
		return a.Tenants.AcceptTx(ctx, tx, p, inv)
	})
	if fault.Is(err, fault.NotFound) {
		return a.acceptedAlready(ctx, p, raw, err)
	}
	return inv, err
}

// acceptedAlready answers the second press of "Accept", from whoever is in by the first.
func (a *Auth) acceptedAlready(ctx context.Context, p scope.Person, raw string, failed error) (tenants.Invitation, error) {
	link, err := a.usedRow(ctx, PurposeInvite, raw)
	if err != nil || link.TenantID == nil || link.Address != p.Email {
		return tenants.Invitation{}, failed
	}
	var mine []tenants.Organization
	if err := a.DB.ReadPerson(ctx, p.ID, func(r *db.Reads) { tenants.QueueOrganizations(r, p.ID, &mine) }); err != nil {
		return tenants.Invitation{}, fmt.Errorf("read the person's organizations: %w", err)
	}
	for _, o := range mine {
		if o.ID == *link.TenantID {
			return tenants.Invitation{TenantID: o.ID, Organization: o.Name, Slug: o.Slug, Email: p.Email, Role: scope.Role(o.Role)}, nil
		}
	}
	return tenants.Invitation{}, failed
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
