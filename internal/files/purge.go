package files

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/files/filesdb"
	"plinth/internal/scope"
	"plinth/jobs"
)

// How much a run takes on at once.
const (
	tidyBatch   = 100
	tenantBatch = 500
	tidyFor     = 10 * time.Second
)

// TidyAll enqueues a tidying for each organization after the one named, and itself for the rest.
func (f *Files) TidyAll(ctx context.Context, after uuid.UUID) error {
	return f.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		ids, err := filesdb.New().TenantsToTidy(ctx, tx, filesdb.TenantsToTidyParams{ID: after, Limit: tenantBatch})
		if err != nil {
			return fmt.Errorf("list organizations: %w", err)
		}
		for _, id := range ids {
			if err := f.Queue.EnqueueTx(ctx, tx, jobs.TidyFiles{ForTenant: jobs.ForTenant{TenantID: id}}); err != nil {
				return err
			}
		}
		if len(ids) < tenantBatch {
			return nil
		}
		return f.Queue.EnqueueTx(ctx, tx, jobs.TidyAllFiles{After: ids[len(ids)-1]})
	})
}

// Tidy deletes what nobody has any more: files that were removed a day ago, that never arrived as a whole, or that were
// sent for a comment that was not said or is gone, or for a ticket that was not made. It says whether there is more to do; at the end it counts anew.
func (f *Files) Tidy(ctx context.Context, tenant uuid.UUID) (more bool, err error) {
	s, begun := scope.System(tenant), time.Now()
	for {
		n, err := f.tidySome(ctx, s)
		switch {
		case err != nil:
			return false, err
		case n < tidyBatch:
			return false, f.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error { return recountTx(ctx, tx, s) })
		case time.Since(begun) >= tidyFor:
			return true, nil
		}
	}
}

// tidySome deletes the files before their rows: a row without a file is found again, a file without a row is not.
func (f *Files) tidySome(ctx context.Context, s scope.Scope) (int, error) {
	var loose []filesdb.AttachmentsOfTicketsRow
	err := f.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		taken, err := filesdb.New().TakeLoose(ctx, tx, filesdb.TakeLooseParams{TenantID: s.TenantID, Before: f.now().Add(-PurgeAfter), Most: tidyBatch})
		if err != nil {
			return fmt.Errorf("take what nobody has: %w", err)
		}
		loose = loose[:0]
		var n, bytes int64
		for _, row := range taken {
			loose = append(loose, filesdb.AttachmentsOfTicketsRow{ID: row.ID, Key: row.Key})
			if row.Counted {
				n, bytes = n+1, bytes+row.Size
			}
		}
		return addTx(ctx, tx, s, -n, -bytes)
	})
	if err != nil || len(loose) == 0 {
		return 0, err
	}
	return len(loose), f.drop(ctx, s, loose)
}

// drop deletes files, and then their rows.
func (f *Files) drop(ctx context.Context, s scope.Scope, loose []filesdb.AttachmentsOfTicketsRow) error {
	ids := make([]uuid.UUID, len(loose))
	for i, row := range loose {
		ids[i] = row.ID
		if err := f.Store.DeleteAll(ctx, row.Key); err != nil {
			return err
		}
	}
	return f.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		gone, err := filesdb.New().DropAttachments(ctx, tx, filesdb.DropAttachmentsParams{TenantID: s.TenantID, Ids: ids})
		if err != nil {
			return fmt.Errorf("drop attachments: %w", err)
		}
		var n, bytes int64
		for _, row := range gone {
			if row.Counted {
				n, bytes = n+1, bytes+row.Size
			}
		}
		return addTx(ctx, tx, s, -n, -bytes)
	})
}

// DropTickets deletes all files of tickets that are deleted for good.
func (f *Files) DropTickets(ctx context.Context, s scope.Scope, tickets []uuid.UUID) error {
	for {
		var all []filesdb.AttachmentsOfTicketsRow
		err := f.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Rows(r, &all, filesdb.AttachmentsOfTickets, s.TenantID, tickets, tidyBatch) })
		if err != nil || len(all) == 0 {
			return err
		}
		if err := f.drop(ctx, s, all); err != nil {
			return err
		}
	}
}

// recountTx mends the kept sum.
func recountTx(ctx context.Context, tx db.Tx, s scope.Scope) error {
	q := filesdb.New()
	kept, err := q.LockTotal(ctx, tx, s.TenantID)
	if db.None(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("lock the sum of files: %w", err)
	}
	right, err := q.CountFiles(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("count files: %w", err)
	}
	if kept.Files == right.Files && kept.Bytes == right.Bytes {
		return nil
	}
	if err := q.SetTotal(ctx, tx, filesdb.SetTotalParams{TenantID: s.TenantID, Files: right.Files, Bytes: right.Bytes}); err != nil {
		return fmt.Errorf("mend the sum of files: %w", err)
	}
	return nil
}

// PurgeTx deletes up to limit rows of what an organization has of files; it says of which table and how many, zero when
// there is nothing left. It is called inside db.InAdmin; what the files hold goes with all else that lies under the
// organization.
func PurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error) {
	return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{
		{Noun: "attachments", SQL: filesdb.PurgeAttachments},
		{Noun: "file_totals", SQL: filesdb.PurgeFileTotals},
	})
}
