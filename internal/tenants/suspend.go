package tenants

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
	"plinth/jobs"
)

// SuspendTx lets an organization be read and not changed, for a reason that its owners read; with no reason it lifts
// that again. false when it is so already. It is called inside db.InAdmin, with staff as the person of the scope.
func SuspendTx(ctx context.Context, tx db.Tx, queue *jobs.Queue, s scope.Scope, reason string) (bool, error) {
	q := tenantsdb.New()
	now, err := q.Suspension(ctx, tx, s.TenantID)
	if db.None(err) {
		return false, fault.Missing()
	}
	if err != nil {
		return false, fmt.Errorf("read whether the organization is suspended: %w", err)
	}
	var changed int64
	e := events.Event{ObjectKind: "organization", ObjectID: s.TenantID, ObjectName: now.Name}
	if reason != "" {
		e.Action, e.Changes = "organization.suspended", map[string][2]string{"reason": {"", reason}}
		changed, err = q.Suspend(ctx, tx, tenantsdb.SuspendParams{ID: s.TenantID, SuspendedReason: &reason})
	} else {
		e.Action = "organization.suspension_lifted"
		changed, err = q.LiftSuspension(ctx, tx, s.TenantID)
	}
	if err != nil {
		return false, fmt.Errorf("change whether the organization is suspended: %w", err)
	}
	if changed == 0 {
		return false, nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return false, fmt.Errorf("make the mail's id: %w", err)
	}
	mail := jobs.SendSuspension{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Cause: id, Suspended: reason != ""}
	if err := queue.EnqueueTx(ctx, tx, mail); err != nil {
		return false, err
	}
	return true, events.AppendTx(ctx, tx, s, e)
}

// SuspensionMail is what the mail about a suspension is made of, for one owner.
type SuspensionMail struct {
	UserID       uuid.UUID
	To           string
	Name         string
	Organization string
	Suspended    bool
	Reason       string
	URL          string
}

// SuspensionMails reads what the mails need, one for each owner; jobs.ErrNothingToDo when what they would say is no
// longer true.
func (t *Tenants) SuspensionMails(ctx context.Context, tenant uuid.UUID, suspended bool) ([]SuspensionMail, error) {
	var org *tenantsdb.SuspensionRow
	var owners []tenantsdb.OwnersOfRow
	err := t.DB.ReadTenant(ctx, scope.System(tenant), func(r *db.Reads) {
		db.Maybe(r, &org, tenantsdb.Suspension, tenant)
		db.Rows(r, &owners, tenantsdb.OwnersOf, tenant)
	})
	if err != nil {
		return nil, fmt.Errorf("read what the mail needs: %w", err)
	}
	if org == nil || (org.SuspendedAt != nil) != suspended {
		return nil, jobs.ErrNothingToDo
	}
	out := make([]SuspensionMail, len(owners))
	for i, o := range owners {
		out[i] = SuspensionMail{
			UserID: o.ID, To: o.Email, Name: o.Name, Organization: org.Name, Suspended: suspended, Reason: org.Reason, URL: t.URL + "/orgs/" + org.Slug,
		}
	}
	return out, nil
}
