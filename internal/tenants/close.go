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
	"plinth/jobs"
)

// RestoreFor is how long owners can bring a deleted organization back; then it is erased.
const RestoreFor = 30 * 24 * time.Hour

// Close asks for the deletion of the organization, with its name typed as proof that it is meant. From then on it is
// read-only, and nothing that costs can begin; it is deleted when Stripe has confirmed that nothing more is charged.
// Asked twice, it is asked for once.
func (t *Tenants) Close(ctx context.Context, s scope.Scope, typed string) error {
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := tenantsdb.New()
		org, err := q.LockTenant(ctx, tx, s.TenantID)
		if db.None(err) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return fmt.Errorf("lock organization: %w", err)
		}
		if err := mayCloseTx(ctx, tx, s); err != nil || org.ClosingAt != nil {
			return err
		}
		switch {
		case org.SuspendedAt != nil:
			return fault.New(fault.Denied, "This organization is suspended, and cannot be deleted before that is lifted.")
		case strings.TrimSpace(typed) != org.Name:
			return fault.Field("confirm", "This is not its name. Type it as it stands here: "+org.Name)
		}
		asked, err := q.StartClosing(ctx, tx, tenantsdb.StartClosingParams{ID: s.TenantID, ClosingBy: &s.Person.ID})
		if err != nil {
			return fmt.Errorf("start deleting: %w", err)
		}
		if err := closingEventTx(ctx, tx, s, "organization.deletion_asked", org.Name); err != nil {
			return err
		}
		return t.Queue.EnqueueTx(ctx, tx, settleJob(s.TenantID, *asked))
	})
}

// mayCloseTx reads what the person is by now: only an owner ends an organization, or brings it back.
func mayCloseTx(ctx context.Context, tx db.Tx, s scope.Scope) error {
	self, err := memberTx(ctx, tx, s, s.Person.ID)
	if err == nil && !scope.Role(self.Role).May(scope.DeleteOrganization) {
		return fault.New(fault.Denied, "Only an owner deletes an organization or brings it back.")
	}
	return err
}

func closingEventTx(ctx context.Context, tx db.Tx, s scope.Scope, action, name string) error {
	return events.AppendTx(ctx, tx, s, events.Event{Action: action, ObjectKind: "organization", ObjectID: s.TenantID, ObjectName: name})
}

// settleJob is unique for the time it was asked at, so that a deletion taken back and asked for anew has its own.
func settleJob(tenant uuid.UUID, asked time.Time) jobs.SettleOrganization {
	return jobs.SettleOrganization{ForTenant: jobs.ForTenant{TenantID: tenant}, Asked: asked.UnixMicro()}
}

// Settle lets Stripe end everything, and then deletes the organization: its links, invitations and offers end with it.
// asked is that of the job. An error means that it should be tried again; jobs.ErrNothingToDo that the deletion was taken
// back, or waits for a suspension to be lifted.
func (t *Tenants) Settle(ctx context.Context, tenant uuid.UUID, asked int64) error {
	s := scope.System(tenant)
	var org *tenantsdb.ClosingRow
	if err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &org, tenantsdb.Closing, tenant) }); err != nil {
		return fmt.Errorf("read organization: %w", err)
	}
	if org == nil || !closes(*org, asked) {
		return jobs.ErrNothingToDo
	}
	if err := t.Billing.Settle(ctx, tenant); err != nil {
		return fmt.Errorf("settle with Stripe: %w", err)
	}
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := tenantsdb.New()
		org, err := q.LockClosing(ctx, tx, tenant)
		if db.None(err) || err == nil && !closes(tenantsdb.ClosingRow(org), asked) {
			return jobs.ErrNothingToDo
		}
		if err != nil {
			return fmt.Errorf("lock organization: %w", err)
		}
		for _, end := range []func(context.Context, tenantsdb.DBTX, uuid.UUID) error{q.MarkDeleted, q.EndJoinLinks, q.RevokeInvitations, q.EndTransfers} {
			if err := end(ctx, tx, tenant); err != nil {
				return fmt.Errorf("delete organization: %w", err)
			}
		}
		if err := closingEventTx(ctx, tx, s, "organization.deleted", org.Name); err != nil {
			return err
		}
		return t.closingMailTx(ctx, tx, tenant, MailDeleted, asked)
	})
}

