package projects

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/scope"
)

// countGoneTx takes a ticket that is deleted out of the counts (by is -1), or puts one that is brought back into them (1).
func countGoneTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, status Status, created time.Time, closed *time.Time, loc *time.Location, by int32) error {
	if err := bumpCount(ctx, tx, s, projectID, status, by); err != nil {
		return err
	}
	day := dayOf(created, loc)
	if closed == nil {
		return bumpDay(ctx, tx, s, projectID, day, by, 0)
	}
	end := dayOf(*closed, loc)
	if end.Equal(day) {
		return bumpDay(ctx, tx, s, projectID, day, by, by)
	}
	if end.Before(day) { // one that was brought along from elsewhere
		if err := bumpDay(ctx, tx, s, projectID, end, 0, by); err != nil {
			return err
		}
		return bumpDay(ctx, tx, s, projectID, day, by, 0)
	}
	if err := bumpDay(ctx, tx, s, projectID, day, by, 0); err != nil {
		return err
	}
	return bumpDay(ctx, tx, s, projectID, end, 0, by)
}

// dayCount is by how much the counts of a day change.
type dayCount struct{ opened, closed int32 }

// goneCounts sums up what countGoneTx does of many tickets.
type goneCounts struct {
	statuses map[Status]int32
	days     map[time.Time]dayCount
}

func (g *goneCounts) add(status Status, created time.Time, closed *time.Time, loc *time.Location, by int32) {
	if g.statuses == nil {
		g.statuses, g.days = map[Status]int32{}, map[time.Time]dayCount{}
	}
	g.statuses[status] += by
	day := g.days[dayOf(created, loc)]
	day.opened += by
	g.days[dayOf(created, loc)] = day
	if closed != nil {
		end := g.days[dayOf(*closed, loc)]
		end.closed += by
		g.days[dayOf(*closed, loc)] = end
	}
}

func (g *goneCounts) keepTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID) error {
	for _, status := range slices.Sorted(maps.Keys(g.statuses)) {
		if err := bumpCount(ctx, tx, s, projectID, status, g.statuses[status]); err != nil {
			return err
		}
	}
	for _, day := range slices.SortedFunc(maps.Keys(g.days), time.Time.Compare) {
		if err := bumpDay(ctx, tx, s, projectID, day, g.days[day].opened, g.days[day].closed); err != nil {
			return err
		}
	}
	return nil
}
