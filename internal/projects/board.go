package projects

import (
	"context"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Lane is one status of a board.
type Lane struct {
	Status  Status
	Tickets []Row // the most pressing first, laneSize at most; of what is done the latest, doneSize at most
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
}

// Board reads the first tickets of each lane. The filter's statuses do not count: a board has all lanes.
func (p *Projects) Board(ctx context.Context, s scope.Scope, key string, f Filter) (Board, error) {
	f.Statuses = nil
	out := Board{Filter: f}
	for _, status := range Statuses() {
		out.Lanes = append(out.Lanes, Lane{Status: status})
	}
	var counts []projectsdb.CountsByKeyRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		queuePeople(r, s, key, &out.People)
		queueCounts(r, s, key, &counts)
		for i := range out.Lanes {
			lane, only := &out.Lanes[i], f
			only.Statuses = []Status{lane.Status}
			order, size := SortPriority, laneSize
			if lane.Status == Done { // what is done is looked at for what is new, not for what presses
				order, size = SortUpdated, doneSize
			}
			queueTickets(r, s, key, only, page{sort: Sort{By: order}}, size, &lane.Tickets)
			if !f.Empty() {
				queueCount(r, s, key, only, &lane.Count)
			}
		}
	})
	if f.Empty() {
		kept := countsOf(counts)
		for i := range out.Lanes {
			out.Lanes[i].Count = int64(kept[out.Lanes[i].Status])
		}
	}
	return out, err
}

// Card is a ticket on a board, after it was moved.
type Card struct {
	Ticket Row
	Counts Counts // of the whole project
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
	})
	out.Counts = countsOf(counts)
	return out, err
}
