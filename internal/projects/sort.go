package projects

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// Sort is the order of a list, and whether it is turned round.
type Sort struct {
	By      string // one of Sorts
	Reverse bool   // the other way round
}

// What a list can be sorted by. Unless it is turned round the newest, or the most pressing, comes first.
const (
	SortNumber   = "number"
	SortUpdated  = "updated"
	SortPriority = "priority"
	SortCreated  = "created"
	SortDue      = "due"   // the soonest first, what has no date last
	SortTitle    = "title" // from A to Z
)

// Sorts are all that a list can be sorted by.
func Sorts() []string {
	return []string{SortNumber, SortUpdated, SortCreated, SortPriority, SortDue, SortTitle}
}

// rising says whether the smallest comes first unless the order is turned round.
func rising(by string) bool { return by == SortDue || by == SortTitle }

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

// place is a ticket's place in a sorted list: the value it is sorted by, and its number, which makes it the only one.
type place struct {
	sort   string
	value  int64  // microseconds, days or priority; unused for numbers and titles
	title  string // of SortTitle
	number int64
}

// String is the cursor of the place, as addresses carry it. It says what it is sorted by: the cursor of one order is
// none in another.
func (p place) String() string {
	value := strconv.FormatInt(p.value, 10)
	if p.title != "" {
		value = base64.RawURLEncoding.EncodeToString([]byte(p.title))
	}
	return p.sort + "." + value + "." + strconv.FormatInt(p.number, 10)
}

// parsePlace reads a cursor of the sort; ok is false for anything else, which then is no place at all.
func parsePlace(text string, sort Sort) (p place, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[0] != sort.Name() {
		return p, false
	}
	number, err := strconv.ParseInt(parts[2], 10, 32)
	if err != nil {
		return p, false
	}
	if sort.By == SortTitle {
		title, err := base64.RawURLEncoding.DecodeString(parts[1])
		clean := cut(string(title), MaxTitle)
		return place{sort: parts[0], title: clean, number: number}, err == nil && clean != "" && clean == string(title)
	}
	value, err := strconv.ParseInt(parts[1], 10, 64)
	least, most := int64(-1<<53), int64(1<<53)
	switch sort.By { // the columns take no more
	case SortPriority:
		least, most = int64(NoPriority), int64(Urgent)
	case SortDue:
		least, most = -700_000, farDay
	}
	return place{sort: parts[0], value: value, number: number}, err == nil && value >= least && value <= most
}

func placeOf(t Row, sort Sort) place {
	p := place{sort: sort.Name(), number: int64(t.Number)}
	switch sort.By {
	case SortUpdated:
		p.value = t.UpdatedAt.UnixMicro()
	case SortPriority:
		p.value = int64(t.Priority)
	case SortCreated:
		p.value = t.CreatedAt.UnixMicro()
	case SortDue:
		p.value = farDay
		if t.DueOn != nil {
			p.value = t.DueOn.Unix() / daySeconds
		}
	case SortTitle:
		p.title = t.Title
	}
	return p
}

// key is the value as the column has it.
func (p place) key(by string) any {
	switch by {
	case SortUpdated, SortCreated:
		return time.UnixMicro(p.value)
	case SortDue:
		return time.Unix(p.value*daySeconds, 0).UTC().Format(time.DateOnly)
	case SortTitle:
		return p.title
	}
	return p.value
}

// What has no due date counts as due on the last day of the year 9999.
const (
	daySeconds = 24 * 60 * 60
	farDay     = 2932896
)
