package projects

import (
	"context"
	"slices"
	"time"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Lane is one status of a board.
type Lane struct {
	StatusInfo
	Tickets []Row // in the order that people gave them, laneSize at most; of what is closed closedSize at most
	Count   int64 // of all in the lane; CountCap+1 when a filter matches more
}

// More is how many tickets of the lane are not in sight.
func (l Lane) More() int64 { return max(l.Count-int64(len(l.Tickets)), 0) }

// Board is a project's tickets by status.
type Board struct {
	Project Project
	Filter  Filter
	Lanes   []Lane
	People  []Person // who may be assigned
	Labels  []Label
}

// Bare says whether no ticket is in sight.
func (b Board) Bare() bool {
	return !slices.ContainsFunc(b.Lanes, func(l Lane) bool { return len(l.Tickets) > 0 })
}

// Board reads the first tickets of each lane. The filter's statuses do not count: a board has all lanes.
func (p *Projects) Board(ctx context.Context, s scope.Scope, key string, f Filter) (Board, error) {
	f.Statuses = nil
	out := Board{Filter: f}
	var statuses []StatusInfo
	var kept []projectsdb.CountsByKeyRow
	var rows []foundRow
	now := p.now()
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		queueStatuses(r, s, key, &statuses)
		queuePeople(r, s, key, &out.People)
		queueLabels(r, s, key, &out.Labels)
		queueCounts(r, s, key, &kept)
		queueLanes(r, s, key, f, now, &rows)
	})
	counts := map[Status]int64{}
	for status, n := range countsOf(kept) {
		counts[status] = int64(n)
	}
	if !f.Empty() {
		clear(counts)
		for _, row := range rows {
			counts[Status(row.Status)] = row.Matches
		}
	}
	for _, info := range statuses {
		lane := Lane{StatusInfo: info, Count: counts[info.Slug]}
		for _, row := range rows {
			if Status(row.Status) == info.Slug {
				lane.Tickets = append(lane.Tickets, row.Row)
			}
		}
		out.Lanes = append(out.Lanes, lane)
	}
	return out, err
}

// laneColumns are a Row's, with the project ($3 is its key) and the status as they are known already.
const laneColumns = `$3::text as key, t.number, t.title, t.status, t.priority, t.assignee_id, coalesce(a.name, '') as assignee, t.comments,
    t.created_at, t.updated_at, coalesce(a.picture, '') as assignee_picture, ls.name as status_name, ls.kind as status_kind, ` + rowExtras

// queueLanes reads the first tickets of each status: one query for all lanes, however many a project has. Behind a filter
// each comes with how many of its status match, up to one more than CountCap, so that each ticket is looked at once.
func queueLanes(r *db.Reads, s scope.Scope, key string, f Filter, now time.Time, into *[]foundRow) {
	b := ofProject(s, key)
	b.filter(s, f, now)
	b.and("t.status = ls.slug")
	const order = "\norder by t.rank, t.number desc\nlimit "
	most := "case when ls.kind in ('done', 'canceled') then " + b.arg(closedSize) + "::integer else " + b.arg(laneSize) + "::integer end"
	lane := "select t.*, 0::bigint as matches\nfrom tickets t" + b.where() + order + most
	if !f.Empty() {
		lane = "select t.*, count(*) over () as matches\nfrom (\nselect t.*\nfrom tickets t" + b.where() + order + b.arg(CountCap+1) + "\n) t" + order + most
	}
	sql := "select t.matches, " + laneColumns + "\nfrom statuses ls\ncross join lateral (\n" + lane + "\n) t\nleft join users a on a.id = t.assignee_id\n" +
		"where ls.tenant_id = $1\n  and ls.deleted_at is null\n  and ls.project_id = " + b.project + "\norder by ls.position, t.rank, t.number desc"
	db.Rows(r, into, sql, b.args...)
}

// Card is a ticket on a board, after it was moved.
type Card struct {
	Ticket   Row
	Counts   Counts // of the whole project
	Statuses []StatusInfo
}

// Card reads one ticket as a board shows it, with the counts of the lanes.
func (p *Projects) Card(ctx context.Context, s scope.Scope, key string, number int) (Card, error) {
	var out Card
	var counts []projectsdb.CountsByKeyRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		b := ofProject(s, key)
		b.and("t.number = ?", number)
		sql := b.rows(rowColumns, "t.number", 1)
		db.Row(r, &out.Ticket, sql, b.args...)
		queueCounts(r, s, key, &counts)
		queueStatuses(r, s, key, &out.Statuses)
	})
	out.Counts = countsOf(counts)
	return out, err
}
