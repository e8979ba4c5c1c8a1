package projects

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Comment is what somebody said to a ticket, in markdown.
type Comment struct {
	ID        uuid.UUID
	AuthorID  uuid.UUID
	Author    string
	Body      string
	CreatedAt time.Time
	EditedAt  *time.Time

	AuthorPicture string
	Revision      int32
	DeletedAt     *time.Time // of one that was deleted only the place is left

	Reactions []Reaction `db:"-"`
}

// CommentForm is the form for a comment. ID is made when the form is shown, so that sending it twice says it once.
type CommentForm struct {
	ID   uuid.UUID `form:"id"`
	Body string    `form:"body"`
	// Of EditComment: the revision the person saw, and what it said.
	Revision int32  `form:"revision"`
	Base     string `form:"base"`
}

// AddComment adds a comment to a ticket; Conflict when the same form has added one with other words.
func (p *Projects) AddComment(ctx context.Context, s scope.Scope, key string, number int, f CommentForm) error {
	f.Body = strings.TrimSpace(f.Body)
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		if f.ID == uuid.Nil {
			return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
		}
		if err := checkComment(f.Body); err != nil {
			return err
		}
		low, high := BroughtBetween(BroughtCommentID(f.ID, 0))
		rows, err := projectsdb.New().AddComment(ctx, tx, projectsdb.AddCommentParams{
			TenantID: s.TenantID, ID: f.ID, TicketID: t.ID, AuthorID: s.Person.ID, Body: f.Body, Now: p.now(), Low: low, High: high,
		})
		if err != nil {
			return fmt.Errorf("add comment: %w", err)
		}
		if rows == 0 {
			return p.commentTwinTx(ctx, tx, s, t, f)
		}
		if names, err := p.Files.TieTx(ctx, tx, s, t.ID, f.ID); err != nil {
			return err
		} else if len(names) > 0 {
			if err := CountFilesTx(ctx, tx, s, t.ID); err != nil {
				return err
			}
		}
		if err := watchTx(ctx, tx, s, t.ID, p.now(), s.Person.ID); err != nil {
			return err
		}
		if err := mentionTx(ctx, tx, s, t.ProjectID, t.ID, &f.ID, f.Body, p.now()); err != nil {
			return err
		}
		if err := indexCommentTx(ctx, tx, s, t, f.ID, f.Body); err != nil {
			return err
		}
		t.comment = f.ID
		return p.commented(ctx, tx, s, t, "ticket.commented", 1)
	})
}

// commentTwinTx finds the comment that the same form made before.
func (p *Projects) commentTwinTx(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, f CommentForm) error {
	made, err := projectsdb.New().LockComment(ctx, tx, projectsdb.LockCommentParams{
		TenantID: s.TenantID, Person: s.Person.ID, TicketID: t.ID, ID: f.ID,
	})
	if err != nil && !db.None(err) {
		return fmt.Errorf("read comment: %w", err)
	}
	if err != nil || made.AuthorID != s.Person.ID || made.Body != f.Body {
		return errSentBefore("This form was sent before, with another comment.")
	}
	// What was attached to the form since is for this comment as well.
	names, err := p.Files.TieTx(ctx, tx, s, t.ID, f.ID)
	if err != nil {
		return err
	}
	return t.attached(ctx, tx, s, names...)
}

// EditComment changes the text of one's own comment. Conflict when it was changed elsewhere since the form was shown, as in
// another window.
func (p *Projects) EditComment(ctx context.Context, s scope.Scope, key string, number int, f CommentForm) error {
	f.Body = strings.TrimSpace(f.Body)
	return p.ownComment(ctx, s, key, number, f.ID, func(ctx context.Context, tx db.Tx, t ticket, before projectsdb.LockCommentRow) error {
		if err := checkComment(f.Body); err != nil {
			return err
		}
		if before.Body == f.Body {
			return nil
		}
		if before.Revision != f.Revision {
			return fault.New(fault.Conflict, "This comment was changed while you wrote. Compare both, then save again.")
		}
		if err := projectsdb.New().EditComment(ctx, tx, projectsdb.EditCommentParams{
			TenantID: s.TenantID, ID: f.ID, Body: f.Body, Now: p.now(),
		}); err != nil {
			return fmt.Errorf("edit comment: %w", err)
		}
		if err := mentionTx(ctx, tx, s, t.ProjectID, t.ID, &f.ID, f.Body, p.now()); err != nil {
			return err
		}
		if err := indexCommentTx(ctx, tx, s, t, f.ID, f.Body); err != nil {
			return err
		}
		t.comment = f.ID
		return p.commented(ctx, tx, s, t, "ticket.comment_edited", 0)
	})
}

// DeleteComment takes one's own comment away. For files.RestoreFor it can be brought back.
func (p *Projects) DeleteComment(ctx context.Context, s scope.Scope, key string, number int, id uuid.UUID) error {
	return p.ownComment(ctx, s, key, number, id, func(ctx context.Context, tx db.Tx, t ticket, _ projectsdb.LockCommentRow) error {
		if err := projectsdb.New().DeleteComment(ctx, tx, projectsdb.DeleteCommentParams{
			TenantID: s.TenantID, ID: id, Now: p.now(),
		}); err != nil {
			return fmt.Errorf("delete comment: %w", err)
		}
		if err := CountFilesTx(ctx, tx, s, t.ID); err != nil {
			return err
		}
		if err := mentionTx(ctx, tx, s, t.ProjectID, t.ID, &id, "", p.now()); err != nil {
			return err
		}
		if err := forgetDocTx(ctx, tx, s, id); err != nil {
			return err
		}
		return p.commented(ctx, tx, s, t, "ticket.comment_deleted", -1)
	})
}

// commented keeps the ticket's count of comments and says what happened.
func (p *Projects) commented(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, action string, by int32) error {
	if err := projectsdb.New().BumpComments(ctx, tx, projectsdb.BumpCommentsParams{
		TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, By: by, Now: p.now(),
	}); err != nil {
		return fmt.Errorf("keep the count of comments: %w", err)
	}
	return t.event(ctx, tx, s, action, nil)
}

func (p *Projects) ownComment(
	ctx context.Context, s scope.Scope, key string, number int, id uuid.UUID, fn func(context.Context, db.Tx, ticket, projectsdb.LockCommentRow) error,
) error {
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		c, err := projectsdb.New().LockComment(ctx, tx, projectsdb.LockCommentParams{
			TenantID: s.TenantID, Person: s.Person.ID, TicketID: t.ID, ID: id,
		})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("read comment: %w", err)
		}
		if c.AuthorID != s.Person.ID {
			return errNotYours()
		}
		return fn(ctx, tx, t, c)
	})
}

func errNotYours() error { return fault.New(fault.Denied, "Only who wrote a comment changes it.") }

func checkComment(body string) error {
	switch {
	case body == "":
		return fault.Field("body", "Write something first.")
	case len(body) > MaxBody:
		return fault.Field("body", "Use at most 100 KB of text.")
	}
	return nil
}
