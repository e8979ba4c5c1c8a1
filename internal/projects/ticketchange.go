package projects

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// EditForm is the text of a ticket. Revision is the one the person saw, and the base is what it said.
type EditForm struct {
	Title     string `form:"title"`
	Body      string `form:"body"`
	Revision  int32  `form:"revision"`
	BaseTitle string `form:"base_title"`
	BaseBody  string `form:"base_body"`

	Task string `form:"-"` // "done" or "open" when all that changed is a task's tick
}

// EditTicket changes title and body. When somebody else changed them since the form was shown, one of them may be theirs and the
// other mine; Conflict when both changed the same.
func (p *Projects) EditTicket(ctx context.Context, s scope.Scope, key string, number int, f EditForm) error {
	f.Title, f.Body = strings.TrimSpace(f.Title), strings.TrimSpace(f.Body)
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		if err := checkText(f.Title, f.Body).Err(); err != nil {
			return err
		}
		if t.Revision != f.Revision && (t.Title != f.Title || t.Body != f.Body) {
			var ok bool
			if f, ok = f.together(t); !ok {
				return fault.New(fault.Conflict, "Somebody else changed this ticket while you wrote. Nothing of yours is lost: compare both, then save.")
			}
		}
		if t.Title == f.Title && t.Body == f.Body {
			return nil
		}
		if err := projectsdb.New().EditTicket(ctx, tx, projectsdb.EditTicketParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, Title: f.Title, Body: f.Body, Now: p.now(),
		}); err != nil {
			return fmt.Errorf("edit ticket: %w", err)
		}
		if err := indexTicketTx(ctx, tx, s, t.ProjectID, t.ID, f.Title, f.Body); err != nil {
			return err
		}
		if err := mentionTx(ctx, tx, s, t.ProjectID, t.ID, nil, f.Body, p.now()); err != nil {
			return err
		}
		changes := changed(map[string][2]string{"title": {t.Title, f.Title}, "task": {"", f.Task}})
		t.Title = f.Title
		return t.event(ctx, tx, s, "ticket.edited", changes)
	})
}

// SetTicketStatus moves a ticket to the top of a status and keeps the counts. Setting the status it has changes nothing.
func (p *Projects) SetTicketStatus(ctx context.Context, s scope.Scope, key string, number int, status Status) error {
	return p.MoveTicket(ctx, s, key, number, Move{Status: status})
}

// SetTicketAssignee gives a ticket to somebody who sees the project, or to nobody (the nil id).
func (p *Projects) SetTicketAssignee(ctx context.Context, s scope.Scope, key string, number int, userID uuid.UUID) error {
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		before := uuid.Nil
		if t.AssigneeID != nil {
			before = *t.AssigneeID
		}
		if before == userID {
			return nil
		}
		sees, err := maySee(ctx, tx, s, t.ProjectID, userID)
		if err != nil {
			return err
		}
		if !sees {
			return fault.Field("assignee", "Choose somebody who sees this project.")
		}
		if err := projectsdb.New().SetTicketAssignee(ctx, tx, projectsdb.SetTicketAssigneeParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, AssigneeID: orNobody(userID), Now: p.now(),
		}); err != nil {
			return fmt.Errorf("set assignee: %w", err)
		}
		if err := watchTx(ctx, tx, s, t.ID, p.now(), userID); err != nil {
			return err
		}
		return t.event(ctx, tx, s, "ticket.assigned", map[string][2]string{"assignee": {idText(before), idText(userID)}})
	})
}

// SetTicketPriority changes how much a ticket presses.
func (p *Projects) SetTicketPriority(ctx context.Context, s scope.Scope, key string, number int, name string) error {
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		priority, ok := ParsePriority(name)
		if !ok {
			return fault.Field("priority", "Choose a priority from the list.")
		}
		before := Priority(t.Priority)
		if before == priority {
			return nil
		}
		if err := projectsdb.New().SetTicketPriority(ctx, tx, projectsdb.SetTicketPriorityParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, Priority: int16(priority), Now: p.now(),
		}); err != nil {
			return fmt.Errorf("set priority: %w", err)
		}
		return t.event(ctx, tx, s, "ticket.priority_changed", map[string][2]string{"priority": {before.Name(), priority.Name()}})
	})
}
