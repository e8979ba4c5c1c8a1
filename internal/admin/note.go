package admin

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/users"
)

// Note is what a member of staff noted about an account or an organization. Its people do not see it, but for the copy
// of a person's data, which has what was noted about them.
type Note struct {
	ID        uuid.UUID
	Body      string
	StaffID   uuid.UUID
	Staff     string // who wrote it
	CreatedAt time.Time
}

// NoteForm is a note that is to be kept. ID is made when the form is shown.
type NoteForm struct {
	ID   uuid.UUID `form:"id"`
	Body string    `form:"note"`
}

// longestNote is in characters.
const longestNote = 2000

// NoteUser keeps a note about an account. Sending the form twice keeps it once.
func (a *Admin) NoteUser(ctx context.Context, by Actor, user uuid.UUID, f NoteForm) error {
	return a.note(ctx, by, users.Note{UserID: user}, f, func(ctx context.Context, tx db.Tx) error {
		_, err := users.ByID(ctx, tx, user)
		return err
	})
}

// NoteOrganization keeps a note about an organization. Sending the form twice keeps it once.
func (a *Admin) NoteOrganization(ctx context.Context, by Actor, tenant uuid.UUID, f NoteForm) error {
	return a.note(ctx, by, users.Note{TenantID: tenant}, f, func(ctx context.Context, tx db.Tx) error { return a.thereTx(ctx, tx, tenant) })
}

func (a *Admin) note(ctx context.Context, by Actor, n users.Note, f NoteForm, there func(context.Context, db.Tx) error) error {
	n.ID, n.StaffID, n.Body = f.ID, by.Person.ID, strings.TrimSpace(f.Body)
	switch {
	case n.ID == uuid.Nil:
		return fault.New(fault.Invalid, "The form is not whole. Load the page again.")
	case n.Body == "":
		return fault.Field("note", "Write something.")
	case len([]rune(n.Body)) > longestNote:
		return fault.Field("note", "Use at most 2,000 characters.")
	}
	about := "user " + n.UserID.String()
	if n.TenantID != uuid.Nil {
		about = n.TenantID.String()
	}
	return a.unlessSo(a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := there(ctx, tx); err != nil {
			return err
		}
		by.Why = "" // a note is its own reason
		if err := note(ctx, tx, by, "staff.note_added", about, nil); err != nil {
			return err
		}
		kept, err := users.AddNoteTx(ctx, tx, n)
		if err == nil && !kept {
			return errUnchanged
		}
		return err
	}))
}

// DeleteNote takes away a note of one's own; NotFound when it is not.
func (a *Admin) DeleteNote(ctx context.Context, by Actor, id uuid.UUID) error {
	return a.act(ctx, by, "staff.note_deleted", "note "+id.String(), func(ctx context.Context, tx db.Tx) error {
		gone, err := users.DeleteNoteTx(ctx, tx, id, by.Person.ID)
		if err == nil && !gone {
			return fault.Missing()
		}
		return err
	})
}
