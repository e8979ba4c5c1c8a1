package projects

import (
	"context"
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
