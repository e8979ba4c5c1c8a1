package transfer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/events"
	"plinth/internal/projects"
)

// Problem is what is wrong with a row. It is not taken.
type Problem struct {
	Line   int    `json:"line"` // of the file, from 1
	Column string `json:"column"`
	Reason string `json:"reason"`
}

// converter makes tickets of the rows of a table.
type converter struct {
	layout Layout
	plan   Plan
	into   projects.Into
	by     uuid.UUID // who imports
	loc    *time.Location
	id     uuid.UUID // of the import
	begun  time.Time // of the import: nothing of it is younger

	labels map[string]uuid.UUID // by folded name
	people map[string]uuid.UUID // by folded name and address; twins have the nil id

	// what looking through it brings to light
	unknown map[Field]map[string]int
	more    map[Field]bool // there are others, that people are not asked about
	parents bool
}

func newConverter(l Layout, p Plan, into projects.Into) *converter {
	c := &converter{layout: l, plan: p, into: into, labels: map[string]uuid.UUID{}, people: map[string]uuid.UUID{}, unknown: map[Field]map[string]int{}, more: map[Field]bool{}, loc: time.UTC}
	for _, l := range into.Labels {
		c.labels[folded(l.Name)] = l.ID
	}
	for word, id := range p.Labels { // two words may be one label to the database
		if slices.ContainsFunc(into.Labels, func(l projects.Label) bool { return l.ID == id }) {
			c.labels[word] = id
		}
	}
	for _, a := range into.People {
		c.people[folded(a.Email)] = a.ID
		name := folded(a.Name)
		if _, twin := c.people[name]; twin {
			c.people[name] = uuid.Nil
			continue
		}
		c.people[name] = a.ID
	}
	c.parents = slices.Contains(p.Columns, FieldParent)
	return c
}

// cells are those of a row by field, plain again where they were kept from being formulas.
type cells map[Field][]string

func (c cells) one(f Field) string {
	if len(c[f]) == 0 {
		return ""
	}
	return c[f][0]
}

func (c *converter) cells(row []string) cells {
	out := cells{}
	for i, f := range c.plan.Columns {
		if f == FieldNone || i >= len(row) {
			continue
		}
		text := strings.ReplaceAll(strings.ToValidUTF8(row[i], "\ufffd"), "\r\n", "\n")
		if text = strings.TrimSpace(events.PlainCell(strings.ReplaceAll(text, "\x00", ""))); text != "" {
			out[f] = append(out[f], text)
		}
	}
	return out
}

// column is the name of the column that is a field, for what is wrong in it.
func (c *converter) column(f Field) string {
	if i := slices.Index(c.plan.Columns, f); i >= 0 && i < len(c.layout.Columns) {
		return c.layout.Columns[i]
	}
	return string(f)
}

// wrong is what is wrong with a cell.
type wrong struct {
	field  Field
	reason string
}

func (w wrong) Error() string { return w.reason }

// ticket makes a ticket of a row. A word that is unknown is counted, and does what was chosen for it.
func (c *converter) ticket(n uint32, row []string) (projects.Brought, string, error) {
	in := c.cells(row)
	t := projects.Brought{ID: projects.BroughtID(c.id, n), Title: in.one(FieldTitle), Body: in.one(FieldBody), AuthorID: c.by}
	var notes []string
	if err := c.title(&t, &notes); err != nil {
		return t, "", err
	}
	if utf8.RuneCountInString(in.one(FieldStatus)) > maxWord {
		return t, "", wrong{FieldStatus, "A status has at most 200 characters."}
	}
	st, ok := c.statusFor(in.one(FieldStatus))
	if !ok {
		c.count(FieldStatus, in.one(FieldStatus))
		st = firstTodo(c.into.Statuses) // in a check alone: before a run it is made, or another one chosen
	}
	t.Status = st.Slug
	if t.Priority, ok = priorityOf(in.one(FieldPriority)); !ok {
		notes = append(notes, "Priority: "+in.one(FieldPriority))
	}
	c.persons(&t, in, &notes)
	if err := c.numbers(&t, in); err != nil {
		return t, "", err
	}
	if err := c.times(&t, in, st.Kind); err != nil {
		return t, "", err
	}
	if err := c.tags(&t, in); err != nil {
		return t, "", err
	}
	if len(notes) > 0 {
		t.Body = strings.TrimSpace(t.Body + "\n\n---\n\n" + strings.Join(notes, "  \n"))
	}
	if len(t.Body) > projects.MaxBody {
		return t, "", wrong{FieldBody, "The text is longer than 100 KB."}
	}
	return t, in.one(FieldParent), nil
}

