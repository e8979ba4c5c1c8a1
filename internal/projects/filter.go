package projects

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Filter is what a list or a board of tickets is narrowed to. The zero value is everything.
type Filter struct {
	Statuses   []Status
	Priorities []Priority
	Assignee   string      // AssignedToMe, AssignedToNobody, a member's id, or "" for anybody
	Author     string      // AssignedToMe, a member's id, or "" for anybody
	Labels     []uuid.UUID // with one of them
	Unlabelled bool        // without any label
	Due        string      // DueLate, DueWeek, DueNone, DueSet, or "" for all
	DueIn      Span
	Created    Span
	Updated    Span
	Unknown    bool      // without an estimate
	Import     uuid.UUID // what came with it; the nil id is everything
	Text       string    // part of the title
}

// What an assignee may be besides a member's id.
const (
	AssignedToMe     = "me"
	AssignedToNobody = "nobody"
)

// When what is asked for is due.
const (
	DueLate = "late" // before today, and not finished
	DueWeek = "week" // by the end of the seventh day from today, or late, and not finished
	DueNone = "none"
	DueSet  = "set"
)

// ListQuery is a list of tickets as an address says it.
type ListQuery struct {
	Filter
	Sort
	Group         string   // one of Groups, or "" for one list
	Columns       []string // of Columns, in their order; nil is what a list shows unless somebody chooses
	After, Before string   // cursors; at most one is set
}

const maxSearch = 200 // characters

// Of a project.
const (
	maxStatuses = 30
	maxLabels   = 100
)

var statusForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// ParseListQuery reads a list's address. What it does not know it leaves out, so that no address is an error.
func ParseListQuery(v url.Values) ListQuery {
	q := ListQuery{Sort: Sort{By: SortNumber}}
	for _, name := range v["status"] {
		if s := Status(name); statusForm.MatchString(name) && len(q.Statuses) < maxStatuses && !slices.Contains(q.Statuses, s) {
			q.Statuses = append(q.Statuses, s)
		}
	}
	for _, name := range v["priority"] {
		if p, ok := ParsePriority(name); ok && !slices.Contains(q.Priorities, p) {
			q.Priorities = append(q.Priorities, p)
		}
	}
	q.Assignee = parseAssignee(v.Get("assignee"))
	q.Text = cut(strings.TrimSpace(v.Get("q")), maxSearch)
	q.parseMore(v)
	by, reverse := strings.CutPrefix(v.Get("sort"), "-")
	if slices.Contains(Sorts(), by) {
		q.Sort = Sort{By: by, Reverse: reverse}
	}
	q.After = v.Get("after")
	if q.After == "" {
		q.Before = v.Get("before")
	}
	return q
}

func (q *ListQuery) parseMore(v url.Values) {
	if author := parseAssignee(v.Get("author")); author != AssignedToNobody {
		q.Author = author
	}
	for _, text := range v["label"] {
		id, err := uuid.Parse(text)
		if err == nil && len(q.Labels) < maxLabels && !slices.Contains(q.Labels, id) {
			q.Labels = append(q.Labels, id)
		}
		q.Unlabelled = q.Unlabelled || text == "none"
	}
	if due := v.Get("due"); slices.Contains([]string{DueLate, DueWeek, DueNone, DueSet}, due) {
		q.Due = due
	}
	q.DueIn, q.Created, q.Updated = parseSpan(v, "due"), parseSpan(v, "created"), parseSpan(v, "updated")
	q.Unknown = v.Get("estimate") == "none"
	if id, err := uuid.Parse(v.Get("import")); err == nil {
		q.Import = id
	}
	if group := v.Get("group"); slices.Contains(Groups(), group) {
		q.Group = group
	}
	if v.Has("column") {
		q.Columns = slices.DeleteFunc(Columns(), func(c string) bool { return !slices.Contains(v["column"], c) })
	}
}

func parseAssignee(text string) string {
	if text == AssignedToMe || text == AssignedToNobody {
		return text
	}
	if id, err := uuid.Parse(text); err == nil {
		return id.String()
	}
	return ""
}

// cut shortens s to n characters. Text that no form sends, NUL and broken UTF-8, is left out.
func cut(s string, n int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Values is the query's address without its place in the list; ParseListQuery reads it back.
func (q ListQuery) Values() url.Values {
	v := q.Filter.Values()
	if by := q.Name(); by != SortNumber {
		v.Set("sort", by)
	}
	if q.Group != "" {
		v.Set("group", q.Group)
	}
	for _, c := range q.Columns {
		v.Add("column", c)
	}
	if q.Columns != nil && len(q.Columns) == 0 {
		v.Set("column", "none")
	}
	return v
}

// Values is the filter as an address says it.
func (f Filter) Values() url.Values {
	v := url.Values{}
	for _, s := range f.Statuses {
		v.Add("status", string(s))
	}
	for _, p := range f.Priorities {
		v.Add("priority", p.Name())
	}
	if f.Assignee != "" {
		v.Set("assignee", f.Assignee)
	}
	if f.Author != "" {
		v.Set("author", f.Author)
	}
	for _, id := range f.Labels {
		v.Add("label", id.String())
	}
	if f.Unlabelled {
		v.Add("label", "none")
	}
	if f.Due != "" {
		v.Set("due", f.Due)
	}
	f.DueIn.values(v, "due")
	f.Created.values(v, "created")
	f.Updated.values(v, "updated")
	if f.Unknown {
		v.Set("estimate", "none")
	}
	if f.Import != uuid.Nil {
		v.Set("import", f.Import.String())
	}
	if f.Text != "" {
		v.Set("q", f.Text)
	}
	return v
}

// Empty says whether nothing is filtered out.
func (f Filter) Empty() bool { return len(f.Values()) == 0 }
