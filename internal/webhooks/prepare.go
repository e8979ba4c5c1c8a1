package webhooks

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/internal/webhooks/webhooksdb"
	"plinth/jobs"
)

// wrap says what was being done.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Prepare writes down what each endpoint of the organization is told of an event, and has it posted. Events shortly before it
// whose own jobs are not done yet are written down with it, so that it does not overtake them, and some after it, so that
// many events are few transactions. Nothing is left to do when the job of another event did it, or no endpoint hears of it.
func (w *Webhooks) Prepare(ctx context.Context, tenant, event uuid.UUID) error {
	s := scope.System(tenant)
	var untold []uuid.UUID
	if err := w.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Values(r, &untold, webhooksdb.Untold, tenant, event, events.Told())
	}); err != nil {
		return wrap("look whether it is told", err)
	}
	if !slices.Contains(untold, event) {
		return nil
	}
	return w.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		found, err := w.untoldTx(ctx, tx, tenant, event)
		if err != nil || len(found) == 0 { // another has done it meanwhile
			return err
		}
		q, asked := webhooksdb.New(), w.now()
		types := make([]string, len(found))
		for i, e := range found {
			types[i] = e.Action
		}
		hearing, err := q.Hearing(ctx, tx, webhooksdb.HearingParams{TenantID: tenant, Now: &asked, Types: types})
		if err != nil || len(hearing) == 0 {
			return wrap("read who hears of it", err)
		}
		if err := w.writeDownTx(ctx, tx, tenant, event, found, hearing); err != nil {
			return err
		}
		var posts []jobs.Args
		for _, h := range hearing {
			if !h.Later { // else a job waits already
				posts = append(posts, post(tenant, h.ID, time.Time{}))
			}
		}
		return w.Queue.EnqueueManyTx(ctx, tx, posts)
	})
}

// untoldTx reads what is to be written down together with an event, in order; nothing when that is done.
func (w *Webhooks) untoldTx(ctx context.Context, tx db.Tx, tenant, event uuid.UUID) ([]webhooksdb.SnapshotsRow, error) {
	q := webhooksdb.New()
	if err := q.LockPreparing(ctx, tx, tenant.String()); err != nil {
		return nil, wrap("wait for others that write down", err)
	}
	untold, err := q.Untold(ctx, tx, webhooksdb.UntoldParams{TenantID: tenant, Event: event, Told: events.Told()})
	if err != nil || !slices.Contains(untold, event) {
		return nil, wrap("look for what is not told yet", err)
	}
	found, err := q.Snapshots(ctx, tx, webhooksdb.SnapshotsParams{TenantID: tenant, Ids: untold})
	if err != nil {
		return nil, wrap("read events", err)
	}
	slices.SortFunc(found, func(a, b webhooksdb.SnapshotsRow) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return found, nil
}

// writeDownTx writes down what endpoints are told of events. Of those around the event that this is about, one that cannot be
// put into words is left to its own job, and what happened before an endpoint was changed is left out there.
func (w *Webhooks) writeDownTx(ctx context.Context, tx db.Tx, tenant, event uuid.UUID, found []webhooksdb.SnapshotsRow, hearing []webhooksdb.HearingRow) error {
	now := w.now() // an endpoint that was being paused and resumed while this waited for it hears of this
	payloads := map[uuid.UUID]string{}
	for _, e := range found {
		payload, err := w.told(e)
		if err != nil && e.ID == event {
			return err
		}
		if err == nil {
			payloads[e.ID] = payload
		}
	}
	err := db.Together(ctx, tx, func(r *db.Reads) {
		for _, e := range found {
			for _, h := range hearing {
				payload, ok := payloads[e.ID]
				if ok && slices.Contains(heard(h.Types), e.Action) && (e.ID == event || e.At.After(h.UpdatedAt)) {
					r.Exec(webhooksdb.AddDelivery, tenant, h.ID, e.ID, e.Action, payload, now)
				}
			}
		}
	})
	return wrap("write down what is told", err)
}

// post is the job that posts to an endpoint, at once or at a time.
func post(tenant, endpoint uuid.UUID, at time.Time) jobs.PostWebhooks {
	p := jobs.PostWebhooks{ForTenant: jobs.ForTenant{TenantID: tenant}, Endpoint: endpoint, At: at}
	if !at.IsZero() {
		p.Wake = at.UnixMicro()
	}
	return p
}
