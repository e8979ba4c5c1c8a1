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

// QueueDraft reads, in the round trip of a page, what the person sent by a form for something they have not said yet.
func QueueDraft(r *db.Reads, s scope.Scope, draft uuid.UUID, into *[]Attachment) {
	db.Rows(r, into, filesdb.DraftAttachments, s.TenantID, s.Person.ID, draft)
}

// TieAheadTx gives the files that the person sent for a ticket before it was there to that ticket, which was just made and
// has the id of its form, and names those that have arrived.
func (f *Files) TieAheadTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket uuid.UUID) ([]string, error) {
	rows, err := filesdb.New().TieAhead(ctx, tx, filesdb.TieAheadParams{
		TenantID: s.TenantID, AuthorID: s.Person.ID, DraftID: &ticket,
	})
	if err != nil {
		return nil, fmt.Errorf("give the files to the ticket: %w", err)
	}
	var names []string
	for _, row := range rows {
		if row.Arrived {
			names = append(names, row.Name)
		}
	}
	return names, nil
}

// CarryTx gives what the person sent by one form to another for the same ticket; the nil id is one that is not there yet.
// What was nearly too old is kept for another while.
func (f *Files) CarryTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket, from, to uuid.UUID) error {
	err := filesdb.New().CarryDrafts(ctx, tx, filesdb.CarryDraftsParams{
		TenantID: s.TenantID, AuthorID: s.Person.ID, FromDraft: from, Draft: to, Ticket: orNone(ticket), Least: f.now().Add(-PurgeAfter / 2),
	})
	if err != nil {
		return fmt.Errorf("carry files to another form: %w", err)
	}
	return nil
}

// RemoveAhead takes away what the person sent for a ticket that is not there yet; one that was taken away before is no
// error. NotFound when there is no such file of theirs.
func (f *Files) RemoveAhead(ctx context.Context, s scope.Scope, id uuid.UUID) (a Attachment, err error) {
	err = f.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		row, err := filesdb.New().LockAhead(ctx, tx, filesdb.LockAheadParams{TenantID: s.TenantID, ID: id, AuthorID: s.Person.ID})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("read the attachment: %w", err)
		}
		a = found(filesdb.LockAttachmentRow(row))
		if row.DeletedAt != nil {
			return nil
		}
		if err := filesdb.New().RemoveAttachment(ctx, tx, filesdb.RemoveAttachmentParams{TenantID: s.TenantID, ID: id, By: s.Person.ID, Now: f.now()}); err != nil {
			return fmt.Errorf("remove the attachment: %w", err)
		}
		return addTx(ctx, tx, s, -1, -row.Size)
	})
	return a, err
}
