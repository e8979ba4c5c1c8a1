package webhooks

import (
	"context"
	"time"

	"plinth/internal/db"
	"plinth/internal/webhooks/webhooksdb"
)

// wantedFor is how long an endpoint that waits for its turn is looked after by the job that is to come for it, and how long it
// keeps its place when that is late.
const wantedFor = 15 * time.Second

// waitTx lets an endpoint wait when enough of its organization are posted to, or others have waited longer for what is left.
// Whoever ends a turn wakes who waits longest; a job comes all the same, should that one have died.
func (t *turn) waitTx(ctx context.Context, tx db.Tx, e webhooksdb.TakeEndpointRow, now time.Time) (crowded bool, err error) {
	q := webhooksdb.New()
	asking := now.Add(-wantedFor)
	others, err := q.Turns(ctx, tx, webhooksdb.TurnsParams{TenantID: t.s.TenantID, ID: t.endpoint, Now: &now, Asking: &asking})
	if err != nil {
		return false, wrap("count the turns", err)
	}
	if others.Busy+others.Ahead < MaxTurns {
		return false, nil
	}
	wake, at := e.WakeAt, now.Add(wantedFor)
	comes := wake != nil && wake.After(now) && !wake.After(at)
	if !comes {
		wake = &at
	}
	if err := q.WantTurn(ctx, tx, webhooksdb.WantTurnParams{TenantID: t.s.TenantID, ID: t.endpoint, Now: &now, WakeAt: wake}); err != nil || comes {
		return true, wrap("wait for a turn", err)
	}
	return true, t.Queue.EnqueueTx(ctx, tx, post(t.s.TenantID, t.endpoint, at))
}

// passOnTx wakes the endpoint that waits longest for a turn to end.
func (t *turn) passOnTx(ctx context.Context, tx db.Tx) error {
	now := t.now()
	next, err := webhooksdb.New().NextWanting(ctx, tx, webhooksdb.NextWantingParams{TenantID: t.s.TenantID, ID: t.endpoint, Now: &now})
	if db.None(err) {
		return nil
	}
	if err != nil {
		return wrap("look for who waits", err)
	}
	return t.Queue.EnqueueTx(ctx, tx, post(t.s.TenantID, next, time.Time{}))
}
