package projects

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Relation is how another ticket stands to the one in sight.
type Relation int32

// The relations.
const (
	RelationParent    Relation = 1
	RelationChild     Relation = 2
	RelationBlockedBy Relation = 3 // the other one has to be done first
	RelationBlocks    Relation = 4 // the other one waits
)

// Related is a ticket that the one in sight is tied to.
type Related struct {
	Relation   Relation
	Project    string
	Number     int32
	Title      string
	StatusName string
	StatusKind Kind
}

// Key is what people call the ticket: WEB-42.
func (r Related) Key() string { return fmt.Sprintf("%s-%d", r.Project, r.Number) }

func queueRelations(r *db.Reads, s scope.Scope, key string, number int, into *[]Related) {
	db.Rows(r, into, projectsdb.TicketRelations, s.TenantID, s.Person.ID, key, number)
}

// Related are the tickets that stand to the page's ticket in a way.
func (t TicketPage) Related(way Relation) []Related {
	var out []Related
	for _, r := range t.Relations {
		if r.Relation == way {
			out = append(out, r)
		}
	}
	return out
}

// OpenBlockers are the tickets that the page's ticket waits for.
func (t TicketPage) OpenBlockers() []Related {
	var out []Related
	for _, r := range t.Related(RelationBlockedBy) {
		if !r.StatusKind.Closed() {
			out = append(out, r)
		}
	}
	return out
}

var refForm = regexp.MustCompile(`^#?(?:([A-Za-z][A-Za-z0-9]{1,5})-)?([1-9][0-9]{0,8})$`)

// parseRef reads what people call a ticket: WEB-42, or 42 in its own project.
func parseRef(text, key string) (string, int, bool) {
	m := refForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return "", 0, false
	}
	if m[1] != "" {
		key = strings.ToUpper(m[1])
	}
	n, err := strconv.Atoi(m[2])
	return key, n, err == nil
}

// refTx finds a ticket by what people call it; an error beside the field when the person sees none.
func refTx(ctx context.Context, tx db.Tx, s scope.Scope, field, text, key string) (projectsdb.TicketRefRow, error) {
	key, number, ok := parseRef(text, key)
	if !ok {
		return projectsdb.TicketRefRow{}, fault.Field(field, "Enter a ticket like WEB-42.")
	}
	row, err := projectsdb.New().TicketRef(ctx, tx, projectsdb.TicketRefParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key, Number: int32(number)})
	if db.None(err) {
		return row, fault.Field(field, "There is no ticket of that name.")
	}
	if err != nil {
		return row, fmt.Errorf("find the ticket: %w", err)
	}
	return row, nil
}

func refKey(r projectsdb.TicketRefRow) string { return fmt.Sprintf("%s-%d", r.Key, r.Number) }

func (t ticket) key() string { return fmt.Sprintf("%s-%d", t.Key, t.Number) }

// asTicket is the other ticket, as far as its event needs it.
func asTicket(r projectsdb.TicketRefRow) ticket {
	return ticket{LockTicketRow: projectsdb.LockTicketRow{ID: r.ID, ProjectID: r.ProjectID, Title: r.Title, Key: r.Key, Number: r.Number}}
}

// SetTicketParent puts a ticket below another one, which the person sees and which is not below it already; empty takes it
// out.
func (p *Projects) SetTicketParent(ctx context.Context, s scope.Scope, key string, number int, parent string) error {
	first := func(ctx context.Context, tx db.Tx) error { return lockTiesTx(ctx, tx, s) }
	return p.workAfter(ctx, s, key, number, first, func(ctx context.Context, tx db.Tx, t ticket) error {
		var to *uuid.UUID
		after := ""
		if strings.TrimSpace(parent) != "" {
			above, err := refTx(ctx, tx, s, "parent", parent, t.Key)
			if err != nil {
				return err
			}
			if err := standsBelowTx(ctx, tx, s, above.ID, t.ID); err != nil {
				return err
			}
			to, after = &above.ID, refKey(above)
		}
		if to == nil && t.ParentID == nil || to != nil && t.ParentID != nil && *to == *t.ParentID {
			return nil
		}
		if err := projectsdb.New().SetTicketParent(ctx, tx, projectsdb.SetTicketParentParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, ParentID: to, Now: p.now(),
		}); err != nil {
			return fmt.Errorf("set the parent: %w", err)
		}
		return t.event(ctx, tx, s, "ticket.parent_changed", map[string][2]string{"parent": {"", after}})
	})
}

// lockTiesTx waits for whoever ties tickets of the organization together. Whoever does that asks for it before it locks a
// ticket, so that two of them never wait for each other.
func lockTiesTx(ctx context.Context, tx db.Tx, s scope.Scope) error {
	if err := projectsdb.New().LockTies(ctx, tx, s.TenantID.String()); err != nil {
		return fmt.Errorf("wait for other ties: %w", err)
	}
	return nil
}

