package transfer

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/internal/transfer/transferdb"
)

// What the file plinth.json in an archive says of it. Whoever changes what something in an archive means, or what has to be there,
// raises the version; docs/transfer.md says what each one has.
const (
	Format  = "plinth-project"
	Version = 1
)

// manifest is plinth.json.
type manifest struct {
	Format       string          `json:"format"`
	Version      int             `json:"version"`
	Made         time.Time       `json:"made_at"`
	Organization string          `json:"organization"`
	Project      json.RawMessage `json:"project"`
}

func (t *Transfer) writeManifest(ctx context.Context, s scope.Scope, e transferdb.ExportNowRow, id uuid.UUID) (int64, error) {
	var project json.RawMessage
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Value(r, &project, transferdb.TakeProject, s.TenantID, s.Person.ID, e.ProjectID) })
	if err != nil {
		return 0, err
	}
	text, err := json.MarshalIndent(manifest{Format: Format, Version: Version, Made: t.now().UTC(), Organization: e.Organization, Project: project}, "", "  ")
	if err != nil {
		return 0, fmt.Errorf("write the manifest: %w", err)
	}
	return int64(len(text)), t.Store.Write(ctx, partKey(s.TenantID, id, "manifest", 0), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// pourTable puts the files of a table one behind the other.
func (t *Transfer) pourTable(ctx context.Context, to io.Writer, s scope.Scope, e transferdb.ReadyExportRow) error {
	return t.pourParts(ctx, to, folderOf(s.TenantID, e.ID)+"tickets/")
}

func (t *Transfer) pourParts(ctx context.Context, to io.Writer, prefix string) error {
	return t.Store.Each(ctx, prefix, func(key string) error { return t.pourFile(ctx, to, key) })
}

func (t *Transfer) pourFile(ctx context.Context, to io.Writer, key string) error {
	r, _, err := t.Store.Read(ctx, key)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, r)
	return errors.Join(err, r.Close())
}

// pourArchive puts an archive together while it is fetched, with the files that are there: kept in it they would take their
// place twice, and longer than a job may run. One that was taken away since the copy was made is not in it.
func (t *Transfer) pourArchive(ctx context.Context, to io.Writer, s scope.Scope, e transferdb.ReadyExportRow) error {
	z, folder := zip.NewWriter(to), folderOf(s.TenantID, e.ID)
	for _, part := range []struct{ name, folder string }{
		{"plinth.json", "manifest/"}, {"people.jsonl", "people/"}, {"tickets.jsonl", "tickets/"}, {"comments.jsonl", "comments/"}, {"attachments.jsonl", "attachments/"},
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: e.CreatedAt})
		if err == nil {
			err = t.pourParts(ctx, w, folder+part.folder)
		}
		if err != nil {
			return fmt.Errorf("put %s into the archive: %w", part.name, err)
		}
	}
	if err := t.pourAttachments(ctx, z, s, e); err != nil {
		return fmt.Errorf("put the files into the archive: %w", err)
	}
	return z.Close()
}

func (t *Transfer) pourAttachments(ctx context.Context, z *zip.Writer, s scope.Scope, e transferdb.ReadyExportRow) error {
	for after := uuid.Nil; ; {
		var page []transferdb.FilesOfProjectRow
		err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) {
			db.Rows(r, &page, transferdb.FilesOfProject, s.TenantID, s.Person.ID, e.ID, after, e.CreatedAt, readSize)
		})
		if err != nil {
			return err
		}
		for _, f := range page {
			if err := t.pourAttachment(ctx, z, f); err != nil {
				return err
			}
			after = f.ID
		}
		if len(page) < readSize {
			return nil
		}
	}
}

func (t *Transfer) pourAttachment(ctx context.Context, z *zip.Writer, f transferdb.FilesOfProjectRow) error {
	r, _, err := t.Store.Read(ctx, f.Key)
	if errors.Is(err, blob.ErrNone) {
		return nil // taken away at this moment
	}
	if err != nil {
		return err
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: "files/" + f.ID.String(), Method: zip.Store})
	if err == nil {
		_, err = io.Copy(w, r)
	}
	return errors.Join(err, r.Close())
}
