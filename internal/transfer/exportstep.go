package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/transfer/transferdb"
	"plinth/jobs"
)

// place is where a copy stands: which file of which part comes next, behind which row.
type place struct {
	step  int16
	page  int32
	after int64     // a number, in tables
	id    uuid.UUID // in archives
	done  int64     // tickets
}

// taker reads rows of a part of an archive behind the one with the id after.
type taker struct {
	name string
	sql  string
}

// takers are the parts of an archive that have a line for each thing, in the order in which they are read in again.
func takers() []taker {
	return []taker{
		{"people", transferdb.TakePeople}, {"tickets", transferdb.TakeTickets}, {"comments", transferdb.TakeComments}, {"attachments", transferdb.TakeAttachments},
	}
}

// RunExport goes on with a copy for a while, and says whether there is more to do. Each file of it is noted when it is
// written, so that whoever goes on begins there. jobs.ErrNothingToDo when it has ended, or who asked may not have it.
func (t *Transfer) RunExport(ctx context.Context, tenant, id uuid.UUID) (more bool, err error) {
	begun := time.Now()
	for {
		more, err := t.exportSome(ctx, tenant, id)
		if fault.Is(err, fault.PaymentRequired) {
			return false, errors.Join(jobs.ErrNothingToDo, t.failExport(ctx, tenant, id, fault.As(err).Public))
		}
		if err != nil || !more || time.Since(begun) >= t.runFor() {
			return more, err
		}
	}
}

func (t *Transfer) exportSome(ctx context.Context, tenant, id uuid.UUID) (more bool, err error) {
	s := scope.System(tenant)
	var e *transferdb.ExportNowRow
	err = t.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &e, transferdb.ExportNow, tenant, id) })
	switch {
	case err != nil:
		return false, fmt.Errorf("read the copy under way: %w", err)
	case e == nil:
		return false, t.lost(ctx, tenant, id)
	case e.State != Running:
		return false, jobs.ErrNothingToDo
	}
	s.Role, s.Person = scope.Role(e.Role), scope.Person{ID: e.UserID, Zone: e.TimeZone}
	at := place{e.Step, e.Page, e.After, e.AfterID, e.Done}
	if e.Kind == ZIP {
		if !(projects.Project{CreatedBy: e.CreatedBy}).ManagedBy(s) { // by now: who managed it may not any more
			return false, t.lost(ctx, tenant, id)
		}
		return t.archiveSome(ctx, s, *e, id, at)
	}
	return t.tableSome(ctx, s, *e, id, at)
}

// lost gives up a copy whose asker may not have it any more.
func (t *Transfer) lost(ctx context.Context, tenant, id uuid.UUID) error {
	if err := t.GiveUpExport(ctx, tenant, id); err != nil {
		return err
	}
	return jobs.ErrNothingToDo
}

// GiveUpExport marks a copy as failed; who asked is shown that, and tries again.
func (t *Transfer) GiveUpExport(ctx context.Context, tenant, id uuid.UUID) error {
	return t.failExport(ctx, tenant, id, "")
}

// failExport ends a copy, and takes away what is written of it. What it cannot take away a night's tidying does.
func (t *Transfer) failExport(ctx context.Context, tenant, id uuid.UUID, problem string) error {
	s := scope.System(tenant)
	err := t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		return transferdb.New().FailExport(ctx, tx, transferdb.FailExportParams{TenantID: tenant, ID: id, Problem: problem})
	})
	if err != nil {
		return fmt.Errorf("mark the copy as failed: %w", err)
	}
	return t.emptyExport(ctx, s, id)
}

// emptyExport deletes the files of a copy that failed. They count as kept until they are gone.
func (t *Transfer) emptyExport(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	if err := t.Store.DeleteAll(ctx, folderOf(s.TenantID, id)); err != nil {
		return err
	}
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := transferdb.New().EmptyExport(ctx, tx, transferdb.EmptyExportParams{TenantID: s.TenantID, ID: id}); err != nil {
			return fmt.Errorf("note that a copy is gone: %w", err)
		}
		return nil
	})
}

