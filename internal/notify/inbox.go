package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/notify/notifydb"
	"plinth/internal/scope"
)

// Notification is a line of the inbox.
type Notification struct {
	ID          uuid.UUID
	Kind        Kind
	CreatedAt   time.Time
	ReadAt      *time.Time
	CommentID   *uuid.UUID
	Cause       string
	Project     string // its key
	ProjectName string
	Hue         string
	Number      int32
	Title       string
	DueOn       *time.Time
	ActorID     *uuid.UUID
	Actor       string
	Picture     string
	Excerpt     string // of the comment, as it was written
	Status      string // what it was moved to
	There       bool   // else the ticket is gone, or may not be seen any more
}

// Ticket is the key of the ticket.
func (o Notification) Ticket() string { return fmt.Sprintf("%s-%d", o.Project, o.Number) }

// Late says of a Due whether the day is over.
func (o Notification) Late() bool { return strings.HasPrefix(o.Cause, "overdue:") }

// Inbox is a page of what a person was told, the newest first.
type Inbox struct {
	All    bool // what was read is among it
	List   []Notification
	Unread int64 // of all; UnreadCap for more
	Before uuid.UUID
	Next   uuid.UUID // where the page behind begins; nil on the last
}

// UnreadCap is what the count of unread notifications stops at.
const UnreadCap = 100

const pageSize = 40

// Inbox reads a page; before is where it begins, the nil id for the first.
func (n *Notify) Inbox(ctx context.Context, s scope.Scope, all bool, before uuid.UUID) (Inbox, error) {
	out := Inbox{All: all, Before: before}
	sql, from := notifydb.InboxUnread, before
	if all {
		sql = notifydb.Inbox
	}
	if before == uuid.Nil {
		from = uuid.Max
	}
	err := n.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Rows(r, &out.List, sql, s.TenantID, s.Person.ID, from, pageSize+1)
		db.Value(r, &out.Unread, notifydb.Unread, s.Slug, s.Person.ID)
	})
	if err != nil {
		return out, fmt.Errorf("read the inbox: %w", err)
	}
	if len(out.List) > pageSize {
		out.List = out.List[:pageSize]
		out.Next = out.List[pageSize-1].ID
	}
	out.List = slices.DeleteFunc(out.List, func(o Notification) bool { return !o.There })
	return out, nil
}

// QueueUnread counts, in a guard's round trip, what the person has not read in the organization called slug, which must
// be in scope; UnreadCap stands for more.
func QueueUnread(r *db.Reads, slug string, userID uuid.UUID, into *int64) {
	db.Value(r, into, notifydb.Unread, slug, userID)
}

// Place is where a notification leads.
type Place struct {
	Project string
	Number  int32
	Comment *uuid.UUID
}

// Open marks a notification as read and says where it leads; NotFound when it is not the person's, or they may not see
// it any more.
func (n *Notify) Open(ctx context.Context, s scope.Scope, id uuid.UUID) (Place, error) {
	var to Place
	err := n.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := notifydb.New()
		row, err := q.Open(ctx, tx, notifydb.OpenParams{TenantID: s.TenantID, UserID: s.Person.ID, ID: id})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("open the notification: %w", err)
		}
		to = Place{Project: row.ProjectKey, Number: row.Number, Comment: row.CommentID}
		_, err = q.MarkRead(ctx, tx, notifydb.MarkReadParams{TenantID: s.TenantID, UserID: s.Person.ID, ID: id, Read: true}) // tells the other windows
		return err
	})
	return to, err
}

// MarkRead marks a notification as read, or as not.
func (n *Notify) MarkRead(ctx context.Context, s scope.Scope, id uuid.UUID, read bool) error {
	return n.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		rows, err := notifydb.New().MarkRead(ctx, tx, notifydb.MarkReadParams{TenantID: s.TenantID, UserID: s.Person.ID, ID: id, Read: read})
		if err != nil {
			return fmt.Errorf("mark the notification: %w", err)
		}
		if rows == 0 {
			return fault.Missing()
		}
		return nil
	})
}

// MarkAllRead marks as read what the person has seen: the newest that was on their page, and all before it.
func (n *Notify) MarkAllRead(ctx context.Context, s scope.Scope, upTo uuid.UUID) error {
	return n.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if _, err := notifydb.New().MarkAllRead(ctx, tx, notifydb.MarkAllReadParams{TenantID: s.TenantID, UserID: s.Person.ID, UpTo: upTo}); err != nil {
			return fmt.Errorf("mark all as read: %w", err)
		}
		return nil
	})
}
