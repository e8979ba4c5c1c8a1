package tenants

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
	"plinth/jobs"
)

func (t *Tenants) ownershipMailTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID, done bool) error {
	return t.Queue.EnqueueTx(ctx, tx, jobs.SendOwnership{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, TransferID: id, Done: done})
}

// OwnershipMail is what the mails about a handing over are made of.
type OwnershipMail struct {
	To           string
	Organization string
	From         string // who hands over
	Heir         string // who is named
	Done         bool   // it is confirmed, and the mail goes to who handed over
	URL          string
}

// OwnershipMail reads what the mail needs; jobs.ErrNothingToDo when the offer was withdrawn meanwhile.
func (t *Tenants) OwnershipMail(ctx context.Context, tenantID, id uuid.UUID, done bool) (OwnershipMail, error) {
	var out OwnershipMail
	s := scope.System(tenantID)
	err := t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		org, err := tenantsdb.New().TenantByID(ctx, tx, tenantID)
		if db.None(err) {
			return jobs.ErrNothingToDo
		}
		if err != nil {
			return err
		}
		o, err := offerTx(ctx, tx, s, id)
		if fault.Is(err, fault.NotFound) || err == nil && !done && (o.EndedAt != nil || o.ConfirmedAt != nil) {
			return jobs.ErrNothingToDo
		}
		out = OwnershipMail{To: o.ToEmail, Organization: org.Name, From: o.FromName, Heir: o.ToName, Done: done, URL: t.URL + "/orgs/" + org.Slug + "/ownership"}
		if done {
			out.To, out.URL = o.FromEmail, t.URL+"/orgs/"+org.Slug+"/people"
		}
		return err
	})
	return out, err
}
