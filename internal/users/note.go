package users

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/users/usersdb"
)

// PurgeNotes deletes some of what staff noted about an organization, for tenants.PurgeTx.
const PurgeNotes = usersdb.PurgeNotes

// Note is what a member of staff notes about an account or an organization, for other staff.
type Note struct {
	ID       uuid.UUID // made when the form is shown, so that sending it twice leaves one note
	UserID   uuid.UUID // whom it is about, or nil
	TenantID uuid.UUID // which organization it is about, or nil
	StaffID  uuid.UUID
	Body     string
}

// AddNoteTx keeps a note; false when it is kept already. It is called inside db.InAdmin.
func AddNoteTx(ctx context.Context, tx db.Tx, n Note) (bool, error) {
	p := usersdb.AddNoteParams{ID: n.ID, StaffID: n.StaffID, Body: n.Body}
	if n.UserID != uuid.Nil {
		p.UserID = &n.UserID
	}
	if n.TenantID != uuid.Nil {
		p.TenantID = &n.TenantID
	}
	rows, err := usersdb.New().AddNote(ctx, tx, p)
	if err != nil {
		return false, fmt.Errorf("keep the note: %w", err)
	}
	return rows == 1, nil
}

// DeleteNoteTx takes away a note of whoever wrote it; false when there is none of theirs. It is called inside db.InAdmin.
func DeleteNoteTx(ctx context.Context, tx db.Tx, id, staff uuid.UUID) (bool, error) {
	rows, err := usersdb.New().DeleteNote(ctx, tx, usersdb.DeleteNoteParams{ID: id, StaffID: staff})
	if err != nil {
		return false, fmt.Errorf("delete the note: %w", err)
	}
	return rows == 1, nil
}
