package projects

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/scope"
)

// What of a person's work is asked for.
const (
	MineAssigned  = "assigned"  // open, the most pressing first
	MineDue       = "due"       // open with a due date, the soonest first
	MineMentioned = "mentioned" // where they are named, the latest first
	MineWatching  = "watching"  // of which they hear, the latest first
	MineCreated   = "created"   // that they wrote, the newest first
)

// Shows are all that can be asked for of a person's work.
func Shows() []string {
	return []string{MineAssigned, MineDue, MineMentioned, MineWatching, MineCreated}
}

// MineQuery is a part of a person's work as an address says it.
type MineQuery struct {
	Show          string // one of Shows; anything else is MineAssigned
	After, Before string // cursors; at most one is set
}

// Mine is a page of a person's work in all their projects.
type Mine struct {
	Query    MineQuery
	Tickets  []Row
	Previous string // cursor of the page before; empty on the first
	Next     string // cursor of the page behind; empty on the last
	Count    int64  // of all, CountCap+1 when there are more
}

// mineFrom is where a page begins. The id makes a place the only one.
type mineFrom struct {
	key      int64 // a priority, a day since 1970 or microseconds, as what is shown is sorted by
	id       uuid.UUID
	set      bool
	backward bool
}

// mineRow is a Row with the place its cursor needs.
type mineRow struct {
	Key int64
	ID  uuid.UUID
	Row
}