// tableSome writes the next file of a table.
func (t *Transfer) tableSome(ctx context.Context, s scope.Scope, e transferdb.ExportNowRow, id uuid.UUID, at place) (more bool, err error) {
	next, n, written := at, 0, &counter{}
	next.page++
	err = t.Store.Write(ctx, partKey(s.TenantID, id, "tickets", at.page), func(w io.Writer) error {
		w, written.n, n, next.after = io.MultiWriter(w, written), 0, 0, at.after
		if at.page == 0 {
			if err := writeHead(w); err != nil {
				return err
			}
		}
		for n < t.pageSize() {
			rows, err := t.Projects.Take(ctx, s, e.Key, filterOf(e.Filter), int32(next.after), min(readSize, t.pageSize()-n))
			if err != nil || len(rows) == 0 {
				return err
			}
			if err := writeTickets(w, e.Key, rows); err != nil {
				return err
			}
			n, next.after = n+len(rows), int64(rows[len(rows)-1].Number)
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	next.done += int64(n)
	if err := t.moveExport(ctx, s, id, at, next, written.n); err != nil {
		return false, err
	}
	if n < t.pageSize() {
		return false, t.finishExport(ctx, s, id)
	}
	return true, nil
}

// archiveSome writes the next file of an archive. The first one says what it is an archive of.
func (t *Transfer) archiveSome(ctx context.Context, s scope.Scope, e transferdb.ExportNowRow, id uuid.UUID, at place) (more bool, err error) {
	if at.step == 0 {
		n, err := t.writeManifest(ctx, s, e, id)
		if err != nil {
			return false, err
		}
		return true, t.moveExport(ctx, s, id, at, place{step: 1}, n)
	}
	what := takers()[at.step-1]
	next, n, written := at, 0, &counter{}
	next.page++
	err = t.Store.Write(ctx, partKey(s.TenantID, id, what.name, at.page), func(w io.Writer) error {
		w, written.n, n, next.id = io.MultiWriter(w, written), 0, 0, at.id
		for n < t.pageSize() {
			size := min(readSize, t.pageSize()-n)
			docs, err := t.takeDocs(ctx, s, what.sql, e.ProjectID, next.id, size)
			if err != nil || len(docs) == 0 {
				return err
			}
			if err := writeLines(w, docs); err != nil {
				return err
			}
			n, next.id = n+len(docs), docs[len(docs)-1].ID
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	if what.name == "tickets" {
		next.done += int64(n)
	}
	ended := n < t.pageSize()
	if ended {
		next = place{step: at.step + 1, done: next.done}
	}
	if err := t.moveExport(ctx, s, id, at, next, written.n); err != nil {
		return false, err
	}
	if ended && int(at.step) == len(takers()) {
		return false, t.finishExport(ctx, s, id)
	}
	return true, nil
}

func (t *Transfer) takeDocs(ctx context.Context, s scope.Scope, sql string, project, after uuid.UUID, size int) (docs []db.Doc, err error) {
	err = t.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Rows(r, &docs, sql, s.TenantID, s.Person.ID, project, after, size) })
	return docs, err
}

// writeLines writes each thing on a line of its own.
func writeLines(w io.Writer, docs []db.Doc) error {
	var out bytes.Buffer
	for _, d := range docs {
		if err := json.Compact(&out, d.Doc); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		out.WriteByte('\n')
	}
	_, err := out.WriteTo(w)
	return err
}

func (t *Transfer) moveExport(ctx context.Context, s scope.Scope, id uuid.UUID, from, to place, bytes int64) error {
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		n, err := transferdb.New().MoveExport(ctx, tx, transferdb.MoveExportParams{
			TenantID: s.TenantID, ID: id, WasStep: from.step, WasPage: from.page, Step: to.step, Page: to.page, After: to.after, AfterID: to.id, Done: to.done, More: bytes,
		})
		if err != nil {
			return fmt.Errorf("note where the copy stands: %w", err)
		}
		if n == 0 {
			return jobs.ErrNothingToDo // somebody else went on with it
		}
		return t.roomTx(ctx, tx, s, "", 0)
	})
}

func (t *Transfer) finishExport(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if _, err := transferdb.New().FinishExport(ctx, tx, transferdb.FinishExportParams{TenantID: s.TenantID, ID: id}); err != nil {
			return fmt.Errorf("finish the copy: %w", err)
		}
		return nil
	})
}

// counter counts what is written through it.
type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// folderOf is where a copy lies. It counts toward what a plan includes, but where a plan charges for what is kept it is not
// charged, since it goes by itself.
func folderOf(tenant, export uuid.UUID) string {
	return "tenants/" + tenant.String() + "/exports/projects/" + export.String() + "/"
}

func partKey(tenant, export uuid.UUID, part string, page int32) string {
	return fmt.Sprintf("%s%s/%08d", folderOf(tenant, export), part, page)
}