// title cuts what is too long, and keeps all of it in the text.
func (c *converter) title(t *projects.Brought, notes *[]string) error {
	t.Title = strings.Join(strings.Fields(t.Title), " ")
	if projects.Unseen(t.Title) {
		return wrong{FieldTitle, "There is no title."}
	}
	if utf8.RuneCountInString(t.Title) > projects.MaxTitle {
		*notes = append(*notes, "Title: "+t.Title)
		t.Title = string([]rune(t.Title)[:projects.MaxTitle-1]) + "…"
	}
	return nil
}

func (c *converter) count(f Field, word string) {
	if c.unknown[f] == nil {
		c.unknown[f] = map[string]int{}
	}
	name := strings.Join(strings.Fields(word), " ")
	if f != FieldStatus && utf8.RuneCountInString(name) > maxWord {
		return // nobody is asked about it; it stands in the text
	}
	if _, known := c.unknown[f][name]; !known && len(c.unknown[f]) >= maxUnknown {
		c.more[f] = true
		return
	}
	c.unknown[f][name]++
}

const (
	maxUnknown = 60  // words of a kind that people are asked about
	maxWord    = 200 // characters of one
)

// persons finds who is meant. Who is not found stands in the text; the author is then who imports.
func (c *converter) persons(t *projects.Brought, in cells, notes *[]string) {
	if id, name := c.person(in[FieldAssignee]); id != uuid.Nil {
		t.AssigneeID = &id
		t.Watchers = append(t.Watchers, projects.BroughtWatcher{UserID: id, Watching: true, Since: c.begun})
	} else if name != "" {
		*notes = append(*notes, "Assigned to "+name)
	}
	if id, name := c.person(in[FieldAuthor]); id != uuid.Nil {
		t.AuthorID = id
	} else if name != "" {
		*notes = append(*notes, "Written by "+name)
	}
}

func (c *converter) person(texts []string) (uuid.UUID, string) {
	if len(texts) == 0 {
		return uuid.Nil, ""
	}
	for i := len(texts) - 1; i >= 0; i-- { // an address stands behind the name
		parts := strings.FieldsFunc(texts[i], func(r rune) bool { return r == ',' || r == ';' })
		for _, one := range append([]string{texts[i]}, parts...) { // a name may have a comma
			name := folded(one)
			if id, ok := c.plan.People[name]; ok {
				if id == uuid.Nil {
					return uuid.Nil, texts[0]
				}
				return id, ""
			}
			if id := c.people[name]; id != uuid.Nil {
				return id, ""
			}
		}
	}
	c.count(FieldAssignee, texts[0])
	return uuid.Nil, texts[0]
}

func (c *converter) numbers(t *projects.Brought, in cells) error {
	text := in.one(FieldEstimate)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil || n < 0 || n > projects.MaxEstimate || n != float64(int16(n)) {
		return wrong{FieldEstimate, "An estimate is a whole number from 0 to 100."}
	}
	points := int16(n)
	t.Estimate = &points
	return nil
}

