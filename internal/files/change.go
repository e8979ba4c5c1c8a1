package files

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/files/filesdb"
	"plinth/internal/scope"
)

// RemoveTx takes a file away from a ticket, which the caller has locked; changed is false when it was gone already. Only
// who attached it, or whoever manages the organization's projects, may; NotFound when the ticket has no such file.
func (f *Files) RemoveTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket, id uuid.UUID) (a Attachment, changed bool, err error) {
	row, err := f.lockTx(ctx, tx, s, ticket, id)
	if err != nil || row.DeletedAt != nil {
		return found(row), false, err
	}
	if err := filesdb.New().RemoveAttachment(ctx, tx, filesdb.RemoveAttachmentParams{TenantID: s.TenantID, ID: id, By: s.Person.ID, Now: f.now()}); err != nil {
		return Attachment{}, false, fmt.Errorf("remove the attachment: %w", err)
	}
	return found(row), true, addTx(ctx, tx, s, -1, -row.Size)
}

// RestoreTx brings a file back that was removed lately; changed is false when it is there. PaymentRequired when there is
// no room for it any more, NotFound when its time is over.
func (f *Files) RestoreTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket, id uuid.UUID) (a Attachment, changed bool, err error) {
	row, err := f.lockTx(ctx, tx, s, ticket, id)
	switch {
	case err != nil || row.DeletedAt == nil:
		return found(row), false, err
	case f.now().Sub(*row.DeletedAt) > RestoreFor:
		return Attachment{}, false, fault.Missing()
	}
	if err := f.Plans.AllowStorageTx(ctx, tx, s, Field, row.Size); err != nil {
		return Attachment{}, false, err
	}
	if err := filesdb.New().RestoreAttachment(ctx, tx, filesdb.RestoreAttachmentParams{TenantID: s.TenantID, ID: id}); err != nil {
		return Attachment{}, false, fmt.Errorf("restore the attachment: %w", err)
	}
	return found(row), true, addTx(ctx, tx, s, 1, row.Size)
}

func (f *Files) lockTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket, id uuid.UUID) (filesdb.LockAttachmentRow, error) {
	row, err := filesdb.New().LockAttachment(ctx, tx, filesdb.LockAttachmentParams{TenantID: s.TenantID, TicketID: &ticket, ID: id})
	switch {
	case db.None(err):
		return row, fault.Missing()
	case err != nil:
		return row, fmt.Errorf("read the attachment: %w", err)
	case row.AuthorID == s.Person.ID:
		return row, nil
	case row.DraftID != nil:
		return row, fault.Missing() // nobody else knows of it
	case !s.May(scope.ManageProjects):
		return row, fault.New(fault.Denied, "Only who attached a file removes it, or an admin.")
	}
	return row, nil
}

func found(row filesdb.LockAttachmentRow) Attachment {
	return Attachment{
		ID: row.ID, CommentID: row.CommentID, DraftID: row.DraftID, AuthorID: row.AuthorID, Name: row.Name, ContentType: row.ContentType, Size: row.Size,
		Thumbnail: row.Thumbnail,
	}
}

// RemovableBy says whether the person may take the file away.
func (a Attachment) RemovableBy(s scope.Scope) bool {
	return a.AuthorID == s.Person.ID || s.May(scope.ManageProjects)
}
