package projects

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/scope"
)

// sortColumn is the list of what can be sorted by.
func sortColumn(by string) string {
	switch by {
	case SortUpdated:
		return "t.updated_at"
	case SortPriority:
		return "t.priority"
	case SortCreated:
		return "t.created_at"
	case SortDue:
		return dueOrFar
	case SortTitle:
		return titleOrder
	}
	return "t.number"
}

// Both are as their indexes have them. Row security lets nothing into an index that might leak: a case and a collation
// cannot, coalesce() and lower() might. Titles stand as in a dictionary, whatever their case.
const (
	dueOrFar   = "case when t.due_on is null then '9999-12-31'::date else t.due_on end"
	titleOrder = `t.title collate "und-x-icu"`
)

// builder writes the one query whose shape depends on what was asked. Its texts are constants of this file; what people
// typed travels as arguments only.
type builder struct {
	conditions []string
	args       []any
	project    string // the project's id as an expression, of ofProject
	countOrder string // in which count looks at what it counts; empty is any
}

// ofProject asks for the tickets of a project, if the person may see it. The project is one value that is looked up
// first: then the index whose order is asked for ends the search with the last row of the page. With a join the planner
// reads the whole project and sorts it.
func ofProject(s scope.Scope, key string) *builder {
	b := &builder{conditions: []string{"t.tenant_id = $1"}, args: []any{s.TenantID, s.Person.ID}}
	b.project = `(
    select o.id
    from projects o
    where o.tenant_id = $1 and o.id in (select v.project_id from visible_to($1, $2) v) and o.key = ` + b.arg(key) + ` and o.deleted_at is null
  )`
	b.and("t.project_id = " + b.project)
	b.and("t.deleted_at is null")
	return b
}

// rows is the query for the first n rows in an order. Names are looked up for those alone.
func (b *builder) rows(columns, order string, n int) string {
	return "select " + columns + "\nfrom (\nselect t.*\nfrom tickets t" + b.where() + "\norder by " + order + "\nlimit " + b.arg(n) + "\n) t\n" +
		rowNames + "order by " + order
}

// found is rows, with how many match before each of them, up to one more than CountCap: a filter that has to look at all
// tickets of a project looks at them once.
func (b *builder) found(columns, order string, n int) string {
	return "select t.matches, " + columns + "\nfrom (\nselect t.*, count(*) over () as matches\nfrom (\nselect t.*\nfrom tickets t" + b.where() +
		"\norder by " + order + "\nlimit " + b.arg(CountCap+1) + "\n) t\norder by " + order + "\nlimit " + b.arg(n) + "\n) t\n" + rowNames + "order by " + order
}

// foundRow is a row of found.
type foundRow struct {
	Matches int64
	Row
}

// rowNames joins what rowColumns speaks of.
const rowNames = "join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id\n" +
	"join statuses st on st.tenant_id = t.tenant_id and st.project_id = t.project_id and st.slug = t.status\n" +
	"left join users a on a.id = t.assignee_id\n"

// and adds a condition; each ? in it stands for one of args.
func (b *builder) and(condition string, args ...any) {
	for _, a := range args {
		condition = strings.Replace(condition, "?", b.arg(a), 1)
	}
	b.conditions = append(b.conditions, condition)
}

func (b *builder) arg(a any) string {
	b.args = append(b.args, a)
	return fmt.Sprintf("$%d", len(b.args))
}

func (b *builder) where() string { return "\nwhere " + strings.Join(b.conditions, "\n  and ") }

// filter narrows down to what f says; now decides what is late.
func (b *builder) filter(s scope.Scope, f Filter, now time.Time) {
	// A single one is compared with =: then an index that begins with it has the order of what follows.
	switch len(f.Statuses) {
	case 0:
	case 1:
		b.and("t.status = ?", string(f.Statuses[0]))
	default:
		b.and("t.status = any(?::text[])", words(f.Statuses))
	}
	switch len(f.Priorities) {
	case 0:
	case 1:
		b.and("t.priority = ?", int16(f.Priorities[0]))
	default:
		b.and("t.priority = any(?::smallint[])", numbers(f.Priorities))
	}
	switch f.Assignee {
	case "":
	case AssignedToMe:
		b.and("t.assignee_id = ?", s.Person.ID)
	case AssignedToNobody:
		b.and("t.assignee_id is null")
	default:
		b.and("t.assignee_id = ?::uuid", f.Assignee)
	}
	b.filterLabels(f)
	b.filterDays(s, f, now)
	// Not by =: the index of authors is of the whole organization, and whoever wrote most of it would be read for long.
	switch f.Author {
	case "":
	case AssignedToMe:
		b.and("t.author_id is not distinct from ?::uuid", s.Person.ID)
	default:
		b.and("t.author_id is not distinct from ?::uuid", f.Author)
	}
	if f.Unknown {
		b.and("t.estimate is null")
	}
	if f.Import != uuid.Nil {
		low, high := BroughtBetween(f.Import)
		b.and("t.id between ?::uuid and ?::uuid", low, high)
	}
	if f.Text != "" {
		b.and("t.title ilike ?", "%"+db.EscapeLike(f.Text)+"%")
		// All tickets of the project are looked at: then best as they lie in the table.
		b.countOrder = "\norder by t.number desc"
	}
}

