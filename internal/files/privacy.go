package files

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/files/filesdb"
)

// ExportTx is a page of the files a person attached in the organization in scope, as far as they still see them.
func ExportTx(ctx context.Context, tx db.Tx, tenant, userID, after uuid.UUID, size int32) ([]db.Doc, error) {
	rows, err := filesdb.New().ExportAttachments(ctx, tx, filesdb.ExportAttachmentsParams{Tenant: tenant, Person: userID, After: after, Size: size})
	if err != nil {
		return nil, fmt.Errorf("export attachments: %w", err)
	}
	out := make([]db.Doc, len(rows))
	for i, row := range rows {
		out[i] = db.Doc(row)
	}
	return out, nil
}

// ExportAllTx is a page of the files of the organization in scope, whoever sees them.
func ExportAllTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, filesdb.ExportAllAttachments, tenant, after, size)
}

// Kept is a file that goes into a copy.
type Kept struct {
	ID   uuid.UUID
	Path string // in the copy: WEB-42/<the first of its id>-<its name>
	Key  string
}

// KeptTx is a page of the files in the copy of an organization, or of those a person attached, that were there at made.
func KeptTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, userID *uuid.UUID, made time.Time, after uuid.UUID, size int32) ([]Kept, error) {
	q := filesdb.New()
	var out []Kept
	add := func(id uuid.UUID, project string, number int32, name, key string) {
		out = append(out, Kept{ID: id, Path: fmt.Sprintf("%s-%d/%s-%s", project, number, id.String()[24:], name), Key: key})
	}
	if userID == nil {
		rows, err := q.KeptAllAttachments(ctx, tx, filesdb.KeptAllAttachmentsParams{Tenant: tenant, After: after, Made: made, Size: size})
		if err != nil {
			return nil, fmt.Errorf("list the files of a copy: %w", err)
		}
		for _, r := range rows {
			add(r.ID, r.Project, r.Number, r.Name, r.Key)
		}
		return out, nil
	}
	rows, err := q.KeptAttachments(ctx, tx, filesdb.KeptAttachmentsParams{Tenant: tenant, Person: *userID, After: after, Made: made, Size: size})
	if err != nil {
		return nil, fmt.Errorf("list the files of a copy: %w", err)
	}
	for _, r := range rows {
		add(r.ID, r.Project, r.Number, r.Name, r.Key)
	}
	return out, nil
}
