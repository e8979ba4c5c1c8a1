package projects

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Target is a project that a ticket can be moved to.
type Target struct{ Key, Name string }

// MovePage is what the form offers that moves a ticket to another project.
type MovePage struct {
	Project Project
	Ticket  Ticket
	Targets []Target
}

// MovePage reads where a ticket can be moved to.
func (p *Projects) MovePage(ctx context.Context, s scope.Scope, key string, number int) (MovePage, error) {
	var out MovePage
	if number < 1 || number > maxNumber {
		return out, fault.Missing()
	}
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		queueTicket(r, s, key, number, &out.Ticket)
		db.Rows(r, &out.Targets, projectsdb.MoveTargets, s.TenantID, s.Person.ID, key)
	})
	return out, err
}

// Moved is where a ticket is after it was moved, and what it left behind.
type Moved struct {
	Key        string // the project's
	Number     int
	Labels     []string // that the project does not have
	Unassigned bool     // who had it does not see the project
}

// MoveToProject moves a ticket to another project, in which the person may write too. It gets the next number there; its old
// address leads to it. Its status becomes the one that is most like it, its labels those of the same names. Comments, files,
// history, watchers and ties stay.
func (p *Projects) MoveToProject(ctx context.Context, s scope.Scope, key string, number int, to string) (Moved, error) {
	out := Moved{Key: to}
	err := p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		switch {
		case t.AuthorID != s.Person.ID && !s.May(scope.DeleteTickets):
			return fault.New(fault.Denied, "Guests move only tickets that they wrote.")
		case to == t.Key:
			return fault.Field("project", "It is in this project already.")
		}
		at, err := projectsdb.New().TakeNumber(ctx, tx, projectsdb.TakeNumberParams{TenantID: s.TenantID, Person: s.Person.ID, Key: to})
		if db.None(err) || err == nil && at.ArchivedAt != nil {
			return fault.Field("project", "Choose a project from the list.")
		}
		if err != nil {
			return fmt.Errorf("take a number: %w", err)
		}
		out.Number = int(at.LastNumber)
		if err := p.moveToTx(ctx, tx, s, t, at, &out); err != nil {
			return err
		}
		return p.toldMoved(ctx, tx, s, t, at, out)
	})
	return out, err
}

// moveToTx writes the ticket anew for its project.
func (p *Projects) moveToTx(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, at projectsdb.TakeNumberRow, out *Moved) error {
	q, now := projectsdb.New(), p.now()
	slug, err := q.MappedStatus(ctx, tx, projectsdb.MappedStatusParams{TenantID: s.TenantID, Source: t.ProjectID, Slug: t.Status, Target: at.ProjectID})
	if err != nil {
		return fmt.Errorf("find a status: %w", err)
	}
	to, known, err := takeStatusTx(ctx, tx, s, at.ProjectID, "", Status(slug))
	if err != nil {
		return err
	}
	if !known {
		return errNoStatus() // it was taken away in this moment
	}
	closed := closedAt(to.Kind, t.ClosedAt, now)
	from := func() error {
		return countGoneTx(ctx, tx, s, t.ProjectID, Status(t.Status), t.CreatedAt, t.ClosedAt, zone(t.TimeZone), -1)
	}
	into := func() error {
		return countGoneTx(ctx, tx, s, at.ProjectID, to.Slug, t.CreatedAt, closed, zone(t.TimeZone), 1)
	}
	if strings.Compare(t.ProjectID.String(), at.ProjectID.String()) > 0 {
		from, into = into, from // always the same project first, so that two moves never wait for each other
	}
	for _, count := range []func() error{from, into} {
		if err := count(); err != nil {
			return err
		}
	}
	assignee := t.AssigneeID
	if assignee != nil {
		sees, err := maySee(ctx, tx, s, at.ProjectID, *assignee)
		if err != nil {
			return err
		}
		if !sees {
			assignee, out.Unassigned = nil, true
		}
	}
	if err := q.MoveToProject(ctx, tx, projectsdb.MoveToProjectParams{
		TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, Target: at.ProjectID, Number: at.LastNumber, Status: string(to.Slug),
		Rank: rankBetween("", to.top), ClosedAt: closed, AssigneeID: assignee, Now: now,
	}); err != nil {
		return fmt.Errorf("move the ticket: %w", err)
	}
	if err := q.NoteMove(ctx, tx, projectsdb.NoteMoveParams{TenantID: s.TenantID, ProjectID: t.ProjectID, Number: t.Number, TicketID: t.ID, Now: now}); err != nil {
		return fmt.Errorf("note the move: %w", err)
	}
	if err := q.MoveDocs(ctx, tx, projectsdb.MoveDocsParams{TenantID: s.TenantID, TicketID: t.ID, ProjectID: at.ProjectID}); err != nil {
		return fmt.Errorf("let it be found in its project: %w", err)
	}
	out.Labels, err = moveLabelsTx(ctx, tx, s, t.ID, at)
	return err
}