func (b *builder) filterLabels(f Filter) {
	const any = "from ticket_labels fl where fl.tenant_id = $1 and fl.ticket_id = t.id"
	none := "not exists (select " + any + ")"
	switch {
	case len(f.Labels) > 0 && f.Unlabelled:
		b.and("(exists (select "+any+" and fl.label_id = any(?::text[]::uuid[])) or "+none+")", texts(f.Labels))
	case len(f.Labels) > 0:
		b.and("exists (select "+any+" and fl.label_id = any(?::text[]::uuid[]))", texts(f.Labels))
	case f.Unlabelled:
		b.and(none)
	}
}

// filterDays asks for days as they are where the person is.
func (b *builder) filterDays(s scope.Scope, f Filter, now time.Time) {
	today := dayOf(now, s.Person.Location())
	switch f.Due {
	case DueLate:
		b.and("t.closed_at is null and t.due_on < ?", today)
	case DueWeek:
		b.and("t.closed_at is null and t.due_on < ?", today.AddDate(0, 0, 7))
	case DueNone:
		b.and("t.due_on is null")
	case DueSet:
		b.and("t.due_on is not null")
	}
	if from, to := f.DueIn.Days(); from != nil || to != nil {
		b.between("t.due_on", from, to)
	}
	from, to := f.Created.Days()
	b.between("t.created_at", dayBegins(s, from, 0), dayBegins(s, to, 1))
	from, to = f.Updated.Days()
	b.between("t.updated_at", dayBegins(s, from, 0), dayBegins(s, to, 1))
}

// dayBegins is when a day begins where the person is, or one that many days later.
func dayBegins(s scope.Scope, day *time.Time, later int) *time.Time {
	if day == nil {
		return nil
	}
	at := time.Date(day.Year(), day.Month(), day.Day()+later, 0, 0, 0, 0, s.Person.Location())
	return &at
}

func (b *builder) between(column string, from, to *time.Time) {
	if from != nil {
		b.and(column+" >= ?", *from)
	}
	if to != nil && column == "t.due_on" {
		b.and(column+" <= ?", *to)
	} else if to != nil {
		b.and(column+" < ?", *to)
	}
}

// from begins behind the cursor.
func (b *builder) from(g page, down bool) {
	if !g.cursor {
		return
	}
	sign := "<"
	if !down {
		sign = ">"
	}
	if column := sortColumn(g.sort.By); column != "t.number" {
		key, number := b.arg(g.from.key(g.sort.By)), b.arg(g.from.number)
		switch g.sort.By {
		case SortTitle:
			key += "::text"
		case SortDue:
			key += "::date"
		}
		b.and("(" + column + ", t.number) " + sign + " (" + key + ", " + number + ")")
		return
	}
	b.and("t.number "+sign+" ?", g.from.number)
}

func texts(ids []uuid.UUID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}

func words(statuses []Status) []string {
	out := make([]string, len(statuses))
	for i, s := range statuses {
		out[i] = string(s)
	}
	return out
}

func numbers(priorities []Priority) []int16 {
	out := make([]int16, len(priorities))
	for i, p := range priorities {
		out[i] = int16(p)
	}
	return out
}

// count counts what matches, up to one more than CountCap.
func (b *builder) count(r *db.Reads, into *int64) {
	sql := "select count(*)\nfrom (\nselect\nfrom tickets t" + b.where() + b.countOrder + "\nlimit " + b.arg(CountCap+1) + "\n) x"
	db.Value(r, into, sql, b.args...)
}
