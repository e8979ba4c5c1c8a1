package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/notify/notifydb"
	"plinth/internal/scope"
	"plinth/jobs"
)

// mailRow is what the queries for mails read, column by column.
type mailRow struct {
	Kind         string
	UserID       uuid.UUID
	CommentID    *uuid.UUID
	Cause        string
	Email        string
	Name         string
	Zone         string
	Slug         string
	Organization string
	ProjectKey   string
	ProjectName  string
	Number       int32
	Title        string
	DueOn        *time.Time
	Actor        string
	Excerpt      string
	Status       string
}

// Letter is whom a mail goes to, and how they can stop it.
type Letter struct {
	To           string
	Name         string
	Organization string
	Inbox        string // the page with everything
	Settings     string // the page where they choose
	Unsubscribe  string // ends these mails without signing in
}

// Mail is what the mail of one notification is made of.
type Mail struct {
	Letter
	Item
}

// Mail reads what the mail of a notification tells. jobs.ErrNothingToDo when it was read, or may not be seen any more.
func (n *Notify) Mail(ctx context.Context, tenant, id uuid.UUID) (Mail, error) {
	var row *mailRow
	if err := n.DB.ReadTenant(ctx, scope.System(tenant), func(r *db.Reads) { db.Maybe(r, &row, notifydb.ToMail, tenant, id) }); err != nil {
		return Mail{}, fmt.Errorf("read the notification: %w", err)
	}
	if row == nil {
		return Mail{}, jobs.ErrNothingToDo
	}
	return Mail{Letter: n.letter(*row, row.Kind), Item: n.item(*row)}, nil
}

func (n *Notify) letter(row mailRow, about string) Letter {
	return Letter{
		To: row.Email, Name: row.Name, Organization: row.Organization, Inbox: n.URL + "/orgs/" + row.Slug + "/inbox",
		Settings: n.URL + "/account/notifications", Unsubscribe: n.URL + "/unsubscribe/" + about + "/" + n.unsubscribeToken(row.UserID, about),
	}
}

func (n *Notify) item(row mailRow) Item {
	url := fmt.Sprintf("%s/orgs/%s/projects/%s/tickets/%d", n.URL, row.Slug, row.ProjectKey, row.Number)
	if row.CommentID != nil {
		url += "/comments/" + row.CommentID.String()
	}
	out := Item{
		Kind: Kind(row.Kind), Late: strings.HasPrefix(row.Cause, "overdue:"), Actor: row.Actor, Ticket: fmt.Sprintf("%s-%d", row.ProjectKey, row.Number),
		Title: row.Title, Project: row.ProjectName, Excerpt: row.Excerpt, Status: row.Status, URL: url,
	}
	if row.DueOn != nil {
		out.DueOn = *row.DueOn
	}
	return out
}
