package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/transfer/transferdb"
)

// What is kept of what is wrong: so many lines in a file to be fetched, and so many on the page.
const (
	mostProblems  = 10_000
	firstProblems = 20
)

// checkTable looks through the whole table and says what would become of it. Nothing is written but that.
func (t *Transfer) checkTable(ctx context.Context, in *running) error {
	rows, c, file, err := t.open(ctx, in)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	var found Found
	err = t.Store.Write(ctx, problemsKey(in), func(w io.Writer) error {
		if err := writeRows(w, [][]string{{"Line", "Column", "Reason"}}); err != nil {
			return err
		}
		look, n := time.Now(), int64(0)
		return each(rows, func(row []string, bad error) error {
			if n++; n > MaxRows {
				return fault.New(fault.TooLarge, fmt.Sprintf("This table has more than %d rows. Split it into smaller ones.", MaxRows))
			}
			if time.Since(look) > time.Second {
				look = time.Now()
				if err := t.lookedAt(ctx, in, n); err != nil {
					return err
				}
			}
			if bad == nil {
				_, _, bad = c.ticket(uint32(n), row)
			}
			if bad == nil {
				found.Rows++
				return nil
			}
			return found.add(w, c.problem(rows.line(bad), bad))
		})
	})
	if err != nil {
		return err
	}
	found.Kept = found.Wrong > 0
	found.Statuses, found.People, found.Labels = unknowns(c.unknown[FieldStatus]), unknowns(c.unknown[FieldAssignee]), unknowns(c.unknown[FieldLabels])
	found.MoreStatuses, found.MoreLabels = c.more[FieldStatus], c.more[FieldLabels]
	text, err := document(found)
	if err != nil {
		return err
	}
	return t.DB.InTenant(ctx, in.s, func(ctx context.Context, tx db.Tx) error {
		_, err := transferdb.New().FoundImport(ctx, tx, transferdb.FoundImportParams{
			TenantID: in.s.TenantID, ID: in.id, Found: text, Total: found.Rows + found.Wrong,
		})
		if err != nil {
			return fmt.Errorf("note what was found: %w", err)
		}
		return nil
	})
}

func (t *Transfer) lookedAt(ctx context.Context, in *running, n int64) error {
	return t.DB.InTenant(ctx, in.s, func(ctx context.Context, tx db.Tx) error {
		return transferdb.New().LookImport(ctx, tx, transferdb.LookImportParams{TenantID: in.s.TenantID, ID: in.id, At: n})
	})
}

func (f *Found) add(w io.Writer, p Problem) error {
	f.Wrong++
	if len(f.First) < firstProblems {
		f.First = append(f.First, p)
	}
	if f.Wrong > mostProblems {
		return nil
	}
	return writeRows(w, [][]string{{strconv.Itoa(p.Line), p.Column, p.Reason}})
}

const problemsFile = "problems.csv"

func problemsKey(in *running) string { return folderIn(in.s.TenantID, in.id) + problemsFile }

func unknowns(words map[string]int) []Unknown {
	out := []Unknown{}
	for name, n := range words {
		out = append(out, Unknown{name, n})
	}
	slices.SortFunc(out, func(a, b Unknown) int {
		if a.Rows != b.Rows {
			return b.Rows - a.Rows
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

// each calls fn for every row behind the first line, with what is wrong with it. Lines that are empty are no rows. Behind a
// row that does not end nothing is read.
func each(rows *table, fn func(row []string, bad error) error) error {
	for {
		row, bad := rows.next()
		switch {
		case errors.Is(bad, io.EOF):
			return nil
		case bad == nil && !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" }):
			continue
		case bad != nil && !malformed(bad):
			return bad
		}
		if err := fn(row, bad); err != nil || errors.Is(bad, errLongRow) {
			return err
		}
	}
}
