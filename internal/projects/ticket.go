package projects

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Limits of what is typed.
const (
	MaxTitle = 200       // characters
	MaxBody  = 100 << 10 // bytes, of a ticket and of a comment
)

// NewTicket is the form for a ticket. ID is made when the form is shown, so that sending it twice makes one ticket.
type NewTicket struct {
	ID       uuid.UUID `form:"id"`
	Title    string    `form:"title"`
	Body     string    `form:"body"`
	Status   string    `form:"status"`   // a slug; empty is the first that is to do
	Priority string    `form:"priority"` // a Priority's Name; empty is none
	Assignee uuid.UUID `form:"assignee"` // the nil id is nobody

	Labels    []uuid.UUID `form:"label"`
	Due       string      `form:"due"`        // 2006-01-02; empty is none
	Estimate  string      `form:"estimate"`   // points; empty is none
	Parent    string      `form:"parent"`     // WEB-42, or 42 in the same project; empty is none
	BlockedBy string      `form:"blocked_by"` // as Parent, several with commas between
	Copy      string      `form:"copy"`       // the number of the ticket it is a copy of; empty is none
}

// errSentTwice undoes the transaction of a form that made its thing already, so that no number is used up.
var errSentTwice = errors.New("this form was sent before")

// CreateTicket adds a ticket and returns its number in the project. Sending the same form again returns the first number;
// Conflict when it says something else by now.
func (p *Projects) CreateTicket(ctx context.Context, s scope.Scope, key string, f NewTicket) (int, error) {
	if !s.May(scope.WriteTickets) {
		return 0, fault.New(fault.Denied, "")
	}
	f.Title, f.Body = strings.TrimSpace(f.Title), strings.TrimSpace(f.Body)
	if f.Priority == "" {
		f.Priority = NoPriority.Name()
	}
	number := 0
	err := p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		var err error
		number, err = p.createTicketTx(ctx, tx, s, key, f)
		return err
	})
	if errors.Is(err, errSentTwice) {
		return p.ticketTwin(ctx, s, key, f)
	}
	return number, err
}

func (p *Projects) createTicketTx(ctx context.Context, tx db.Tx, s scope.Scope, key string, f NewTicket) (int, error) {
	q := projectsdb.New()
	low, high := BroughtBetween(f.ID)
	at, err := q.TakeNumber(ctx, tx, projectsdb.TakeNumberParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key, Low: low, High: high})
	if db.None(err) {
		return 0, fault.Missing()
	}
	if err != nil {
		return 0, fmt.Errorf("take a number: %w", err)
	}
	if at.ArchivedAt != nil {
		return 0, errArchived()
	}
	if at.Imported { // its page would say that the import brought it
		return 0, fault.New(fault.Conflict, "This form cannot be used for a ticket. Reload the page and try again.")
	}
	to, priority, err := f.check(ctx, tx, s, at.ProjectID)
	if err != nil {
		return 0, err
	}
	more, err := f.tiesTx(ctx, tx, s, key, at.ProjectID)
	if err != nil {
		return 0, err
	}
	now := p.now()
	rows, err := q.CreateTicket(ctx, tx, projectsdb.CreateTicketParams{
		TenantID: s.TenantID, ID: f.ID, ProjectID: at.ProjectID, Number: at.LastNumber, Title: f.Title, Body: f.Body, Status: string(to.Slug),
		Priority: int16(priority), AssigneeID: orNobody(f.Assignee), AuthorID: s.Person.ID, Rank: rankBetween("", to.top), Now: now,
		ClosedAt: closedAt(to.Kind, nil, now), DueOn: more.due, Estimate: more.estimate, ParentID: more.parent, Started: to.Kind.Stage() == StageDoing,
	})
	if err != nil {
		return 0, fmt.Errorf("create ticket: %w", err)
	}
	if rows == 0 {
		return 0, errSentTwice
	}
	if err := countNewTx(ctx, tx, s, at.ProjectID, to, now, zone(at.TimeZone)); err != nil {
		return 0, err
	}
	if err := indexTicketTx(ctx, tx, s, at.ProjectID, f.ID, f.Title, f.Body); err != nil {
		return 0, err
	}
	var given map[string][2]string
	if f.Assignee != uuid.Nil {
		given = map[string][2]string{"assignee": {"", idText(f.Assignee)}}
	}
	if err := events.AppendTx(ctx, tx, s, events.Event{
		Action: "ticket.created", ObjectKind: "ticket", ObjectID: f.ID, ObjectName: f.Title, ProjectID: at.ProjectID, Changes: given, Quiet: p.quiet(),
	}); err != nil {
		return 0, err
	}
	made := ticket{quiet: p.quiet(), LockTicketRow: projectsdb.LockTicketRow{
		ID: f.ID, ProjectID: at.ProjectID, Number: at.LastNumber, Title: f.Title, Body: f.Body, Key: key,
	}}
	if err := p.tieTx(ctx, tx, s, made, more, f.Assignee); err != nil {
		return 0, err
	}
	if names, err := p.Files.TieAheadTx(ctx, tx, s, f.ID); err != nil {
		return 0, err
	} else if len(names) > 0 {
		if err := CountFilesTx(ctx, tx, s, f.ID); err != nil {
			return 0, err
		}
	}
	return int(at.LastNumber), made.duplicatedTx(ctx, tx, s, f.Copy)
}

