package projects

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// CommentPage is what the form for a comment shows.
type CommentPage struct {
	Project Project
	Ticket  Ticket
	Comment Comment
}

// CommentPage reads one's own comment, for the form that changes it; Denied for somebody else's.
func (p *Projects) CommentPage(ctx context.Context, s scope.Scope, key string, number int, id uuid.UUID) (CommentPage, error) {
	var out CommentPage
	if number < 1 || number > maxNumber {
		return out, fault.Missing()
	}
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		queueTicket(r, s, key, number, &out.Ticket)
		db.Row(r, &out.Comment, projectsdb.CommentByID, s.TenantID, s.Person.ID, key, number, id)
	})
	if err == nil && out.Comment.AuthorID != s.Person.ID {
		return CommentPage{}, errNotYours()
	}
	return out, err
}

// Clash is what has become of the comment since somebody began to change it; base is what it said then.
func (c CommentPage) Clash(base, mine string) Clash {
	if base == "" {
		base = mine
	}
	return clash(EditForm{Body: base}, EditForm{Body: mine}, EditForm{Body: c.Comment.Body})
}

// Comment finds one of the comments in sight.
func (t TicketPage) Comment(id uuid.UUID) (c Comment, ok bool) {
	for _, c := range t.Comments {
		if c.ID == id {
			return c, true
		}
	}
	return Comment{}, false
}

// Answered says whether something was said behind a comment, as far as it is in sight: then its place stays when it is
// deleted.
func (t TicketPage) Answered(c Comment) bool {
	if t.Partial {
		return true
	}
	for i := len(t.Comments) - 1; i >= 0 && t.Comments[i].ID != c.ID; i-- {
		if t.Comments[i].DeletedAt == nil {
			return true
		}
	}
	return false
}

// RestorableBy says whether the person may bring a comment back that was deleted.
func (c Comment) RestorableBy(s scope.Scope) bool {
	return c.DeletedAt != nil && c.AuthorID == s.Person.ID && time.Since(*c.DeletedAt) < files.RestoreFor
}

// CommentPlace is the cursor of the part of the discussion that a comment stands in; empty is the newest part. NotFound
// when the ticket has no such comment.
func (p *Projects) CommentPlace(ctx context.Context, s scope.Scope, key string, number int, id uuid.UUID) (string, error) {
	if number < 1 || number > maxNumber {
		return "", fault.Missing()
	}
	var at projectsdb.CommentPlaceRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Row(r, &at, projectsdb.CommentPlace, s.TenantID, s.Person.ID, key, number, id, commentPage)
	})
	if err != nil || at.Behind < commentPage {
		return "", err
	}
	return commentCursor(at.CreatedAt, uuid.Max), nil // all up to this one
}

func commentCursor(at time.Time, id uuid.UUID) string {
	return strconv.FormatInt(at.UnixMicro(), 10) + "." + id.String()
}

// RestoreComment brings one's own comment back that was deleted lately. One that is there is no error; NotFound when its
// time is over.
func (p *Projects) RestoreComment(ctx context.Context, s scope.Scope, key string, number int, id uuid.UUID) error {
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		c, err := projectsdb.New().LockDeletedComment(ctx, tx, projectsdb.LockDeletedCommentParams{
			TenantID: s.TenantID, Person: s.Person.ID, TicketID: t.ID, ID: id,
		})
		switch {
		case db.None(err):
			return fault.Missing()
		case err != nil:
			return fmt.Errorf("read comment: %w", err)
		case c.AuthorID != s.Person.ID:
			return errNotYours()
		case c.DeletedAt == nil:
			return nil
		case p.now().Sub(*c.DeletedAt) > files.RestoreFor:
			return fault.Missing()
		}
		if err := projectsdb.New().RestoreComment(ctx, tx, projectsdb.RestoreCommentParams{TenantID: s.TenantID, ID: id, Now: p.now()}); err != nil {
			return fmt.Errorf("restore comment: %w", err)
		}
		if err := CountFilesTx(ctx, tx, s, t.ID); err != nil {
			return err
		}
		if err := mentionTx(ctx, tx, s, t.ProjectID, t.ID, &id, c.Body, p.now()); err != nil {
			return err
		}
		if err := indexCommentTx(ctx, tx, s, t, id, c.Body); err != nil {
			return err
		}
		return p.commented(ctx, tx, s, t, "ticket.comment_restored", 1)
	})
}
