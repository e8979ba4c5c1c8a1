package webhooks

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
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

// Prepare writes down what each endpoint of the organization is told of an event, and has it posted. Called twice, it comes
// to the same. jobs.ErrNothingToDo when no endpoint hears of it any more.
func (w *Webhooks) Prepare(ctx context.Context, tenant, event uuid.UUID) error {
	s := scope.System(tenant)
	var found []webhooksdb.SnapshotsRow
	if err := w.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Rows(r, &found, webhooksdb.Snapshots, tenant, []uuid.UUID{event}) }); err != nil {
		return wrap("read an event", err)
	}
	if len(found) == 0 {
		return jobs.ErrNothingToDo
	}
	e := found[0]
	payload, err := w.told(e)
	if err != nil {
		return err
	}
	return w.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q, asked := webhooksdb.New(), w.now()
		hearing, err := q.Hearing(ctx, tx, webhooksdb.HearingParams{TenantID: tenant, Now: &asked, Type: e.Action})
		if err != nil || len(hearing) == 0 {
			return wrap("read who hears of it", err)
		}
		now := w.now() // an endpoint that was being paused and resumed while this waited for it hears of this
		err = db.Together(ctx, tx, func(r *db.Reads) {
			for _, h := range hearing {
				r.Exec(webhooksdb.AddDelivery, tenant, h.ID, event, e.Action, payload, now)
			}
		})
		if err != nil {
			return wrap("write down what is told", err)
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

// post is the job that posts to an endpoint, at once or at a time.
func post(tenant, endpoint uuid.UUID, at time.Time) jobs.PostWebhooks {
	return jobs.PostWebhooks{ForTenant: jobs.ForTenant{TenantID: tenant}, Endpoint: endpoint, At: at}
}