// moveLabelsTx gives a ticket the labels of its new project that are called like those it has; left are the names of the
// others.
func moveLabelsTx(ctx context.Context, tx db.Tx, s scope.Scope, ticketID uuid.UUID, at projectsdb.TakeNumberRow) (left []string, err error) {
	q := projectsdb.New()
	labels, err := q.MappedLabels(ctx, tx, projectsdb.MappedLabelsParams{TenantID: s.TenantID, TicketID: ticketID, Target: at.ProjectID})
	if err != nil {
		return nil, fmt.Errorf("find labels: %w", err)
	}
	for _, l := range labels {
		if err := q.RemoveTicketLabel(ctx, tx, projectsdb.RemoveTicketLabelParams{TenantID: s.TenantID, TicketID: ticketID, LabelID: l.ID}); err != nil {
			return nil, fmt.Errorf("remove a label: %w", err)
		}
		if l.TargetID == uuid.Nil {
			left = append(left, l.Name)
			continue
		}
		if err := addTicketLabelTx(ctx, tx, s, ticketID, at.LastNumber, l.TargetID); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// toldMoved says it in the history, and to whoever looks at either project.
func (p *Projects) toldMoved(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, at projectsdb.TakeNumberRow, out Moved) error {
	if err := events.TellTx(ctx, tx, s, events.Event{Action: "ticket.moved", ObjectID: t.ID, ProjectID: t.ProjectID}); err != nil {
		return err
	}
	before := t.key()
	t.ProjectID, t.Key, t.Number = at.ProjectID, out.Key, at.LastNumber
	changes := map[string][2]string{"ticket": {before, t.key()}, "label": {strings.Join(out.Labels, ", "), ""}}
	if out.Unassigned {
		changes["assignee"] = [2]string{idText(*t.AssigneeID), ""}
	}
	return t.event(ctx, tx, s, "ticket.moved", changed(changes))
}

// CopyPage is NewPage for a copy of a ticket of the project, which is read along.
func (p *Projects) CopyPage(ctx context.Context, s scope.Scope, key string, number int) (TicketForm, error) {
	var out TicketForm
	if number < 1 || number > maxNumber {
		return out, fault.Missing()
	}
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		queueTicket(r, s, key, number, &out.Ticket)
		queuePeople(r, s, key, &out.People)
		queueStatuses(r, s, key, &out.Statuses)
		queueTicketLabels(r, s, key, number, &out.Labels)
	})
	out.takesFiles(p)
	return out, err
}

// duplicatedTx says in the history of which ticket a new one is a copy.
func (t ticket) duplicatedTx(ctx context.Context, tx db.Tx, s scope.Scope, number string) error {
	if number == "" {
		return nil
	}
	of, err := refTx(ctx, tx, s, "copy", number, t.Key)
	if fault.Is(err, fault.Invalid) {
		return nil // it is gone by now; the copy is there all the same
	}
	if err != nil {
		return err
	}
	return t.event(ctx, tx, s, "ticket.duplicated", map[string][2]string{"ticket": {refKey(of), t.key()}})
}
