package privacy

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/flags"
	"plinth/internal/mails"
	"plinth/internal/notify"
	"plinth/internal/privacy/privacydb"
	"plinth/internal/projects"
	"plinth/internal/tenants"
	"plinth/internal/transfer"
	"plinth/internal/webhooks"
	"plinth/jobs"
)

// PurgeDue enqueues the purge of every organization that can no longer be brought back; a job calls it.
func (p *Privacy) PurgeDue(ctx context.Context) error {
	ids, err := tenants.PurgeDue(ctx, p.DB.Direct(), p.restorableSince(), 500)
	if err != nil || len(ids) == 0 {
		return err
	}
	return p.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, id := range ids {
			if err := p.Queue.EnqueueTx(ctx, tx, jobs.PurgeOrganization{ForTenant: jobs.ForTenant{TenantID: id}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// restorableSince is when the organizations were deleted that can just be brought back.
func (p *Privacy) restorableSince() time.Time { return p.now().Add(-tenants.RestoreFor) }

// purger deletes up to limit rows of an organization and says of which table and how many; zero when none is left.
type purger func(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error)

// purgers are the modules in the order in which nothing refers to what is deleted. The history goes last.
func purgers() []purger {
	own := func(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (string, int64, error) {
		return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{{Noun: "tenant_exports", SQL: privacydb.PurgeTenantExports}})
	}
	return []purger{own, webhooks.PurgeTx, transfer.PurgeTx, notify.PurgeTx, files.PurgeTx, projects.PurgeTx, billing.PurgeTx, auth.PurgeTx, mails.PurgeTx, flags.PurgeTx, tenants.PurgeTx, events.PurgeTx}
}

// PurgeOrganization goes on for a while with erasing an organization whose time to be brought back is over, and says
// whether there is more to do. Each transaction deletes some rows and counts them, so that whoever goes on after a failure
// begins where it ended. jobs.ErrNothingToDo when it was brought back or is erased.
func (p *Privacy) PurgeOrganization(ctx context.Context, tenant uuid.UUID) (more bool, err error) {
	begun := time.Now()
	if err := p.beginPurge(ctx, tenant); err != nil {
		return false, err
	}
	for {
		more, err := p.purgeSome(ctx, tenant)
		if fault.Is(err, fault.NotFound) {
			return false, jobs.ErrNothingToDo
		}
		if err != nil || !more || time.Since(begun) >= p.runFor() {
			return more, err
		}
	}
}

// beginPurge marks and notes that erasing begins. From there nothing leads back.
func (p *Privacy) beginPurge(ctx context.Context, tenant uuid.UUID) error {
	return p.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		begins, err := tenants.BeginPurgeTx(ctx, tx, tenant, p.restorableSince())
		if err != nil || !begins {
			return err
		}
		_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{UserID: tenant, Action: events.ErasureBegun})
		return err
	})
}

// purgeSome deletes some rows, or when there are none the files, and leaves the record.
func (p *Privacy) purgeSome(ctx context.Context, tenant uuid.UUID) (more bool, err error) {
	err = p.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		if _, _, err := tenants.LockPurgingTx(ctx, tx, tenant); err != nil {
			return err
		}
		more, err = p.purgeTx(ctx, tx, tenant)
		return err
	})
	if err != nil || more {
		return more, err
	}
	if err := p.Files.DeleteAll(ctx, filesOf(tenant)); err != nil {
		return false, err
	}
	err = p.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		asked, deleted, err := tenants.LockPurgingTx(ctx, tx, tenant)
		if err != nil {
			return err
		}
		// Once more, with the row locked: what was added while the files went.
		if more, err = p.purgeTx(ctx, tx, tenant); err != nil || more {
			return err
		}
		if err := recordPurgeTx(ctx, tx, tenant, asked, deleted); err != nil {
			return err
		}
		return tenants.EntombTx(ctx, tx, tenant)
	})
	return more, err
}

func (p *Privacy) purgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID) (more bool, err error) {
	for _, purge := range purgers() {
		noun, n, err := purge(ctx, tx, tenant, p.purgePage())
		if err != nil {
			return false, err
		}
		if n > 0 {
			err := privacydb.New().AddPurged(ctx, tx, privacydb.AddPurgedParams{TenantID: tenant, Noun: noun, Erased: n})
			if err != nil {
				return false, fmt.Errorf("count what is erased: %w", err)
			}
			return true, nil
		}
	}
	return false, nil
}

// recordPurgeTx notes how many rows of what were erased, when that was asked for, and when the organization was deleted.
func recordPurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, asked, deleted time.Time) error {
	rows, err := privacydb.New().TakePurged(ctx, tx, tenant)
	if err != nil {
		return fmt.Errorf("read what was erased: %w", err)
	}
	changes := map[string][2]string{"asked": {"", asked.UTC().Format(time.RFC3339)}, "deleted": {"", deleted.UTC().Format(time.RFC3339)}}
	for _, r := range rows {
		changes[r.Noun] = [2]string{strconv.FormatInt(r.Erased, 10), "0"}
	}
	_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{UserID: tenant, Action: events.OrganizationErased, Changes: changes})
	return err
}
