package projects

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// MaxBulk is how many tickets are changed at once at most.
const MaxBulk = 200

// BulkForm changes many tickets of a project. What is empty stays as it is.
type BulkForm struct {
	Tickets  []string  `form:"ticket"` // numbers
	Status   Status    `form:"status"`
	Assignee string    `form:"assignee"` // an id, AssignedToMe or AssignedToNobody
	Priority string    `form:"priority"` // a Priority's Name
	Add      uuid.UUID `form:"add"`      // a label that they get
	Remove   uuid.UUID `form:"remove"`   // a label that they lose
	Due      string    `form:"due"`      // a day as 2006-01-02, or DueNone

	// Only, in a form that takes another one back, is what that one has set: a ticket that somebody has given something
	// else since keeps it. Empty is any.
	Only string `form:"-"`
}

// still says whether a ticket has what the form that is taken back has set.
func (f BulkForm) still(has string) bool { return f.Only == "" || f.Only == has }

func (f BulkForm) empty() bool {
	return f.Status == "" && f.Assignee == "" && f.Priority == "" && f.Add == uuid.Nil && f.Remove == uuid.Nil && f.Due == ""
}

func (f BulkForm) numbers() []int32 {
	var out []int32
	for _, text := range f.Tickets {
		if len(out) > MaxBulk {
			break // too many, whatever comes
		}
		if n, err := strconv.ParseInt(text, 10, 32); err == nil && n > 0 && !slices.Contains(out, int32(n)) {
			out = append(out, int32(n))
		}
	}
	slices.Sort(out)
	return out
}

// BulkDone says what came of a BulkForm.
type BulkDone struct {
	Tickets int        // that are there, changed or like this before
	Changed int        // of them, those that something was changed of
	Missing int        // that are not there any more
	Full    int        // that have as many labels as a ticket can, and did not get another
	Left    int        // that somebody has given something else since, when a change is taken back
	Back    []BulkForm // what takes it back
}

// Bulk changes tickets of a project, all of them or, when something is wrong with the form, none. Each ticket has its
// event. Who is assigned is told once, of the first; of statuses nobody is told.
func (p *Projects) Bulk(ctx context.Context, s scope.Scope, key string, f BulkForm) (BulkDone, error) {
	done, err := p.BulkAll(ctx, s, key, []BulkForm{f})
	return done, err
}

// BulkAll does several BulkForms in one transaction.
func (p *Projects) BulkAll(ctx context.Context, s scope.Scope, key string, all []BulkForm) (BulkDone, error) {
	if !s.May(scope.WriteTickets) {
		return BulkDone{}, fault.New(fault.Denied, "")
	}
	if len(all) == 0 {
		all = []BulkForm{{}} // which is refused, to those who see the project
	}
	var out BulkDone
	err := p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		out = BulkDone{}
		for _, f := range all {
			done, err := p.bulkTx(ctx, tx, s, key, f)
			if err != nil {
				return err
			}
			out = BulkDone{
				Tickets: out.Tickets + done.Tickets, Changed: out.Changed + done.Changed, Missing: out.Missing + done.Missing,
				Full: out.Full + done.Full, Left: out.Left + done.Left, Back: append(done.Back, out.Back...),
			}
		}
		return nil
	})
	return out, err
}

func (p *Projects) bulkTx(ctx context.Context, tx db.Tx, s scope.Scope, key string, f BulkForm) (BulkDone, error) {
	b, err := p.pickTx(ctx, tx, s, key, f, !f.empty())
	if err != nil || len(b.rows) == 0 {
		return b.done, err
	}
	for _, step := range []func(context.Context, db.Tx, BulkForm) error{b.status, b.assignee, b.priority, b.add, b.remove, b.due} {
		if err := step(ctx, tx, f); err != nil {
			return BulkDone{}, err
		}
	}
	if err := events.AppendAllTx(ctx, tx, s, b.events); err != nil {
		return BulkDone{}, err
	}
	b.done.Changed = len(b.changed)
	return b.done, nil
}

