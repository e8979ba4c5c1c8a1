package transfer

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/flags"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/transfer/transferdb"
)

// Sent is a file that a form sends. ID is made with the form, so that sending it twice brings it once.
type Sent struct {
	ID   uuid.UUID
	Name string
	Body io.Reader
}

// ReceiveTable keeps a table for a project, a piece at a time, and says how it is written. Faults are about FileField.
func (t *Transfer) ReceiveTable(ctx context.Context, s scope.Scope, key string, sent Sent) error {
	page, err := t.ImportsPage(ctx, s, key)
	if err != nil {
		return err
	}
	if page.Project.Archived() {
		return fault.New(fault.Conflict, "This project is archived. Bring it back to work in it.")
	}
	return t.receive(ctx, s, sent, MaxTable, func(seen *watcher) (row transferdb.AddImportParams, err error) {
		layout, err := seen.layout()
		if err != nil {
			return row, err
		}
		columns, preset := guess(layout.Columns)
		layout.Preset = preset.ID
		row.ProjectID, row.Kind, row.State = &page.Project.ID, CSV, Mapping
		if row.Layout, err = document(layout); err == nil {
			row.Mapping, err = document(Plan{Columns: columns})
		}
		return row, err
	})
}

// TakesArchives says whether the organization can bring archives in.
func (t *Transfer) TakesArchives(s scope.Scope) bool { return t.Flags.On(s, flags.ArchiveImport) }

func (t *Transfer) mustTakeArchives(s scope.Scope) error {
	if t.TakesArchives(s) {
		return nil
	}
	return fault.New(fault.Denied, "Archives cannot be brought in at the moment. Please come back later.")
}

// ReceiveArchive keeps the archive of a project, and has it looked through. Faults are about FileField. Denied while
// archives are not taken.
func (t *Transfer) ReceiveArchive(ctx context.Context, s scope.Scope, sent Sent) error {
	if err := t.mustTakeArchives(s); err != nil {
		return err
	}
	return t.receive(ctx, s, sent, MaxArchive, func(seen *watcher) (row transferdb.AddImportParams, err error) {
		if !strings.HasPrefix(string(seen.head), "PK\x03\x04") {
			return row, wrongFile("This is no ZIP archive.")
		}
		row.Kind, row.State, row.Layout, row.Mapping = ZIP, Checking, []byte("{}"), []byte("{}")
		return row, nil
	})
}

// receive keeps a file and adds the import that tell makes of what was seen of it. What is refused, or was sent before, is not
// kept.
func (t *Transfer) receive(ctx context.Context, s scope.Scope, sent Sent, most int64, tell func(*watcher) (transferdb.AddImportParams, error)) error {
	if sent.ID == uuid.Nil {
		return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	seen := &watcher{}
	kept, err := t.keep(ctx, s, sent, most, seen)
	if err != nil {
		return err
	}
	row, err := tell(seen)
	added := false
	if err == nil {
		added, err = t.add(ctx, s, sent, kept, row)
	}
	if !added {
		return errors.Join(err, t.Store.DeleteAll(ctx, kept.key))
	}
	return nil
}

// document is JSON of our own types.
func document(of any) ([]byte, error) {
	text, err := json.Marshal(of)
	if err != nil {
		return nil, fmt.Errorf("write down what an import is: %w", err)
	}
	return text, nil
}

// keptFile is one that lies in the place for files.
type keptFile struct {
	key  string
	size int64
	sum  []byte
}

// keep stores what a form sends, as far as it may be and there is room for anything.
func (t *Transfer) keep(ctx context.Context, s scope.Scope, sent Sent, most int64, also io.Writer) (keptFile, error) {
	out := keptFile{key: folderIn(s.TenantID, sent.ID) + rand.Text()}
	if err := t.takeFile(ctx, s); err != nil {
		return out, err
	}
	if err := t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error { return t.roomTx(ctx, tx, s, FileField, 1) }); err != nil {
		return out, err
	}
	sum, in := sha256.New(), &counter{}
	err := t.Store.Write(ctx, out.key, func(w io.Writer) error {
		n, err := io.Copy(io.MultiWriter(w, sum, in, also), io.LimitReader(sent.Body, most+1))
		if err == nil && n > most {
			return &fault.Error{Kind: fault.TooLarge, Fields: map[string]string{FileField: fmt.Sprintf("This file is larger than %d MB. Split it into smaller ones.", most>>20)}}
		}
		return err
	})
	out.size, out.sum = in.n, sum.Sum(nil)
	return out, err
}

// importsIn is where the files of all imports of an organization lie.
func importsIn(tenant uuid.UUID) string { return "tenants/" + tenant.String() + "/exports/imports/" }

// folderIn is where the files of an import lie.
func folderIn(tenant, imported uuid.UUID) string { return importsIn(tenant) + imported.String() + "/" }

// freeTx refuses an id of an import that says of tickets that they came with it: what people wrote here, and what came with
// another import.
func freeTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID) error {
	low, high := projects.BroughtBetween(id)
	taken, err := transferdb.New().ImportTaken(ctx, tx, transferdb.ImportTakenParams{TenantID: s.TenantID, ID: id, Low: low, High: high})
	if err != nil {
		return fmt.Errorf("look for what has ids like the import: %w", err)
	}
	if taken {
		return fault.New(fault.Conflict, "This form cannot be used for a file. Reload the page and choose the file again.")
	}
	return nil
}

// add writes the row of an import. A form that was sent before adds nothing, and is refused with another file.
func (t *Transfer) add(ctx context.Context, s scope.Scope, sent Sent, kept keptFile, row transferdb.AddImportParams) (added bool, err error) {
	row.TenantID, row.ID, row.UserID, row.Name = s.TenantID, sent.ID, s.Person.ID, files.CleanName(sent.Name)
	row.Key, row.Size, row.Sha256, row.Now = kept.key, kept.size, kept.sum, t.now()
	err = t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		n, err := transferdb.New().AddImport(ctx, tx, row)
		if err != nil {
			return fmt.Errorf("add the import: %w", err)
		}
		if added = n > 0; added {
			if err := t.roomTx(ctx, tx, s, FileField, 0); err != nil { // with what just came
				return err
			}
			if err := freeTx(ctx, tx, s, sent.ID); err != nil { // while the organization is locked, one import at a time
				return err
			}
			return t.enqueueWhile(ctx, tx, s, sent.ID, row.State)
		}
		had, err := transferdb.New().ImportTwin(ctx, tx, transferdb.ImportTwinParams{TenantID: s.TenantID, ID: sent.ID})
		if err != nil || had.UserID != s.Person.ID || !bytes.Equal(had.Sha256, kept.sum) {
			return fault.New(fault.Conflict, "This form was sent before, with another file. Reload the page and choose the file again.")
		}
		return nil
	})
	return added && err == nil, err
}
