package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects"
	"plinth/internal/transfer/transferdb"
	"plinth/jobs"
)

// tieParents puts the tickets below those that their rows name, when all are there, five hundred in a transaction. A circle is left
// open.
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
	up := make([]uint32, n+1)
	for row := range up {
		up[row] = numbers[above[uint32(row)]]
	}
	openCircles(up)
	ties := &chunk[tie]{t: t, in: in, at: in.At, write: func(ctx context.Context, tx db.Tx, some []tie) error {
		return t.tieTx(ctx, tx, in, some)
	}}
	for row, parent := range up {
		if int64(row) <= in.At || parent == 0 {
			continue
		}
		if err := ties.add(ctx, uint32(row), tie{uint32(row), parent, true}); err != nil {
			return err
		}
	}
	if err := ties.flush(ctx, 1, int64(n)); err != nil {
		return err
	}
	return t.finishImport(ctx, in)
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
	err := errors.Join(t.Store.DeleteAll(ctx, in.Key), t.Store.DeleteAll(ctx, folderIn(in.s.TenantID, in.id)+indexFile))
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
	if err != nil {
		return fmt.Errorf("lock the import: %w", err)
	}
	if now.State != in.State {
		return jobs.ErrNothingToDo
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

// tieTx ties some of the tickets of an import together. While people tie others it lets them go first.
func (t *Transfer) tieTx(ctx context.Context, tx db.Tx, in *running, some []tie) error {
	b := projects.BroughtTies{Imported: in.id, Since: in.CreatedAt, Below: map[uuid.UUID]uuid.UUID{}}
	for _, one := range some {
		from, to := projects.BroughtID(in.id, one.from), projects.BroughtID(in.id, one.to)
		if one.parent {
			b.Below[from] = to
			continue
		}
		b.Blocks = append(b.Blocks, [2]uuid.UUID{from, to})
	}
	err := t.Projects.TieBroughtTx(ctx, tx, in.s, in.into.Project.ID, b)
	if errors.Is(err, projects.ErrTiesBusy) {
		return errTurn
	}
	return err
}

// undo throws away what nobody has worked on since. What stays is told once in a turn.
func (t *Transfer) undo(ctx context.Context, in *running) (more bool, err error) {
	u := projects.Undo{ProjectID: in.into.Project.ID, TimeZone: in.Days, Imported: in.id, Since: in.CreatedAt}
	if u.Stays, err = t.Projects.StaysOfBrought(ctx, in.s, u.ProjectID, in.id, MaxRows, u.Since); err != nil {
		return false, err
	}
	in.until = time.Time{} // begins with the first that is thrown away
	for after := projects.BroughtID(in.id, 0); ; {
		n := 0
		err := t.locked(ctx, in, 0, in.At, func(ctx context.Context, tx db.Tx) error {
			var err error
			if n, after, err = t.Projects.UndoBroughtTx(ctx, tx, in.s, u, after); err != nil {
				return err
			}
			return transferdb.New().MoveImport(ctx, tx, transferdb.MoveImportParams{TenantID: in.s.TenantID, ID: in.id, Step: 0, At: in.At + int64(n)})
		})
		in.At += int64(n)
		switch {
		case err != nil:
			return false, err
		case after == uuid.Nil:
			return false, t.finishImport(ctx, in)
		case in.turn(t) != nil:
			return true, nil
		}
	}
}
