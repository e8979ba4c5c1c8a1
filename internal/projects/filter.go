package projects

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Filter is what a list or a board of tickets is narrowed to. The zero value is everything.
type Filter struct {
	Statuses   []Status
	Priorities []Priority
	Assignee   string // AssignedToMe, AssignedToNobody, a member's id, or "" for anybody
	Text       string // part of the title
}

// What an assignee may be besides a member's id.
const (
	AssignedToMe     = "me"
	AssignedToNobody = "nobody"
)

// Sort is the order of a list, and whether it is turned round.
type Sort struct {
	By      string // SortNumber, SortUpdated or SortPriority
	Reverse bool   // the smallest first
}

// What a list can be sorted by. Unless it is turned round the newest, or the most pressing, comes first.
const (
	SortNumber   = "number"
	SortUpdated  = "updated"
	SortPriority = "priority"
)

// ListQuery is a list of tickets as an address says it.
type ListQuery struct {
	Filter
	Sort
	After, Before string // cursors; at most one is set
}

const maxSearch = 200 // characters

const maxStatuses = 30 // of a project

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
	by, reverse := strings.CutPrefix(v.Get("sort"), "-")
	if slices.Contains([]string{SortNumber, SortUpdated, SortPriority}, by) {
		q.Sort = Sort{By: by, Reverse: reverse}
	}
	q.After = v.Get("after")
	if q.After == "" {
		q.Before = v.Get("before")
	}
	return q
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
	return v
}

// Name is the sort as an address says it.
func (s Sort) Name() string {
	by := s.By
	if by == "" {
		by = SortNumber
	}
	if s.Reverse {
		return "-" + by
	}
	return by
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
	if f.Text != "" {
		v.Set("q", f.Text)
	}
	return v
}

// Empty says whether nothing is filtered out.
func (f Filter) Empty() bool { return len(f.Values()) == 0 }

// place is a ticket's place in a sorted list: the value it is sorted by, and its number, which makes it the only one.
type place struct {
	sort   string
	value  int64 // microseconds or priority; unused for numbers
	number int64
}

// String is the cursor of the place, as addresses carry it. It says what it is sorted by: the cursor of one order is
// none in another.
func (p place) String() string {
	return p.sort + "." + strconv.FormatInt(p.value, 10) + "." + strconv.FormatInt(p.number, 10)
}

// parsePlace reads a cursor of the sort; ok is false for anything else, which then is no place at all.
func parsePlace(text string, sort Sort) (p place, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[0] != sort.Name() {
		return p, false
	}
	value, err1 := strconv.ParseInt(parts[1], 10, 64)
	number, err2 := strconv.ParseInt(parts[2], 10, 32)
	least, most := int64(-1<<53), int64(1<<53)
	if sort.By == SortPriority {
		least, most = int64(NoPriority), int64(Urgent) // the column takes no more
	}
	return place{parts[0], value, number}, err1 == nil && err2 == nil && value >= least && value <= most
}

func placeOf(t Row, sort Sort) place {
	p := place{sort: sort.Name(), number: int64(t.Number)}
	switch sort.By {
	case SortUpdated:
		p.value = t.UpdatedAt.UnixMicro()
	case SortPriority:
		p.value = int64(t.Priority)
	}
	return p
}

// key is the value as the column has it.
func (p place) key(by string) any {
	if by == SortUpdated {
		return time.UnixMicro(p.value)
	}
	return p.value
}