// check says what is wrong with the form; whoever gets the ticket must see the project.
func (f NewTicket) check(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID) (lane, Priority, error) {
	if f.ID == uuid.Nil {
		return lane{}, 0, fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	wrong := checkText(f.Title, f.Body)
	to, known, err := takeStatusTx(ctx, tx, s, projectID, "", Status(f.Status))
	if err != nil {
		return lane{}, 0, err
	}
	if !known {
		wrong.Add("status", "Choose a status from the list.")
	}
	priority, ok := ParsePriority(f.Priority)
	if !ok {
		wrong.Add("priority", "Choose a priority from the list.")
	}
	sees, err := maySee(ctx, tx, s, projectID, f.Assignee)
	if err != nil {
		return lane{}, 0, err
	}
	if !sees {
		wrong.Add("assignee", "Choose somebody who sees this project.")
	}
	return to, priority, wrong.Err()
}

// ticketTwin finds the ticket that the same form made before.
func (p *Projects) ticketTwin(ctx context.Context, s scope.Scope, key string, f NewTicket) (int, error) {
	var twin projectsdb.TicketTwinRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Row(r, &twin, projectsdb.TicketTwin, s.TenantID, s.Person.ID, f.ID) })
	if err != nil {
		return 0, err
	}
	if twin.Key != key {
		return 0, fault.Missing()
	}
	made, err := p.EditPage(ctx, s, key, int(twin.Number))
	if err != nil {
		return 0, err
	}
	if made.Ticket.Title != f.Title || made.Ticket.Body != f.Body {
		return 0, errSentBefore("This form has made " + made.Ticket.Key() + " already.")
	}
	// What was attached to the form since is for this ticket as well.
	return int(twin.Number), p.work(ctx, s, key, int(twin.Number), func(ctx context.Context, tx db.Tx, t ticket) error {
		names, err := p.Files.TieAheadTx(ctx, tx, s, t.ID)
		if err != nil {
			return err
		}
		return t.attached(ctx, tx, s, names...)
	})
}

// ticket is a locked ticket.
type ticket struct {
	projectsdb.LockTicketRow
	comment uuid.UUID // the one that what is done is about, or nil
	quiet   bool      // nobody is told
}

func (t ticket) event(ctx context.Context, tx db.Tx, s scope.Scope, action string, changes map[string][2]string) error {
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: action, ObjectKind: "ticket", ObjectID: t.ID, ObjectName: t.Title, ProjectID: t.ProjectID, Changes: about(changes, t.comment), Quiet: t.quiet,
	})
}

// work locks the ticket and runs fn, when the person may write and the project is in work.
func (p *Projects) work(ctx context.Context, s scope.Scope, key string, number int, fn func(context.Context, db.Tx, ticket) error) error {
	return p.workAfter(ctx, s, key, number, func(context.Context, db.Tx) error { return nil }, fn)
}

// workAfter is work that has to lock something else before the ticket.
func (p *Projects) workAfter(ctx context.Context, s scope.Scope, key string, number int, first func(context.Context, db.Tx) error, fn func(context.Context, db.Tx, ticket) error) error {
	if !s.May(scope.WriteTickets) {
		return fault.New(fault.Denied, "")
	}
	if number < 1 || number > maxNumber {
		return fault.Missing()
	}
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := first(ctx, tx); err != nil {
			return err
		}
		row, err := projectsdb.New().LockTicket(ctx, tx, projectsdb.LockTicketParams{
			TenantID: s.TenantID, Person: s.Person.ID, Key: key, Number: int32(number),
		})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("read ticket: %w", err)
		}
		if row.ArchivedAt != nil {
			return errArchived()
		}
		return fn(ctx, tx, ticket{LockTicketRow: row, quiet: p.quiet()})
	})
}

const maxNumber = 1<<31 - 1 // of an integer in Postgres

func errArchived() error {
	return fault.New(fault.Conflict, "This project is archived. Bring it back to work in it.")
}

func maySee(ctx context.Context, tx db.Tx, s scope.Scope, projectID, userID uuid.UUID) (bool, error) {
	if userID == uuid.Nil {
		return true, nil
	}
	sees, err := projectsdb.New().MaySee(ctx, tx, projectsdb.MaySeeParams{Tenant: s.TenantID, Person: userID, Project: projectID})
	if err != nil {
		return false, fmt.Errorf("ask what the assignee sees: %w", err)
	}
	return sees, nil
}

func checkText(title, body string) fault.Fields {
	var wrong fault.Fields
	switch {
	case unseen(title):
		wrong.Add("title", "Enter a title.")
	case utf8.RuneCountInString(title) > MaxTitle:
		wrong.Add("title", "Use at most 200 characters.")
	case strings.ContainsAny(title, lineBreaks):
		wrong.Add("title", "A title has no line breaks.")
	}
	if len(body) > MaxBody {
		wrong.Add("body", "Use at most 100 KB of text.")
	}
	return wrong
}

// closedAt is when a ticket with a status of the kind was closed: before, now, or not at all.
func closedAt(kind Kind, before *time.Time, now time.Time) *time.Time {
	switch {
	case !kind.Closed():
		return nil
	case before != nil:
		return before
	}
	return &now
}

func orNobody(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}
