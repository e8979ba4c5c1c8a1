package privacy

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/mails"
	"plinth/internal/privacy/privacydb"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/jobs"
)

// page is a part of a file: rows, and whether more follow.
type page struct {
	docs []db.Doc
	more bool
}

// reader reads one page of what a step is about. tenant is nil outside of organizations.
type reader func(ctx context.Context, tx db.Tx, user users.User, tenant, after uuid.UUID, size int32) ([]db.Doc, error)

// part is one file, or several when there is much.
type part struct {
	name   string
	tenant int // index in the export's organizations; -1 is the account
	read   reader
}

// plan is what a copy consists of, in order. Each step writes a page of one of these.
func plan(organizations int) []part {
	all := []part{
		{"profile", -1, one(func(ctx context.Context, tx db.Tx, u users.User, _ uuid.UUID) ([]byte, error) {
			return users.ExportTx(ctx, tx, u.ID)
		})},
		{"security", -1, one(func(ctx context.Context, tx db.Tx, u users.User, _ uuid.UUID) ([]byte, error) {
			return auth.ExportTx(ctx, tx, u.ID)
		})},
		{"events", -1, func(ctx context.Context, tx db.Tx, u users.User, _, after uuid.UUID, size int32) ([]db.Doc, error) {
			return events.ExportAccountTx(ctx, tx, u.ID, after, size)
		}},
		{"mails", -1, func(ctx context.Context, tx db.Tx, u users.User, _, after uuid.UUID, size int32) ([]db.Doc, error) {
			return mails.ExportTx(ctx, tx, u.Email, after, size)
		}},
	}
	for i := range organizations {
		all = append(all, inOrganization(i)...)
	}
	return all
}

func inOrganization(i int) []part {
	of := func(read func(ctx context.Context, tx db.Tx, tenant, userID, after uuid.UUID, size int32) ([]db.Doc, error)) reader {
		return func(ctx context.Context, tx db.Tx, u users.User, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
			return read(ctx, tx, tenant, u.ID, after, size)
		}
	}
	return []part{
		{"membership", i, one(func(ctx context.Context, tx db.Tx, u users.User, tenant uuid.UUID) ([]byte, error) {
			return tenants.ExportTx(ctx, tx, tenant, u.ID)
		})},
		{"tickets", i, of(projects.ExportTicketsTx)},
		{"comments", i, of(projects.ExportCommentsTx)},
		{"activity", i, of(events.ExportTx)},
	}
}

// one reads what is a single thing and has no pages.
func one(read func(ctx context.Context, tx db.Tx, u users.User, tenant uuid.UUID) ([]byte, error)) reader {
	return func(ctx context.Context, tx db.Tx, u users.User, tenant, _ uuid.UUID, _ int32) ([]db.Doc, error) {
		doc, err := read(ctx, tx, u, tenant)
		if err != nil || doc == nil {
			return nil, err
		}
		return []db.Doc{{Doc: doc}}, nil
	}
}

func folderOf(export uuid.UUID) string   { return "exports/" + export.String() + "/" }
func partsOf(export uuid.UUID) string    { return folderOf(export) + "parts/" }
func archiveKey(export uuid.UUID) string { return folderOf(export) + "data.zip" }

// Run goes on with a copy for a while, and says whether there is more to do. Each page is noted when it is written, so
// that whoever goes on begins there; a page that is written twice is the same file. jobs.ErrNothingToDo when the copy has
// ended or its person is gone.
func (p *Privacy) Run(ctx context.Context, id uuid.UUID) (more bool, err error) {
	begun := time.Now()
	for {
		more, err := p.step(ctx, id)
		if err != nil || !more || time.Since(begun) >= p.runFor() {
			return more, err
		}
	}
}

// step writes one page, or at the end puts the pages together.
func (p *Privacy) step(ctx context.Context, id uuid.UUID) (more bool, err error) {
	e, err := privacydb.New().ExportByID(ctx, p.DB.Direct(), id)
	if db.None(err) || err == nil && e.State != Running {
		return false, jobs.ErrNothingToDo
	}
	if err != nil {
		return false, fmt.Errorf("read the copy under way: %w", err)
	}
	user, err := users.ByID(ctx, p.DB.Direct(), e.UserID)
	if fault.Is(err, fault.NotFound) {
		return false, errors.Join(jobs.ErrNothingToDo, p.GiveUp(ctx, id))
	}
	if err != nil {
		return false, err
	}
	parts := plan(len(e.Tenants))
	if int(e.Step) >= len(parts) {
		return false, p.finish(ctx, id, e.UserID)
	}
	return true, p.writePage(ctx, e, parts[e.Step], user)
}

