package projects

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"plinth/internal/db"
	"plinth/internal/scope"
)

// What a list can be put into groups by.
const (
	GroupStatus   = "status"
	GroupAssignee = "assignee"
	GroupPriority = "priority"
	GroupLabel    = "label"
)

// Groups are all that a list can be put into groups by.
func Groups() []string { return []string{GroupStatus, GroupAssignee, GroupPriority, GroupLabel} }

// Columns are what a list can show beside key, status and title.
func Columns() []string {
	return []string{"labels", "due", "assignee", "estimate", "tasks", "comments", "files", "created", "updated"}
}

// Shown says whether a list shows a column: labels, due dates and assignees unless somebody chose.
func (q ListQuery) Shown(column string) bool {
	if q.Columns == nil {
		return slices.Contains(Columns()[:3], column)
	}
	return slices.Contains(q.Columns, column)
}

// TicketGroup is a part of a list: the tickets that have one status, assignee, priority or label.
type TicketGroup struct {
	Key     string // as a filter in an address says it: a slug, an id, a word
	Name    string // empty for what has none, and for priorities
	Tickets []Row  // groupSize at most
	Count   int64  // of those among the first CountCap of the list
	Next    string // cursor of what comes behind in the list of the group alone; empty when all are in sight
	More    bool   // the list has more than CountCap tickets, so there may be more of the group
}

const groupSize = 10

// groupRow is a ticket with the group it stands in, and how many of the list do.
type groupRow struct {
	Group string
	Count int64
	Row
}

// groupKey is what a ticket's group is called, and what has to be joined for it.
func groupKey(by string) (key, join string) {
	switch by {
	case GroupPriority:
		return "(array['none', 'low', 'medium', 'high', 'urgent'])[t.priority + 1]", ""
	case GroupAssignee:
		return "coalesce(t.assignee_id::text, 'nobody')", ""
	case GroupLabel:
		return "coalesce(gl.label_id::text, 'none')", "left join ticket_labels gl on gl.tenant_id = $1 and gl.ticket_id = t.id\n"
	}
	return "t.status", ""
}

// queueGroups reads the first CountCap tickets of a list in groups, and of each group the first rows: so it costs the
// same however many there are.
func queueGroups(r *db.Reads, s scope.Scope, key string, q ListQuery, now time.Time, rows *[]groupRow) {
	order := sortOrder(q.Sort.By, page{sort: q.Sort}.down())
	name, join := groupKey(q.Group)
	b := ofProject(s, key)
	b.filter(s, q.Filter, now)
	sql := "with m as materialized (\nselect t.*\nfrom tickets t" + b.where() + "\norder by " + order + "\nlimit " + b.arg(CountCap) + "\n)\n" +
		"select t.group_key, t.group_count, " + rowColumns + "\nfrom (\nselect t.*, " + name + " as group_key, count(*) over (partition by " + name + ") as group_count,\n" +
		"row_number() over (partition by " + name + " order by " + order + ") as group_row\nfrom m t\n" + join + ") t\n" + rowNames +
		"where t.group_row <= " + b.arg(groupSize+1) + "\norder by t.group_key, t.group_row"
	db.Rows(r, rows, sql, b.args...)
}

// grouped puts tickets under the heads of their groups.
func (l TicketList) grouped(rows []groupRow) []TicketGroup {
	var out []TicketGroup
	for _, row := range rows {
		if len(out) == 0 || out[len(out)-1].Key != row.Group {
			out = append(out, TicketGroup{Key: row.Group, Count: row.Count, More: l.Count > CountCap, Name: l.groupName(row)})
		}
		g := &out[len(out)-1]
		if len(g.Tickets) == groupSize {
			g.Next = placeOf(g.Tickets[groupSize-1], l.Query.Sort).String()
			continue
		}
		g.Tickets = append(g.Tickets, row.Row)
	}
	slices.SortStableFunc(out, func(a, b TicketGroup) int {
		return cmp.Or(cmp.Compare(l.groupPlace(a), l.groupPlace(b)), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
	})
	return out
}

func (l TicketList) groupName(row groupRow) string {
	switch l.Query.Group {
	case GroupStatus:
		return row.StatusName
	case GroupAssignee:
		return row.Assignee
	case GroupLabel:
		for _, label := range row.Labels {
			if label.ID.String() == row.Group {
				return label.Name
			}
		}
	}
	return ""
}

// groupPlace is where a group stands before names decide: statuses as on the board, priorities from the most pressing on,
// and what has none last.
func (l TicketList) groupPlace(g TicketGroup) int {
	switch l.Query.Group {
	case GroupStatus:
		return slices.IndexFunc(l.Statuses, func(s StatusInfo) bool { return string(s.Slug) == g.Key })
	case GroupPriority:
		priority, _ := ParsePriority(g.Key)
		return -int(priority)
	}
	if g.Name == "" {
		return 1
	}
	return 0
}

// Within is the query of one group's list, which goes on where the group ends.
func (q ListQuery) Within(g TicketGroup) url.Values {
	alone := q
	alone.Group = ""
	v := alone.Values()
	v.Set(q.Group, g.Key)
	if g.Next != "" {
		v.Set("after", g.Next)
	}
	return v
}