// lockEnds locks the ties, and then both tickets that are tied together in the order in which everybody locks several. An end
// that is not there is the other's to say.
func lockEnds(s scope.Scope, key string, number int, other string) func(context.Context, db.Tx) error {
	return func(ctx context.Context, tx db.Tx) error {
		if err := lockTiesTx(ctx, tx, s); err != nil {
			return err
		}
		to, n, ok := parseRef(other, key)
		if !ok {
			return nil
		}
		err := projectsdb.New().LockEnds(ctx, tx, projectsdb.LockEndsParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key, Number: int32(number), OtherKey: to, OtherNumber: int32(n)})
		if err != nil {
			return fmt.Errorf("lock both tickets: %w", err)
		}
		return nil
	}
}

// standsBelowTx refuses a parent that stands below the ticket itself.
func standsBelowTx(ctx context.Context, tx db.Tx, s scope.Scope, parent, child uuid.UUID) error {
	below, err := projectsdb.New().BelowItself(ctx, tx, projectsdb.BelowItselfParams{Tenant: s.TenantID, Below: parent, Above: child})
	if err != nil {
		return fmt.Errorf("look for a circle: %w", err)
	}
	if below {
		return fault.Field("parent", "This ticket stands above that one.")
	}
	return nil
}

// LinkForm ties two tickets together. Kind is "blocks" or "blocked_by", seen from the ticket whose page it is.
type LinkForm struct {
	Kind   string `form:"kind"`
	Ticket string `form:"ticket"` // WEB-42, or 42 in the same project
}

// LinkTicket says that one ticket has to be done before another. Ties that would go round in a circle are refused.
func (p *Projects) LinkTicket(ctx context.Context, s scope.Scope, key string, number int, f LinkForm) error {
	return p.workAfter(ctx, s, key, number, lockEnds(s, key, number, f.Ticket), func(ctx context.Context, tx db.Tx, t ticket) error {
		other, err := refTx(ctx, tx, s, "ticket", f.Ticket, t.Key)
		if err != nil {
			return err
		}
		blocker, blocked, ok := linkEnds(f.Kind, t.ID, other.ID)
		if !ok {
			return fault.Field("kind", "Choose how they stand to each other.")
		}
		return p.linkTx(ctx, tx, s, t, other, f.Kind, blocker, blocked)
	})
}

func linkEnds(kind string, me, other uuid.UUID) (blocker, blocked uuid.UUID, ok bool) {
	switch kind {
	case "blocks":
		return me, other, true
	case "blocked_by":
		return other, me, true
	}
	return uuid.Nil, uuid.Nil, false
}

func (p *Projects) linkTx(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, other projectsdb.TicketRefRow, kind string, blocker, blocked uuid.UUID) error {
	if blocker == blocked {
		return fault.Field("ticket", "A ticket cannot wait for itself.")
	}
	q := projectsdb.New()
	circle, err := q.WaitsFor(ctx, tx, projectsdb.WaitsForParams{Tenant: s.TenantID, Waiting: blocker, Other: blocked})
	if err != nil {
		return fmt.Errorf("look for a circle: %w", err)
	}
	if circle {
		return fault.Field("ticket", "They would wait for each other.")
	}
	rows, err := q.AddLink(ctx, tx, projectsdb.AddLinkParams{TenantID: s.TenantID, BlockerID: blocker, BlockedID: blocked, CreatedBy: s.Person.ID, Now: p.now()})
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	if rows == 0 {
		return nil
	}
	return p.linked(ctx, tx, s, "ticket.linked", kind, t, other, func(key string) [2]string { return [2]string{"", key} })
}

// UnlinkTicket takes a tie away. One that is not there is no error.
func (p *Projects) UnlinkTicket(ctx context.Context, s scope.Scope, key string, number int, f LinkForm) error {
	return p.workAfter(ctx, s, key, number, lockEnds(s, key, number, f.Ticket), func(ctx context.Context, tx db.Tx, t ticket) error {
		other, err := refTx(ctx, tx, s, "ticket", f.Ticket, t.Key)
		if err != nil {
			return err
		}
		blocker, blocked, ok := linkEnds(f.Kind, t.ID, other.ID)
		if !ok {
			return fault.Field("kind", "Choose how they stand to each other.")
		}
		rows, err := projectsdb.New().RemoveLink(ctx, tx, projectsdb.RemoveLinkParams{TenantID: s.TenantID, BlockerID: blocker, BlockedID: blocked})
		if err != nil {
			return fmt.Errorf("unlink: %w", err)
		}
		if rows == 0 {
			return nil
		}
		return p.linked(ctx, tx, s, "ticket.unlinked", f.Kind, t, other, func(key string) [2]string { return [2]string{key, ""} })
	})
}

// linked tells the history of both tickets.
func (p *Projects) linked(ctx context.Context, tx db.Tx, s scope.Scope, action, kind string, t ticket, other projectsdb.TicketRefRow, change func(string) [2]string) error {
	back := map[string]string{"blocks": "blocked_by", "blocked_by": "blocks"}[kind]
	if err := p.touched(ctx, tx, s, t, action, map[string][2]string{kind: change(refKey(other))}); err != nil {
		return err
	}
	return p.touched(ctx, tx, s, asTicket(other), action, map[string][2]string{back: change(t.key())})
}