func (p *Privacy) writePage(ctx context.Context, e privacydb.ExportByIDRow, what part, user users.User) error {
	got, err := p.read(ctx, e, what, user)
	if err != nil {
		return err
	}
	if len(got.docs) > 0 {
		err := p.Files.Write(ctx, partsOf(e.ID)+what.file(e), func(w io.Writer) error { return writeJSON(w, got.docs) })
		if err != nil {
			return err
		}
	}
	next := privacydb.MoveExportParams{ID: e.ID, WasStep: e.Step, WasPart: e.Part, Step: e.Step + 1}
	if got.more {
		next.Step, next.Part, next.AfterID = e.Step, e.Part+1, got.docs[len(got.docs)-1].ID
	}
	if _, err := privacydb.New().MoveExport(ctx, p.DB.Direct(), next); err != nil {
		return fmt.Errorf("note the step: %w", err)
	}
	return nil
}

func (p *Privacy) read(ctx context.Context, e privacydb.ExportByIDRow, what part, user users.User) (page, error) {
	var got page
	tenant, size := uuid.Nil, p.pageSize()
	fn := func(ctx context.Context, tx db.Tx) error {
		docs, err := what.read(ctx, tx, user, tenant, e.AfterID, size)
		got = page{docs, len(docs) == int(size) && docs[0].ID != uuid.Nil}
		return err
	}
	if what.tenant < 0 {
		return got, p.DB.InGlobal(ctx, fn)
	}
	tenant = e.Tenants[what.tenant]
	return got, p.DB.InTenant(ctx, scope.System(tenant), fn)
}

// file is the name of a page in the copy.
func (w part) file(e privacydb.ExportByIDRow) string {
	name := "account/" + w.name
	if w.tenant >= 0 {
		name = "organizations/" + e.Folders[w.tenant] + "/" + w.name
	}
	if e.Part > 0 {
		name += fmt.Sprintf("-%04d", e.Part+1)
	}
	return name + ".json"
}

func writeJSON(w io.Writer, docs []db.Doc) error {
	all := make([]json.RawMessage, len(docs))
	for i, d := range docs {
		all[i] = d.Doc
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	pretty.WriteByte('\n')
	_, err = pretty.WriteTo(w)
	return err
}

// finish puts the pages into one file and tells the person.
func (p *Privacy) finish(ctx context.Context, id, userID uuid.UUID) error {
	var written counter
	err := p.Files.Write(ctx, archiveKey(id), func(w io.Writer) error { return p.archive(ctx, id, io.MultiWriter(w, &written)) })
	if err != nil {
		return err
	}
	q := privacydb.New()
	err = p.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		finished, err := q.FinishExport(ctx, tx, privacydb.FinishExportParams{ID: id, Bytes: int64(written)})
		if err != nil || finished == 0 {
			return err
		}
		if err := q.ReplaceExports(ctx, tx, privacydb.ReplaceExportsParams{UserID: userID, ID: id}); err != nil {
			return fmt.Errorf("replace the earlier copies: %w", err)
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.SendExportReady{ExportID: id})
	})
	if err != nil {
		return err
	}
	return p.Files.DeleteAll(ctx, partsOf(id))
}

func (p *Privacy) archive(ctx context.Context, id uuid.UUID, to io.Writer) error {
	z := zip.NewWriter(to)
	err := p.Files.Each(ctx, partsOf(id), func(key string) error {
		r, _, err := p.Files.Read(ctx, key)
		if err != nil {
			return err
		}
		w, err := z.Create(strings.TrimPrefix(key, partsOf(id)))
		if err == nil {
			_, err = io.Copy(w, r)
		}
		return errors.Join(err, r.Close())
	})
	if err != nil {
		return fmt.Errorf("put the copy together: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("put the copy together: %w", err)
	}
	return nil
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
