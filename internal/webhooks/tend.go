package webhooks

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/internal/webhooks/webhooksdb"
	"plinth/jobs"
)

const (
	tenantBatch = 500
	forgetBatch = 5000
)

// TendAll enqueues a TendWebhooks for each organization after the one named, and itself for the rest.
func (w *Webhooks) TendAll(ctx context.Context, after uuid.UUID) error {
	return w.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		ids, err := webhooksdb.New().TenantsWithWebhooks(ctx, tx, webhooksdb.TenantsWithWebhooksParams{ID: after, Limit: tenantBatch})
		if err != nil {
			return wrap("list organizations", err)
		}
		var all []jobs.Args
		for _, id := range ids {
			all = append(all, jobs.TendWebhooks{ForTenant: jobs.ForTenant{TenantID: id}})
		}
		if len(ids) == tenantBatch {
			all = append(all, jobs.TendAllWebhooks{After: ids[len(ids)-1]})
		}
		return w.Queue.EnqueueManyTx(ctx, tx, all)
	})
}

// Tend forgets what an organization was told long ago, subscribes what a new version tells of, and has endpoints and replays
// looked at whose job is gone, as when somebody cancelled it.
func (w *Webhooks) Tend(ctx context.Context, tenant uuid.UUID) error {
	s := scope.System(tenant)
	begun := time.Now()
	for time.Since(begun) < w.runFor() {
		n, err := w.forget(ctx, s)
		if err != nil {
			return err
		}
		if n < forgetBatch {
			break
		}
	}
	return w.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := webhooksdb.New()
		if err := q.LockWebhooks(ctx, tx, tenant.String()); err != nil {
			return wrap("lock the webhooks", err)
		}
		if err := subscribeTx(ctx, tx, s); err != nil {
			return err
		}
		ids, err := q.Forgotten(ctx, tx, tenant)
		if err != nil {
			return wrap("look for what waits", err)
		}
		stale, err := q.StaleReplays(ctx, tx, webhooksdb.StaleReplaysParams{TenantID: tenant, Before: w.now().Add(-replayLease)})
		if err != nil {
			return wrap("look for replays that do not go on", err)
		}
		var all []jobs.Args
		for _, id := range ids {
			all = append(all, post(tenant, id, time.Time{}))
		}
		for _, id := range stale {
			all = append(all, jobs.ReplayWebhooks{ForTenant: jobs.ForTenant{TenantID: tenant}, Replay: id})
		}
		return w.Queue.EnqueueManyTx(ctx, tx, all)
	})
}

// forget deletes some of what is kept no longer, and says how much.
func (w *Webhooks) forget(ctx context.Context, s scope.Scope) (most int64, err error) {
	err = w.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q, before := webhooksdb.New(), w.now().Add(-KeptFor)
		for _, some := range []func() (int64, error){
			func() (int64, error) {
				return q.ForgetAttempts(ctx, tx, webhooksdb.ForgetAttemptsParams{TenantID: s.TenantID, Before: before, Most: forgetBatch})
			},
			func() (int64, error) {
				return q.ForgetDeliveries(ctx, tx, webhooksdb.ForgetDeliveriesParams{TenantID: s.TenantID, Before: before, Most: forgetBatch})
			},
			func() (int64, error) {
				return q.ForgetReplays(ctx, tx, webhooksdb.ForgetReplaysParams{TenantID: s.TenantID, Before: before})
			},
			func() (int64, error) {
				return q.ForgetEndpoints(ctx, tx, webhooksdb.ForgetEndpointsParams{TenantID: s.TenantID, Before: &before})
			},
		} {
			n, err := some()
			if err != nil {
				return wrap("forget what was sent long ago", err)
			}
			most = max(most, n)
		}
		return nil
	})
	return most, err
}
