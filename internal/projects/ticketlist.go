package projects

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Row is a ticket in a list or on a board.
type Row struct {
	Project    string // the project's key
	Number     int32
	Title      string
	Status     string
	Priority   int16
	AssigneeID *uuid.UUID
	Assignee   string
	Comments   int32
	CreatedAt  time.Time
	UpdatedAt  time.Time

	AssigneePicture string
	StatusName      string
	StatusKind      Kind

	DueOn            *time.Time // a calendar day, as midnight UTC
	Estimate         *int16     // points
	Labels           []Label
	Tasks, TasksDone int32 // boxes in its description
	Files            int32 // of the ticket and of its comments
}

// Key is what people call the ticket: WEB-42.
func (t Row) Key() string { return fmt.Sprintf("%s-%d", t.Project, t.Number) }

const rowColumns = `p.key, t.number, t.title, t.status, t.priority, t.assignee_id, coalesce(a.name, '') as assignee, t.comments, t.created_at,
    t.updated_at, coalesce(a.picture, '') as assignee_picture, st.name as status_name, st.kind as status_kind, ` + rowExtras

// rowExtras end the columns of a Row. Of the boxes in a description the marks at the beginning of lines are counted.
const rowExtras = `t.due_on, t.estimate, (
        select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'hue', l.hue) order by lower(l.name)), '[]')
        from ticket_labels tl
        join labels l on l.tenant_id = tl.tenant_id and l.id = tl.label_id and l.deleted_at is null
        where tl.tenant_id = t.tenant_id and tl.ticket_id = t.id
    ) as labels,
    case when position('] ' in t.body) > 0 then regexp_count(t.body, '^[ \t]*([-*+]|[0-9]+[.)])[ \t]+\[[ xX]\] ', 1, 'n') else 0 end as tasks,
    case when position('] ' in t.body) > 0 then regexp_count(t.body, '^[ \t]*([-*+]|[0-9]+[.)])[ \t]+\[[xX]\] ', 1, 'n') else 0 end as tasks_done,
    t.files`

// CountCap is where counting of a filtered list stops: one more means "1,000+".
const CountCap = 1000

const (
	pageSize   = 50
	laneSize   = 50
	closedSize = 12
	mineFirst  = 10
)

// TicketList is a page of a project's tickets.
type TicketList struct {
	Project  Project
	Query    ListQuery
	Tickets  []Row
	Previous string // cursor of the page before; empty on the first
	Next     string // cursor of the page behind; empty on the last
	Count    int64  // of all that match, CountCap+1 when there are more
	Counts   Counts // of the whole project, kept
	Statuses []StatusInfo
	People   []Person // who may be assigned
	Labels   []Label
	Views    []SavedView
	Groups   []TicketGroup // instead of Tickets, when the query asks for groups; those that have none are left out
	Past     Past
}

// Past is what a project has had: the last number that was given out, and whether something lies in its trash.
type Past struct {
	Number int32
	Thrown bool
}

// Empty says whether no ticket is in sight.
func (l TicketList) Empty() bool { return len(l.Tickets) == 0 && len(l.Groups) == 0 }

// AllTickets is the query of the address of a list of all tickets, where the list opens with a view.
const AllTickets = "view=all"

// Opens is the view that the list opens with; nil is all tickets.
func (l TicketList) Opens() *SavedView {
	for i, v := range l.Views {
		if v.Opens && v.Query != "" {
			return &l.Views[i]
		}
	}
	return nil
}

// Address is the query of the list's address, without its place in it.
func (l TicketList) Address() string {
	if v := l.Query.Values().Encode(); v != "" || l.Opens() == nil {
		return v
	}
	return AllTickets
}

// Person is somebody a ticket can be assigned to.
type Person struct {
	ID   uuid.UUID
	Name string
}

// Counts are a project's tickets by status.
type Counts map[Status]int

// Total is the number of all tickets.
func (c Counts) Total() int {
	sum := 0
	for _, n := range c {
		sum += n
	}
	return sum
}

