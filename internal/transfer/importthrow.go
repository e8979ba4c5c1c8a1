package transfer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/internal/transfer/transferdb"
)

// Throwable says whether there is a file, or a line in a list, that can be thrown away: nothing of it is being brought in, nor
// taken back, and it did not all come in.
func (i Import) Throwable() bool {
	switch i.State {
	case Mapping, Checked, Failed:
		return i.kept || i.Empty()
	}
	return false
}

// Empty says whether nothing of it came in, so that nothing is left of it when its file is gone.
func (i Import) Empty() bool { return i.Made == 0 && (i.Kind == CSV || i.Project == "") }

// ThrowAway deletes the file of an import at once, and the import with it when nothing of it came in: then gone is true. While
// something of it is being brought in or taken back it changes nothing.
func (t *Transfer) ThrowAway(ctx context.Context, s scope.Scope, key string, id uuid.UUID) (gone bool, err error) {
	if _, err := t.ImportPage(ctx, s, key, id); err != nil {
		return false, err
	}
	q, n := transferdb.New(), int64(0)
	err = t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) (err error) {
		n, err = q.ThrowAway(ctx, tx, transferdb.ThrowAwayParams{TenantID: s.TenantID, ID: id, Problem: noFile})
		return err
	})
	if err != nil {
		return false, fmt.Errorf("forget the file: %w", err)
	}
	if n == 0 {
		return false, nil
	}
	// From here on nobody goes on with it. Whoever dies on the way leaves a row that says that its file is still to go.
	if err := t.Store.DeleteAll(ctx, folderIn(s.TenantID, id)); err != nil {
		return false, err
	}
	err = t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		dropped, err := q.DropImport(ctx, tx, transferdb.DropImportParams{TenantID: s.TenantID, ID: id})
		if gone = dropped > 0; err != nil || gone {
			return err
		}
		return q.ForgetFile(ctx, tx, transferdb.ForgetFileParams{TenantID: s.TenantID, ID: id})
	})
	if err != nil {
		return false, fmt.Errorf("drop the import: %w", err)
	}
	return gone, nil
}

// How long a file may lie there without an import, as while it is sent, and how many are looked for at once.
const (
	strayFor   = 24 * time.Hour
	straysEach = 500
)

// tidyStrays deletes what has no import: whoever sends a file writes it first, and may die before there is a row that names it.
func (t *Transfer) tidyStrays(ctx context.Context, s scope.Scope) error {
	before, some := t.now().Add(-strayFor), []uuid.UUID(nil)
	drop := func() error {
		err := t.dropStrays(ctx, s, some, before)
		some = some[:0]
		return err
	}
	prefix := importsIn(s.TenantID)
	err := t.Store.EachChanged(ctx, prefix, func(key string, changed time.Time) error {
		if len(key) < len(prefix)+36 || !changed.Before(before) {
			return nil
		}
		id, err := uuid.Parse(key[len(prefix) : len(prefix)+36])
		if err != nil || len(some) > 0 && some[len(some)-1] == id { // the keys come in order
			return nil
		}
		if some = append(some, id); len(some) < straysEach {
			return nil
		}
		return drop()
	})
	if err != nil {
		return err
	}
	return drop()
}

// dropStrays deletes what is old of those that no import has. What somebody is sending right now under the same id stays.
func (t *Transfer) dropStrays(ctx context.Context, s scope.Scope, some []uuid.UUID, before time.Time) error {
	if len(some) == 0 {
		return nil
	}
	there := map[uuid.UUID]bool{}
	err := t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		ids, err := transferdb.New().ImportsThere(ctx, tx, transferdb.ImportsThereParams{TenantID: s.TenantID, Ids: some})
		for _, id := range ids {
			there[id] = true
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("look for imports: %w", err)
	}
	for _, id := range some {
		if there[id] {
			continue
		}
		if err := t.Store.DeleteWhere(ctx, folderIn(s.TenantID, id), func(_ string, changed time.Time) bool { return changed.Before(before) }); err != nil {
			return err
		}
	}
	return nil
}