func closes(org tenantsdb.ClosingRow, asked int64) bool {
	return org.ClosingAt != nil && org.ClosingAt.UnixMicro() == asked && org.DeletedAt == nil && org.SuspendedAt == nil
}

// Restore takes the deletion back, while Stripe is being settled or within RestoreFor; a Conflict once erasing has begun.
// It says whether the organization was deleted already. What ended with it stays ended.
func (t *Tenants) Restore(ctx context.Context, s scope.Scope) (was bool, err error) {
	err = t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := tenantsdb.New()
		org, err := q.LockClosing(ctx, tx, s.TenantID)
		if db.None(err) {
			return fault.New(fault.Conflict, "Erasing this organization has begun. It cannot be brought back any more.")
		}
		if err != nil {
			return fmt.Errorf("lock organization: %w", err)
		}
		if err := mayCloseTx(ctx, tx, s); err != nil || org.ClosingAt == nil {
			return err // pressed twice
		}
		was, err = t.restoreTx(ctx, tx, s, org)
		return err
	})
	return was, err
}

// restoreTx takes the deletion back and says whether the organization was deleted already.
func (t *Tenants) restoreTx(ctx context.Context, tx db.Tx, s scope.Scope, org tenantsdb.LockClosingRow) (was bool, err error) {
	if err := tenantsdb.New().Restore(ctx, tx, s.TenantID); err != nil {
		return false, fmt.Errorf("bring the organization back: %w", err)
	}
	if org.DeletedAt == nil {
		return false, closingEventTx(ctx, tx, s, "organization.deletion_withdrawn", org.Name)
	}
	if err := closingEventTx(ctx, tx, s, "organization.restored", org.Name); err != nil {
		return true, err
	}
	return true, t.closingMailTx(ctx, tx, s.TenantID, MailRestored, org.ClosingAt.UnixMicro())
}

// Deletion is how the deletion of an organization stands.
type Deletion struct {
	Name    string
	Asked   time.Time
	Deleted *time.Time // nil while Stripe is being settled
}

// Until is the end of the time in which the organization can be brought back.
func (d Deletion) Until() time.Time { return RestoreUntil(*d.Deleted) }

// RestoreUntil is until when an organization that was deleted at a time can be brought back.
func RestoreUntil(deleted time.Time) time.Time { return deleted.Add(RestoreFor) }

// Deletion reads how the deletion stands; nil when none was asked for.
func (t *Tenants) Deletion(ctx context.Context, s scope.Scope) (*Deletion, error) {
	var org *tenantsdb.ClosingRow
	if err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &org, tenantsdb.Closing, s.TenantID) }); err != nil {
		return nil, fmt.Errorf("read organization: %w", err)
	}
	if org == nil || org.ClosingAt == nil {
		return nil, nil
	}
	return &Deletion{Name: org.Name, Asked: *org.ClosingAt, Deleted: org.DeletedAt}, nil
}

// Restorable is a deleted organization that a person can bring back.
type Restorable struct {
	Slug  string
	Name  string
	Until time.Time
}

// Restorable lists the deleted organizations that the person, as an owner, can bring back.
func (t *Tenants) Restorable(ctx context.Context, p scope.Person) ([]Restorable, error) {
	var rows []tenantsdb.DeletedOfRow
	if err := t.DB.ReadPerson(ctx, p.ID, func(r *db.Reads) { db.Rows(r, &rows, tenantsdb.DeletedOf, p.ID) }); err != nil {
		return nil, fmt.Errorf("list deleted organizations: %w", err)
	}
	out := make([]Restorable, len(rows))
	for i, row := range rows {
		out[i] = Restorable{Slug: row.Slug, Name: row.Name, Until: RestoreUntil(*row.DeletedAt)}
	}
	return out, nil
}
