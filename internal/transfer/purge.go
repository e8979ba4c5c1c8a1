package transfer

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/internal/transfer/transferdb"
)

// PurgeTx deletes up to limit rows of what an organization takes in and out; it says of which table and how many, zero when
// there is nothing left. It is called inside db.InAdmin; what lies in the place for files goes with all else of the
// organization.
func PurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error) {
	return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{
		{Noun: "project_exports", SQL: transferdb.PurgeExports}, {Noun: "imports", SQL: transferdb.PurgeImports},
	})
}

// Tidy removes the copies of an organization's projects that have expired or failed, the files of imports a week behind their
// last step, and those that no import has. A job calls it.
func (t *Transfer) Tidy(ctx context.Context, tenant uuid.UUID) error {
	s, q := scope.System(tenant), transferdb.New()
	var expired, failed []uuid.UUID
	err := t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) (err error) {
		if err := q.GiveUpStaleExports(ctx, tx, tenant); err != nil {
			return err
		}
		if err := q.GiveUpStaleImports(ctx, tx, transferdb.GiveUpStaleImportsParams{TenantID: tenant, Problem: ourSide}); err != nil {
			return err
		}
		if failed, err = q.FailedExports(ctx, tx, tenant); err != nil {
			return err
		}
		expired, err = q.ExpiredExports(ctx, tx, tenant)
		return err
	})
	if err != nil {
		return fmt.Errorf("list expired copies: %w", err)
	}
	for _, id := range failed {
		if err := t.emptyExport(ctx, s, id); err != nil {
			return err
		}
	}
	for _, id := range expired {
		// The files go first: a row without files is harmless, files without a row are never found again.
		if err := t.Store.DeleteAll(ctx, folderOf(tenant, id)); err != nil {
			return err
		}
		err := t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
			return q.DropExport(ctx, tx, transferdb.DropExportParams{TenantID: tenant, ID: id})
		})
		if err != nil {
			return fmt.Errorf("drop an expired copy: %w", err)
		}
	}
	if err := t.tidyImports(ctx, s); err != nil {
		return err
	}
	return t.tidyStrays(ctx, s)
}

const noFile = "The file is not kept any more. Send it again."

// tidyImports forgets what was read of old files, and then deletes them: from then on nobody goes on with them. Whoever dies on
// the way leaves a row that says that its file is still to go.
func (t *Transfer) tidyImports(ctx context.Context, s scope.Scope) error {
	q := transferdb.New()
	var gone []uuid.UUID
	err := t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) (err error) {
		if _, err := q.ForgetImports(ctx, tx, transferdb.ForgetImportsParams{TenantID: s.TenantID, Problem: noFile}); err != nil {
			return err
		}
		gone, err = q.ForgottenImports(ctx, tx, s.TenantID)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget old imports: %w", err)
	}
	for _, id := range gone {
		if err := t.Store.DeleteAll(ctx, folderIn(s.TenantID, id)); err != nil {
			return err
		}
		err := t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
			return q.ForgetFile(ctx, tx, transferdb.ForgetFileParams{TenantID: s.TenantID, ID: id})
		})
		if err != nil {
			return fmt.Errorf("forget a file: %w", err)
		}
	}
	return nil
}