// pickTx locks the tickets that are named; says is whether the form says what is to be done with them.
func (p *Projects) pickTx(ctx context.Context, tx db.Tx, s scope.Scope, key string, f BulkForm, says bool) (*bulk, error) {
	b := &bulk{Projects: p, s: s, changed: map[uuid.UUID]bool{}}
	project, err := projectsdb.New().ProjectByKey(ctx, tx, projectsdb.ProjectByKeyParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key})
	if db.None(err) {
		return b, fault.Missing()
	}
	if err != nil {
		return b, fmt.Errorf("read the project: %w", err)
	}
	numbers := f.numbers()
	switch {
	case project.ArchivedAt != nil:
		return b, errArchived()
	case len(numbers) == 0:
		return b, fault.New(fault.Invalid, "Choose the tickets first.")
	case len(numbers) > MaxBulk:
		return b, fault.New(fault.Invalid, "Choose at most 200 tickets at once.")
	case !says:
		return b, fault.New(fault.Invalid, "Choose what is to be changed.")
	}
	rows, err := projectsdb.New().LockTickets(ctx, tx, projectsdb.LockTicketsParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key, Numbers: numbers})
	if err != nil {
		return b, fmt.Errorf("read tickets: %w", err)
	}
	b.projectID, b.rows, b.done = project.ID, rows, BulkDone{Tickets: len(rows), Missing: len(numbers) - len(rows)}
	return b, nil
}

// bulk is one BulkForm under way.
type bulk struct {
	*Projects
	s         scope.Scope
	projectID uuid.UUID
	rows      []projectsdb.LockTicketsRow
	changed   map[uuid.UUID]bool
	events    []events.Event
	assigned  bool // the assignee is told of one, and not of two hundred
	done      BulkDone
}

// note adds the event of a ticket, and what takes the change back.
func (b *bulk) note(t projectsdb.LockTicketsRow, action string, changes map[string][2]string, back BulkForm) error {
	if err := b.event(t.ID, t.Title, action, changes); err != nil {
		return err
	}
	b.changed[t.ID] = true
	number := strconv.Itoa(int(t.Number))
	i := slices.IndexFunc(b.done.Back, func(f BulkForm) bool { return f.values().Encode() == back.values().Encode() })
	if i < 0 {
		i = len(b.done.Back)
		b.done.Back = append(b.done.Back, back)
	}
	b.done.Back[i].Tickets = append(b.done.Back[i].Tickets, number)
	return nil
}

func (b *bulk) event(id uuid.UUID, title, action string, changes map[string][2]string) error {
	event, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an event id: %w", err)
	}
	b.events = append(b.events, events.Event{
		ID: event, Action: action, ObjectKind: "ticket", ObjectID: id, ObjectName: title, ProjectID: b.projectID, Changes: changes, Quiet: b.quiet(),
		Repeats: action != "ticket.deleted", // of which notifications are to be taken back
	})
	return nil
}

// values is what the form changes, as an address says it.
func (f BulkForm) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("status", string(f.Status))
	set("assignee", f.Assignee)
	set("priority", f.Priority)
	set("add", idText(f.Add))
	set("remove", idText(f.Remove))
	set("due", f.Due)
	set("only", f.Only)
	return v
}

// Text is the form as a part of an address; ParseBulk reads it back.
func (f BulkForm) Text() string {
	v := f.values()
	v.Set("tickets", strings.Join(f.Tickets, "."))
	return v.Encode()
}

// ParseBulk reads a form from a part of an address; what it does not know it leaves out.
func ParseBulk(text string) BulkForm {
	v, err := url.ParseQuery(text)
	if err != nil {
		return BulkForm{}
	}
	f := BulkForm{
		Tickets: strings.Split(v.Get("tickets"), "."), Status: Status(cut(v.Get("status"), 40)), Assignee: v.Get("assignee"), Priority: v.Get("priority"), Due: v.Get("due"), Only: v.Get("only"),
	}
	f.Add, _ = uuid.Parse(v.Get("add"))       // what is none changes nothing
	f.Remove, _ = uuid.Parse(v.Get("remove")) // likewise
	return f
}
