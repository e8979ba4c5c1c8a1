package projects

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/scope"
)

// Mine is a page of the person's open tickets in all their projects, the most pressing first.
type Mine struct {
	Tickets  []Row
	Previous string // cursor of the page before; empty on the first
	Next     string // cursor of the page behind; empty on the last
	Count    int64  // of all, CountCap+1 when there are more
}

// mineFrom is where a page begins. Numbers repeat between projects, so the id makes a place the only one.
type mineFrom struct {
	priority int
	id       uuid.UUID
	set      bool
	backward bool
}

// mineRow is a Row with the id its cursor needs.
type mineRow struct {
	ID uuid.UUID
	Row
}

// Mine reads a page of the person's open tickets; after and before are cursors, at most one is set.
func (p *Projects) Mine(ctx context.Context, s scope.Scope, after, before string) (Mine, error) {
	var out Mine
	from := parseMine(after, false)
	if !from.set {
		from = parseMine(before, true)
	}
	var rows []mineRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueMineRows(r, s, from, pageSize+1, &rows)
		queueMineCount(r, s, &out.Count)
	})
	more := len(rows) > pageSize
	rows = rows[:min(len(rows), pageSize)]
	if from.backward {
		slices.Reverse(rows)
	}
	for _, row := range rows {
		out.Tickets = append(out.Tickets, row.Row)
	}
	if len(rows) > 0 && (from.backward && more || from.set && !from.backward) {
		out.Previous = rows[0].cursor()
	}
	if len(rows) > 0 && (from.backward || more) {
		out.Next = rows[len(rows)-1].cursor()
	}
	return out, err
}

func (m mineRow) cursor() string { return strconv.Itoa(int(m.Priority)) + "." + m.ID.String() }

func parseMine(text string, backward bool) mineFrom {
	priority, id, _ := strings.Cut(text, ".")
	n, err1 := strconv.Atoi(priority)
	u, err2 := uuid.Parse(id)
	if err1 != nil || err2 != nil || n < int(NoPriority) || n > int(Urgent) {
		return mineFrom{}
	}
	return mineFrom{priority: n, id: u, set: true, backward: backward}
}

func queueMineRows(r *db.Reads, s scope.Scope, from mineFrom, n int, into *[]mineRow) {
	b := ofPerson(s)
	sql := b.minePage("t.id, "+rowColumns, from, n)
	db.Rows(r, into, sql, b.args...)
}

// queueMine reads the first of the person's open tickets.
func queueMine(r *db.Reads, s scope.Scope, n int, into *[]Row) {
	b := ofPerson(s)
	sql := b.minePage(rowColumns, mineFrom{}, n)
	db.Rows(r, into, sql, b.args...)
}

func (b *builder) minePage(columns string, from mineFrom, n int) string {
	sign, direction := "<", "desc"
	if from.backward {
		sign, direction = ">", "asc"
	}
	if from.set {
		b.and("(t.priority, t.id) "+sign+" (?, ?)", from.priority, from.id)
	}
	return b.rows(columns, "t.priority "+direction+", t.id "+direction, n)
}

func queueMineCount(r *db.Reads, s scope.Scope, into *int64) {
	ofPerson(s).count(r, into)
}