// Tickets reads a page of a project's tickets.
func (p *Projects) Tickets(ctx context.Context, s scope.Scope, key string, q ListQuery) (TicketList, error) {
	out := TicketList{Query: q}
	page := q.page(pageSize)
	var counts []projectsdb.CountsByKeyRow
	var rows []groupRow
	var found []foundRow
	now := p.now()
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		switch {
		case q.Group != "":
			queueGroups(r, s, key, q, now, &rows)
			queueCount(r, s, key, q.Filter, now, &out.Count)
		case page.cursor || q.Filter.Empty():
			queueTickets(r, s, key, q.Filter, now, page, page.size+1, &out.Tickets)
			queueCount(r, s, key, q.Filter, now, &out.Count)
		default:
			queueFound(r, s, key, q.Filter, now, page, &found)
		}
		queueCounts(r, s, key, &counts)
		queueStatuses(r, s, key, &out.Statuses)
		queuePeople(r, s, key, &out.People)
		queueLabels(r, s, key, &out.Labels)
		queueViews(r, s, key, &out.Views)
		db.Row(r, &out.Past, projectsdb.Past, s.TenantID, s.Person.ID, key, now)
	})
	for _, row := range found {
		out.Tickets, out.Count = append(out.Tickets, row.Row), row.Matches
	}
	out.Counts = countsOf(counts)
	out.Tickets, out.Previous, out.Next = page.cut(out.Tickets)
	out.Groups = out.grouped(rows)
	return out, err
}

func queueCounts(r *db.Reads, s scope.Scope, key string, into *[]projectsdb.CountsByKeyRow) {
	db.Rows(r, into, projectsdb.CountsByKey, s.TenantID, s.Person.ID, key)
}

func queuePeople(r *db.Reads, s scope.Scope, key string, into *[]Person) {
	db.Rows(r, into, projectsdb.ListAssignable, s.TenantID, s.Person.ID, key)
}

func countsOf(rows []projectsdb.CountsByKeyRow) Counts {
	out := Counts{}
	for _, row := range rows {
		out[Status(row.Status)] = int(row.Tickets)
	}
	return out
}

// page is one page of a sorted list: its size, where it begins, and whether it is read backwards from there.
type page struct {
	sort     Sort
	from     place
	cursor   bool // there is a from
	backward bool
	size     int
}

func (q ListQuery) page(size int) page {
	out := page{sort: q.Sort, size: size}
	if out.sort.By == "" {
		out.sort.By = SortNumber
	}
	if p, ok := parsePlace(q.After, out.sort); ok {
		out.from, out.cursor = p, true
	} else if p, ok := parsePlace(q.Before, out.sort); ok {
		out.from, out.cursor, out.backward = p, true, true
	}
	return out
}

// cut takes the row too many away, which only says that there is more, turns a backward page round, and names the
// neighbours.
func (g page) cut(rows []Row) (kept []Row, previous, next string) {
	more := len(rows) > g.size
	if more {
		rows = rows[:g.size]
	}
	if g.backward {
		slices.Reverse(rows)
	}
	if len(rows) == 0 {
		return rows, "", ""
	}
	if g.backward && more || !g.backward && g.cursor {
		previous = placeOf(rows[0], g.sort).String()
	}
	if !g.backward && more || g.backward {
		next = placeOf(rows[len(rows)-1], g.sort).String()
	}
	return rows, previous, next
}

// queueTickets reads the first n of a project's tickets from where the page begins.
func queueTickets(r *db.Reads, s scope.Scope, key string, f Filter, now time.Time, g page, n int, into *[]Row) {
	b := ofProject(s, key)
	b.filter(s, f, now)
	down := g.down()
	b.from(g, down)
	sql := b.rows(rowColumns, sortOrder(g.sort.By, down), n)
	db.Rows(r, into, sql, b.args...)
}

// queueFound reads the first page of a filtered list, with how many match.
func queueFound(r *db.Reads, s scope.Scope, key string, f Filter, now time.Time, g page, into *[]foundRow) {
	b := ofProject(s, key)
	b.filter(s, f, now)
	sql := b.found(rowColumns, sortOrder(g.sort.By, g.down()), g.size+1)
	db.Rows(r, into, sql, b.args...)
}

// down says whether a page is read from the largest to the smallest.
func (g page) down() bool { return (g.sort.Reverse == g.backward) != rising(g.sort.By) }

func sortOrder(by string, down bool) string {
	direction := "desc"
	if !down {
		direction = "asc"
	}
	if column := sortColumn(by); column != "t.number" {
		return column + " " + direction + ", t.number " + direction
	}
	return "t.number " + direction
}

// queueCount counts a project's tickets that match.
func queueCount(r *db.Reads, s scope.Scope, key string, f Filter, now time.Time, into *int64) {
	b := ofProject(s, key)
	b.filter(s, f, now)
	b.count(r, into)
}
