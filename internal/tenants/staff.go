package tenants

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
)

// TransferByStaffTx makes a member an owner, for an organization whose owners are gone or at odds, and tells them; with
// demote those who are owners now become admins, and are told. id is that of the form: false when it was sent before. It is
// called inside db.InAdmin, with staff as the person of the scope.
func (t *Tenants) TransferByStaffTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID, email string, demote bool) (bool, error) {
	q := tenantsdb.New()
	if _, err := q.LockTenant(ctx, tx, s.TenantID); db.None(err) {
		return false, fault.New(fault.Conflict, "This organization is deleted. Bring it back first.")
	} else if err != nil {
		return false, fmt.Errorf("lock organization: %w", err)
	}
	if there, err := q.TransferExists(ctx, tx, tenantsdb.TransferExistsParams{TenantID: s.TenantID, ID: id}); err != nil || there {
		return false, err
	}
	to, err := heirTx(ctx, tx, s, email)
	if err != nil {
		return false, err
	}
	owners, err := q.OwnersOf(ctx, tx, s.TenantID)
	if err != nil {
		return false, fmt.Errorf("list owners: %w", err)
	}
	if _, err := q.SetRole(ctx, tx, tenantsdb.SetRoleParams{TenantID: s.TenantID, UserID: to.UserID, Role: string(scope.Owner)}); err != nil {
		return false, fmt.Errorf("set role: %w", err)
	}
	if err := q.EndTransfers(ctx, tx, s.TenantID); err != nil {
		return false, fmt.Errorf("withdraw offers: %w", err)
	}
	for i, o := range owners {
		if err := t.handOverTx(ctx, tx, s, handing{id: id, from: o.ID, to: to.UserID, first: i == 0, demote: demote}); err != nil {
			return false, err
		}
	}
	changes := map[string][2]string{"role": {to.Role, string(scope.Owner)}}
	person := map[string]string{"name": to.Name}
	if demote && len(owners) > 0 {
		names := make([]string, len(owners))
		for i, o := range owners {
			names[i] = o.Name
		}
		changes["former_owner_role"], person["former_owner"] = [2]string{string(scope.Owner), string(scope.Admin)}, strings.Join(names, ", ")
	}
	return true, events.AppendTx(ctx, tx, s, events.Event{
		Action: "ownership.transferred", ObjectKind: "member", ObjectID: to.UserID, Changes: changes, Person: person,
	})
}

// handing is what becomes of one owner when staff make somebody else one.
type handing struct {
	id            uuid.UUID
	from, to      uuid.UUID
	first, demote bool
}

// handOverTx notes a handing over as if it had been offered and confirmed, so that its mails have something to read.
func (t *Tenants) handOverTx(ctx context.Context, tx db.Tx, s scope.Scope, h handing) error {
	q, id := tenantsdb.New(), h.id
	if !h.first {
		id = uuid.NewSHA1(h.id, h.from[:])
	}
	err := q.CreateTransfer(ctx, tx, tenantsdb.CreateTransferParams{
		TenantID: s.TenantID, ID: id, FromUser: h.from, ToUser: h.to, ExpiresAt: time.Now(),
	})
	if err != nil {
		return fmt.Errorf("note the handing over: %w", err)
	}
	if err := q.ConfirmTransfer(ctx, tx, tenantsdb.ConfirmTransferParams{TenantID: s.TenantID, ID: id}); err != nil {
		return fmt.Errorf("confirm the handing over: %w", err)
	}
	if !h.demote {
		return nil
	}
	if _, err := q.SetRole(ctx, tx, tenantsdb.SetRoleParams{TenantID: s.TenantID, UserID: h.from, Role: string(scope.Admin)}); err != nil {
		return fmt.Errorf("set role: %w", err)
	}
	return t.ownershipMailTx(ctx, tx, s, id, true)
}

// CloseByStaffTx asks for the deletion of an organization, with its address typed as proof that it is meant; false when it
// was asked for before. It is called inside db.InAdmin, with staff as the person of the scope.
func (t *Tenants) CloseByStaffTx(ctx context.Context, tx db.Tx, s scope.Scope, typed string) (bool, error) {
	q := tenantsdb.New()
	org, err := q.LockTenant(ctx, tx, s.TenantID)
	switch {
	case db.None(err):
		return false, nil // deleted meanwhile
	case err != nil:
		return false, fmt.Errorf("lock organization: %w", err)
	case org.ClosingAt != nil:
		return false, nil
	case org.SuspendedAt != nil:
		return false, fault.New(fault.Conflict, "This organization is suspended, and is kept until that is lifted.")
	case strings.TrimSpace(typed) != org.Name:
		return false, fault.Field("confirm", "This is not its name. Type it as it stands here: "+org.Name)
	}
	asked, err := q.StartClosing(ctx, tx, tenantsdb.StartClosingParams{ID: s.TenantID, ClosingBy: &s.Person.ID})
	if err != nil {
		return false, fmt.Errorf("start deleting: %w", err)
	}
	if err := closingEventTx(ctx, tx, s, "organization.deletion_asked", org.Name); err != nil {
		return false, err
	}
	return true, t.Queue.EnqueueTx(ctx, tx, settleJob(s.TenantID, *asked))
}

// RestoreByStaffTx takes the deletion of an organization back; false when none was asked for. Conflict once erasing has
// begun. It is called inside db.InAdmin, with staff as the person of the scope.
func (t *Tenants) RestoreByStaffTx(ctx context.Context, tx db.Tx, s scope.Scope) (bool, error) {
	q := tenantsdb.New()
	org, err := q.LockClosing(ctx, tx, s.TenantID)
	switch {
	case db.None(err):
		return false, fault.New(fault.Conflict, "Erasing this organization has begun. It cannot be brought back any more.")
	case err != nil:
		return false, fmt.Errorf("lock organization: %w", err)
	case org.ClosingAt == nil:
		return false, nil
	}
	_, err = t.restoreTx(ctx, tx, s, org)
	return err == nil, err
}