// Mine reads a page of the person's work.
func (p *Projects) Mine(ctx context.Context, s scope.Scope, q MineQuery) (Mine, error) {
	if !slices.Contains(Shows(), q.Show) {
		q.Show = MineAssigned
	}
	out := Mine{Query: q}
	from := parseMine(q.Show, q.After, false)
	if !from.set {
		from = parseMine(q.Show, q.Before, true)
	}
	var rows []mineRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueMineRows(r, s, q.Show, from, pageSize+1, &rows)
		queueMineCount(r, s, q.Show, &out.Count)
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

func (m mineRow) cursor() string { return strconv.FormatInt(m.Key, 10) + "." + m.ID.String() }

func parseMine(show, text string, backward bool) mineFrom {
	key, id, _ := strings.Cut(text, ".")
	n, err1 := strconv.ParseInt(key, 10, 64)
	u, err2 := uuid.Parse(id)
	least, most := int64(0), int64(0)
	switch show {
	case MineAssigned:
		least, most = int64(NoPriority), int64(Urgent)
	case MineDue:
		least, most = -700_000, farDay
	case MineWatching:
		least, most = 0, 1<<53
	}
	if err1 != nil || err2 != nil || n < least || n > most {
		return mineFrom{}
	}
	return mineFrom{key: n, id: u, set: true, backward: backward}
}

// minePart is a part of a person's work: where it is read from, and its order.
type minePart struct {
	table    string // what is read besides tickets, and how it is joined
	key, id  string // the place, as it is sorted by
	shown    string // the key as a number
	from     string // what the key is compared with
	keyDown  bool   // the largest first
	idDown   bool
	ofTicket string // further conditions
}

func mineParts(show string) minePart {
	switch show {
	case MineDue:
		return minePart{
			key: "t.due_on", id: "t.id", shown: "t.due_on - '1970-01-01'::date", from: "?::date",
			ofTicket: "t.assignee_id = $2 and t.closed_at is null and t.due_on is not null",
		}
	case MineMentioned:
		return minePart{
			table: "mentions m\njoin tickets t on t.tenant_id = $1 and t.id = m.ticket_id", id: "m.id", shown: "0", idDown: true,
			ofTicket: `m.tenant_id = $1 and m.user_id = $2 and not exists (
    select from mentions n where n.tenant_id = $1 and n.ticket_id = m.ticket_id and n.user_id = $2 and n.id > m.id
  )`,
		}
	case MineWatching:
		return minePart{
			table: "ticket_watchers w\njoin tickets t on t.tenant_id = $1 and t.id = w.ticket_id", key: "w.since", id: "w.ticket_id",
			shown: "(extract(epoch from w.since) * 1000000)::bigint", from: "?", keyDown: true,
			ofTicket: "w.tenant_id = $1 and w.user_id = $2 and w.watching",
		}
	case MineCreated:
		return minePart{id: "t.id", shown: "0", idDown: true, ofTicket: "t.author_id = $2"}
	}
	return minePart{key: "t.priority", id: "t.id", shown: "t.priority", from: "?", keyDown: true, idDown: true, ofTicket: "t.assignee_id = $2 and t.closed_at is null"}
}

func (m minePart) source() string {
	if m.table == "" {
		return "tickets t"
	}
	return m.table
}

// ofPerson asks for a part of the person's work in the projects in work that they may see. The projects stand in a case,
// so that no index of projects is entered by them: the one of the part has the order that is asked for.
func ofPerson(s scope.Scope, part minePart) *builder {
	b := &builder{conditions: []string{"t.tenant_id = $1"}, args: []any{s.TenantID, s.Person.ID}}
	b.and(part.ofTicket)
	b.and(`case when t.project_id = any(array(
    select o.id
    from projects o
    where o.tenant_id = $1 and o.id in (select v.project_id from visible_to($1, $2) v) and o.archived_at is null
  )) then true end`)
	b.and("t.deleted_at is null")
	return b
}

// place is the key as the column has it.
func (from mineFrom) place(show string) any {
	switch show {
	case MineDue:
		return time.Unix(from.key*daySeconds, 0).UTC().Format(time.DateOnly)
	case MineWatching:
		return time.UnixMicro(from.key)
	}
	return from.key
}

func queueMineRows(r *db.Reads, s scope.Scope, show string, from mineFrom, n int, into *[]mineRow) {
	part := mineParts(show)
	b := ofPerson(s, part)
	sql := b.minePage("t.place_key, t.place_id, "+rowColumns, show, part, from, n)
	db.Rows(r, into, sql, b.args...)
}

// queueMine reads the first of a part of the person's work.
func queueMine(r *db.Reads, s scope.Scope, show string, n int, into *[]Row) {
	part := mineParts(show)
	b := ofPerson(s, part)
	sql := b.minePage(rowColumns, show, part, mineFrom{}, n)
	db.Rows(r, into, sql, b.args...)
}

func (b *builder) minePage(columns, show string, part minePart, from mineFrom, n int) string {
	keyDown, idDown := part.keyDown != from.backward, part.idDown != from.backward
	if from.set {
		b.behind(part, from.place(show), from.id, keyDown, idDown)
	}
	order := part.id + direction(idDown)
	outer := "t.place_id" + direction(idDown)
	if part.key != "" {
		order = part.key + direction(keyDown) + ", " + order
		outer = "t.place_key" + direction(keyDown) + ", " + outer
	}
	return "select " + columns + "\nfrom (\nselect t.*, (" + part.shown + ")::bigint as place_key, " + part.id + " as place_id\nfrom " + part.source() + b.where() +
		"\norder by " + order + "\nlimit " + b.arg(n) + "\n) t\n" + rowNames + "order by " + outer
}

// behind begins after a place.
func (b *builder) behind(part minePart, key any, id uuid.UUID, keyDown, idDown bool) {
	switch {
	case part.key == "":
		b.and(part.id+sign(idDown)+"?", id)
	case keyDown == idDown:
		b.and("("+part.key+", "+part.id+")"+sign(idDown)+"("+part.from+", ?)", key, id)
	default:
		b.and(part.key+strings.TrimSpace(sign(keyDown))+"= "+part.from, key)
		b.and("("+part.key+sign(keyDown)+part.from+" or "+part.id+sign(idDown)+"?)", key, id)
	}
}

func sign(down bool) string {
	if down {
		return " < "
	}
	return " > "
}

func direction(down bool) string {
	if down {
		return " desc"
	}
	return " asc"
}

func queueMineCount(r *db.Reads, s scope.Scope, show string, into *int64) {
	part := mineParts(show)
	b := ofPerson(s, part)
	sql := "select count(*)\nfrom (\nselect\nfrom " + part.source() + b.where() + "\nlimit " + b.arg(CountCap+1) + "\n) x"
	db.Value(r, into, sql, b.args...)
}
