package admin

import (
	"context"
	"fmt"
	"math"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/jobs"
)

// ActReplay is done with the Stripe events of a filter: JobAct.State is theirs, Kind their type and Tenant their customer.
const ActReplay = "replay"

// ReplayForm has all events of a filter applied again. ID is made when the form is shown.
type ReplayForm struct {
	ID       uuid.UUID `form:"id"`
	State    string    `form:"state"`
	Type     string    `form:"type"`
	Customer string    `form:"customer"`
}

// ReplayAll begins to have the events of a filter applied again, those that were tried longest ago first: up to 200 at
// once, more in the background. They let all else of their queue go first. Sending the form twice does it once. Conflict
// when no event is left.
func (a *Admin) ReplayAll(ctx context.Context, by Actor, f ReplayForm) error {
	if !(WebhookFilter{State: f.State}).Replayable() || f.ID == uuid.Nil {
		return fault.New(fault.Invalid, "Choose parked events, or late ones.")
	}
	object := said(f.State, f.Type, f.Customer)
	return a.unlessSo(a.act(ctx, by, "staff.webhooks_replayed", object, func(ctx context.Context, tx db.Tx) error {
		q := admindb.New()
		n, err := q.CountWebhooks(ctx, tx, admindb.CountWebhooksParams{Column1: f.State, Column2: f.Type, Column3: f.Customer, Limit: math.MaxInt32})
		if err != nil {
			return fmt.Errorf("count events: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "No event is left that waits like this.")
		}
		err = q.BeginJobAct(ctx, tx, admindb.BeginJobActParams{ID: f.ID, Act: ActReplay, State: f.State, Kind: f.Type, Tenant: f.Customer, Total: int32(n)})
		if db.Violates(err, "job_acts_pkey") {
			return errUnchanged
		}
		if err != nil {
			return fmt.Errorf("begin to replay events: %w", err)
		}
		return a.beginTx(ctx, tx, f.ID, n)
	}))
}

// replayTx queues the next events of a replay: each once, since those that were queued after it began are left.
func (a *Admin) replayTx(ctx context.Context, tx db.Tx, act admindb.LockJobActRow, size int) (n int, err error) {
	w := billing.Waiting{State: act.State, Type: act.Kind, Customer: act.Tenant, Before: act.CreatedAt}
	ids, err := billing.RequeueEventsTx(ctx, tx, w, int32(size))
	if err != nil {
		return 0, err
	}
	all := make([]jobs.Args, len(ids))
	for i, id := range ids {
		all[i] = jobs.ApplyStripeEvent{EventID: id, Behind: true}
	}
	return len(ids), a.Queue.EnqueueManyTx(ctx, tx, all)
}
