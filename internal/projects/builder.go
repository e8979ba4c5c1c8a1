package projects

import (
	"fmt"
	"strings"

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
	}
	return "t.number"
}

// builder writes the one query whose shape depends on what was asked. Its texts are constants of this file; what people
// typed travels as arguments only.
type builder struct {
	conditions []string
	args       []any
}

// newBuilder begins with what every query on tickets says.
func newBuilder(s scope.Scope) *builder {
	return &builder{
		conditions: []string{
			"t.tenant_id = $1", "t.project_id in (select v.project_id from visible_to($1, $2) v)", "t.deleted_at is null",
		},
		args: []any{s.TenantID, s.Person.ID},
	}
}

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

func (b *builder) filter(s scope.Scope, f Filter) {
	if len(f.Statuses) > 0 {
		b.and("t.status = any(?::text[])", words(f.Statuses))
	}
	if len(f.Priorities) > 0 {
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
	if f.Text != "" {
		b.and("t.title ilike ?", "%"+db.EscapeLike(f.Text)+"%")
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
		b.and("("+column+", t.number) "+sign+" (?, ?)", g.from.key(g.sort.By), g.from.number)
		return
	}
	b.and("t.number "+sign+" ?", g.from.number)
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
	sql := "select count(*)\nfrom (\nselect\nfrom tickets t\njoin projects p on p.tenant_id = t.tenant_id and p.id = t.project_id" +
		b.where() + "\nlimit " + b.arg(CountCap+1) + "\n) x"
	db.Value(r, into, sql, b.args...)
}