func (c *converter) times(t *projects.Brought, in cells, kind projects.Kind) error {
	read := func(f Field) (*time.Time, error) {
		text := in.one(f)
		if text == "" {
			return nil, nil
		}
		at, ok := moment(text, c.loc)
		if !ok {
			return nil, wrong{f, "This is no date that can be read. Write it as 2026-01-31 or 2026-01-31 14:05."}
		}
		return &at, nil
	}
	created, err1 := read(FieldCreated)
	updated, err2 := read(FieldUpdated)
	closed, err3 := read(FieldClosed)
	due, err4 := read(FieldDue)
	started, err5 := read(FieldStarted)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err
	}
	t.CreatedAt = c.not(created, c.begun)
	t.UpdatedAt = c.not(updated, t.CreatedAt)
	if kind.Closed() {
		at := c.not(closed, t.UpdatedAt)
		t.ClosedAt = &at
	}
	if started != nil || kind.Stage() == projects.StageDoing {
		at := c.not(started, t.UpdatedAt) // work that is under way was begun by the time of its last change
		t.StartedAt = begunBy(&at, t.ClosedAt)
	}
	if due != nil {
		y, m, d := due.In(c.loc).Date()
		if strings.HasSuffix(in.one(FieldDue), "Z") { // midnight in Greenwich is that day everywhere
			y, m, d = due.UTC().Date()
		}
		day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		t.DueOn = &day
	}
	return nil
}

// begunBy is when work was begun, and not behind its end.
func begunBy(started, closed *time.Time) *time.Time {
	if closed != nil && closed.Before(*started) {
		return closed
	}
	return started
}

// not takes a time that is told, but none behind the import's beginning, and else another.
func (c *converter) not(told *time.Time, otherwise time.Time) time.Time {
	switch {
	case told == nil:
		return otherwise
	case told.After(c.begun):
		return c.begun
	}
	return told.UTC().Truncate(time.Microsecond)
}

var behindZone = regexp.MustCompile(`\s*\([^)]*\)$`)

// moment reads a time as the known exports write it. Without a zone it is meant where the person is.
func moment(text string, loc *time.Location) (time.Time, bool) {
	text = behindZone.ReplaceAllString(text, "")
	for _, form := range []string{
		time.RFC3339Nano, time.DateOnly, time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST",
		"02/Jan/06 3:04 PM", "02/Jan/2006 3:04 PM", "02/Jan/06", "2/Jan/06 3:04 PM", "Mon Jan 02 2006 15:04:05 GMT-0700", "Jan 2, 2006", "January 2, 2006", "2 Jan 2006", "2 January 2006", time.RFC1123, time.RFC1123Z,
	} {
		at, err := time.ParseInLocation(form, text, loc)
		if err == nil && at.Year() >= 1970 && at.Year() < 10000 {
			return at, true
		}
	}
	return time.Time{}, false
}

// tags finds the labels of a row: a list in one cell, or a label in each of several.
func (c *converter) tags(t *projects.Brought, in cells) error {
	for _, cell := range in[FieldLabels] {
		for _, name := range listOf(cell) {
			if utf8.RuneCountInString(name) > projects.MaxLabelName || projects.Unseen(name) {
				return wrong{FieldLabels, "A label has at most 40 characters."}
			}
			id, ok := c.labels[folded(name)]
			switch {
			case !ok:
				c.count(FieldLabels, name)
			case !slices.Contains(t.Labels, id):
				t.Labels = append(t.Labels, id)
			}
		}
	}
	if len(t.Labels) > projects.MaxLabels {
		return wrong{FieldLabels, "A ticket has at most 20 labels."}
	}
	return nil
}

// listOf reads a list in one cell: a line of CSV by itself.
func listOf(cell string) []string {
	r := csv.NewReader(strings.NewReader(cell))
	r.LazyQuotes, r.TrimLeadingSpace = true, true
	row, err := r.Read()
	if err != nil {
		row = strings.Split(cell, ",")
	}
	var out []string
	for _, name := range row {
		if name = strings.Join(strings.Fields(name), " "); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// problem says what is wrong with a row.
func (c *converter) problem(line int, err error) Problem {
	var w wrong
	if errors.As(err, &w) {
		return Problem{Line: line, Column: c.column(w.field), Reason: w.reason}
	}
	return Problem{Line: line, Reason: fmt.Sprintf("This line cannot be read: %s.", rowProblem(err))}
}
