package files

import (
	"context"
	"encoding/hex"
	"io"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/files/filesdb"
	"plinth/internal/scope"
)

// Opened is a file as it is sent to a browser; nothing is read from where it lies before the first Read. The caller
// closes it.
type Opened struct {
	io.ReadSeekCloser
	Name   string
	Type   string // of the content
	Tag    string // says which content it is, for caches
	At     time.Time
	Inline bool // it may be shown in place; all else is kept by the browser and not opened
}

// Place is the ticket that a file is asked for at. The zero Place is wherever its ticket is by now; then one that was
// sent for a ticket that is not there yet is found as well, by its sender.
type Place struct {
	Key    string // of the project
	Number int
}

// Open opens a file for whoever may see its ticket at this moment. NotFound when they may not, and when there is none, so
// that nobody can tell these apart.
func (f *Files) Open(ctx context.Context, s scope.Scope, at Place, id uuid.UUID) (*Opened, error) {
	row, err := f.row(ctx, s, at, id)
	if err != nil {
		return nil, err
	}
	return &Opened{
		ReadSeekCloser: f.Store.At(ctx, row.Key, row.Size), Name: row.Name, Type: row.ContentType, Tag: hex.EncodeToString(row.Sha256), At: row.CreatedAt,
		// Only what was decoded within the limit of pixels is known to be the image it says it is.
		Inline: row.Thumbnail == Ready,
	}, nil
}

// OpenThumbnail opens the thumbnail of a file, as Open does the file. It is nil while it is being made.
func (f *Files) OpenThumbnail(ctx context.Context, s scope.Scope, at Place, id uuid.UUID) (*Opened, error) {
	row, err := f.row(ctx, s, at, id)
	switch {
	case err != nil:
		return nil, err
	case row.Thumbnail == Waiting:
		return nil, nil
	case row.Thumbnail != Ready:
		return nil, fault.Missing()
	}
	data, err := f.Pictures.Kept(ctx, thumbnailKey(row.Key))
	if err != nil {
		return nil, err
	}
	return &Opened{ReadSeekCloser: data, Name: row.Name, Type: data.Type, Tag: hex.EncodeToString(row.Sha256) + "-t", At: row.CreatedAt, Inline: true}, nil
}

func (f *Files) row(ctx context.Context, s scope.Scope, at Place, id uuid.UUID) (filesdb.OpenAttachmentRow, error) {
	var row filesdb.OpenAttachmentRow
	err := f.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Row(r, &row, filesdb.OpenAttachment, s.TenantID, s.Person.ID, id, at.Key, at.Number)
	})
	return row, err
}
