package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects"
	"plinth/internal/transfer/transferdb"
	"plinth/jobs"
)

// tieParents puts the tickets below those that their rows name, when all are there. A circle is left open.
func (t *Transfer) tieParents(ctx context.Context, in *running, rows *table, c *converter) error {
	numbers, above := map[string]uint32{}, map[uint32]string{}
	n := uint32(0)
	err := each(rows, func(row []string, bad error) error {
		n++
		if bad != nil {
			return nil
		}
		in := c.cells(row)
		if key := folded(in.one(FieldKey)); key != "" {
			numbers[key] = n
		}
		if parent := folded(in.one(FieldParent)); parent != "" {
			above[n] = parent
		}
		return nil
	})
	if err != nil {
		return err
	}
	up := map[uint32]uint32{}
	for row := uint32(1); row <= n; row++ {
		if parent := numbers[above[row]]; parent != 0 && !reaches(up, parent, row) {
			up[row] = parent
		}
	}
	all := make([]uint32, 0, len(up))
	for row := range up {
		all = append(all, row)
	}
	slices.Sort(all)
	for some := range slices.Chunk(all, projects.BroughtAtOnce) {
		below := map[uuid.UUID]uuid.UUID{}
		for _, row := range some {
			below[projects.BroughtID(in.id, row)] = projects.BroughtID(in.id, up[row])
		}
		err := t.locked(ctx, in, 1, in.At, func(ctx context.Context, tx db.Tx) error {
			return t.Projects.SetParentsTx(ctx, tx, in.s, in.into.Project.ID, below)
		})
		if err != nil {
			return err
		}
	}
	return t.finishImport(ctx, in)
}

// reaches says whether the way up from one row leads to another.
func reaches(up map[uint32]uint32, from, to uint32) bool {
	for from != to {
		next, ok := up[from]
		if !ok {
			return false
		}
		from = next
	}
	return true
}

// finishImport notes that an import is in, or taken back, and lets go of its file.
func (t *Transfer) finishImport(ctx context.Context, in *running) error {
	if err := t.DB.InTenant(ctx, in.s, func(ctx context.Context, tx db.Tx) error { return t.finishTx(ctx, tx, in) }); err != nil {
		return err
	}
	if in.Key == "" {
		return nil
	}
	// What fails here is tidied away in a week.
	err := t.Store.DeleteAll(ctx, in.Key)
	if err == nil {
		err = t.DB.InTenant(ctx, in.s, func(ctx context.Context, tx db.Tx) error {
			return transferdb.New().EmptyImport(ctx, tx, transferdb.EmptyImportParams{TenantID: in.s.TenantID, ID: in.id})
		})
	}
	if err != nil {
		t.Log.WarnContext(ctx, "the file of an import stays for a while", "error", err)
	}
	return nil
}

func (t *Transfer) finishTx(ctx context.Context, tx db.Tx, in *running) error {
	low, high := projects.BroughtBetween(in.id)
	now, err := transferdb.New().LockImport(ctx, tx, transferdb.LockImportParams{TenantID: in.s.TenantID, ID: in.id})
	if err != nil || now.State != in.State {
		return errors.Join(err, jobs.ErrNothingToDo)
	}
	n, err := t.Projects.RemainingTx(ctx, tx, in.s, low, high)
	if err != nil {
		return fmt.Errorf("count what is there: %w", err)
	}
	state, action := Done, "project.imported"
	if in.State == Undoing {
		state, action = Undone, "project.import_undone"
	}
	if err := transferdb.New().FinishImport(ctx, tx, transferdb.FinishImportParams{TenantID: in.s.TenantID, ID: in.id, State: state, Remaining: n, Now: t.now()}); err != nil {
		return fmt.Errorf("finish the import: %w", err)
	}
	if state == Undone {
		n = in.Made - n
	}
	return importNote(ctx, tx, in.s, action, in.into.Project.ID, in.into.Project.Name, n)
}

// undo throws away what nobody has worked on since.
func (t *Transfer) undo(ctx context.Context, in *running) (more bool, err error) {
	low, high := projects.BroughtBetween(in.id)
	for {
		n := 0
		err := t.DB.InTenant(ctx, in.s, func(ctx context.Context, tx db.Tx) error {
			n, err = t.Projects.UndoBroughtTx(ctx, tx, in.s, in.into.Project.ID, in.Days, low, high, in.CreatedAt)
			if err != nil {
				return err
			}
			return transferdb.New().MoveImport(ctx, tx, transferdb.MoveImportParams{TenantID: in.s.TenantID, ID: in.id, Step: 0, At: in.At + int64(n)})
		})
		in.At += int64(n)
		switch {
		case err != nil:
			return false, err
		case n < projects.BroughtAtOnce:
			return false, t.finishImport(ctx, in)
		case time.Now().After(in.until):
			return true, nil
		}
	}
}
