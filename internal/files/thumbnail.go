package files

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/files/filesdb"
	"plinth/internal/picture"
	"plinth/internal/scope"
	"plinth/jobs"
)

// DrawThumbnail makes the thumbnail of a file; a job calls it. What cannot be decoded, or has more pixels than are
// decoded, has none for good. jobs.ErrNothingToDo when the file is gone or its thumbnail is made.
func (f *Files) DrawThumbnail(ctx context.Context, tenant, id uuid.UUID) error {
	s := scope.System(tenant)
	var row *filesdb.AttachmentToDrawRow
	err := f.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &row, filesdb.AttachmentToDraw, tenant, id) })
	switch {
	case err != nil:
		return fmt.Errorf("read the attachment: %w", err)
	case row == nil:
		return jobs.ErrNothingToDo
	}
	state := Ready
	made, err := f.Pictures.Thumbnail(ctx, row.Key, thumbnailKey(row.Key), f.Most())
	if fault.Is(err, fault.Unavailable) {
		return err
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.TooLarge || kind == fault.NotFound) {
		state, made, err = Failed, picture.Drawn{}, nil
	}
	if err != nil {
		return err
	}
	return f.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		err := filesdb.New().SetThumbnail(ctx, tx, filesdb.SetThumbnailParams{
			TenantID: tenant, ID: id, Thumbnail: state, Width: int32(made.Width), Height: int32(made.Height),
		})
		if err != nil {
			return fmt.Errorf("note the thumbnail: %w", err)
		}
		return nil
	})
}
