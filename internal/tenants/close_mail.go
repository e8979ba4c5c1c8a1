package tenants

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
	"plinth/jobs"
)

// The kinds of mail about the end of an organization.
const (
	MailDeleted  = "organization_deleted"
	MailRestored = "organization_restored"
)

func (t *Tenants) closingMailTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, kind string, asked int64) error {
	return t.Queue.EnqueueTx(ctx, tx, jobs.SendClosingMail{ForTenant: jobs.ForTenant{TenantID: tenant}, Mail: kind, Asked: asked})
}

// ClosingMail is what a mail about the end of an organization is made of, for one owner.
type ClosingMail struct {
	Kind         string
	UserID       uuid.UUID
	To           string
	Name         string
	Organization string
	Until        time.Time // with MailDeleted: it can be brought back until then
	Zone         *time.Location
	URL          string
}

// ClosingMails reads what the mails need, one for each owner; jobs.ErrNothingToDo when what they would say is no longer
// true.
func (t *Tenants) ClosingMails(ctx context.Context, tenant uuid.UUID, kind string) ([]ClosingMail, error) {
	var org *tenantsdb.ClosingRow
	var owners []tenantsdb.OwnersOfRow
	err := t.DB.ReadTenant(ctx, scope.System(tenant), func(r *db.Reads) {
		db.Maybe(r, &org, tenantsdb.Closing, tenant)
		db.Rows(r, &owners, tenantsdb.OwnersOf, tenant)
	})
	if err != nil {
		return nil, fmt.Errorf("read what the mail needs: %w", err)
	}
	if org == nil || (org.DeletedAt != nil) != (kind == MailDeleted) {
		return nil, jobs.ErrNothingToDo
	}
	m := ClosingMail{Kind: kind, Organization: org.Name, URL: t.URL + "/orgs/" + org.Slug}
	if kind == MailDeleted {
		m.Until, m.URL = RestoreUntil(*org.DeletedAt), m.URL+"/deletion"
	}
	out := make([]ClosingMail, len(owners))
	for i, o := range owners {
		m.UserID, m.To, m.Name, m.Zone = o.ID, o.Email, o.Name, scope.Person{Zone: o.TimeZone}.Location()
		out[i] = m
	}
	return out, nil
}

// Unsettled enqueues the settling of every organization whose deletion was asked for over an hour ago: a job that was
// lost, or waits for its next try since Stripe was away for long, does not keep it open. A job calls it.
func (t *Tenants) Unsettled(ctx context.Context) error {
	const page = 500
	for after := uuid.Nil; ; {
		rows, err := tenantsdb.New().UnsettledTenants(ctx, t.DB.Direct(), tenantsdb.UnsettledTenantsParams{ID: after, Limit: page})
		if err != nil {
			return fmt.Errorf("look for organizations that close: %w", err)
		}
		err = t.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
			for _, row := range rows {
				if err := t.Queue.EnqueueTx(ctx, tx, settleJob(row.ID, *row.ClosingAt)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(rows) < page {
			return err
		}
		after = rows[len(rows)-1].ID
	}
}
