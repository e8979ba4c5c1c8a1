package billing_test

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"plinth/internal/stripesim"
	"plinth/jobs"
)

// seats does the coalesced job, again when it fails, as the queue would.
func (w *world) seats() {
	for range 3 {
		if w.site.Worker.Billing.SyncSeats(w.ctx(), w.s.TenantID) == nil {
			return
		}
	}
	w.t.Error("the seats are not set after three tries")
}

func (w *world) sweep() {
	w.t.Helper()
	if err := w.site.Worker.Billing.Sweep(w.ctx()); err != nil {
		w.t.Fatal(err)
	}
}

// work does the billing jobs that wait, those of one moment at once, and failed ones again.
func (w *world) work() {
	w.t.Helper()
	for range 12 {
		rows, err := w.super.Query(w.ctx(), `select id, args from river.river_job where kind = 'apply_stripe_event' and finalized_at is null order by id`)
		if err != nil {
			w.t.Fatal(err)
		}
		type job struct {
			ID   int64
			Args []byte
		}
		waiting, err := pgx.CollectRows(rows, pgx.RowToStructByPos[job])
		if err != nil {
			w.t.Fatal(err)
		}
		if len(waiting) == 0 {
			return
		}
		failed := make([]error, len(waiting))
		var all sync.WaitGroup
		slots := make(chan struct{}, 10) // as the queue has workers
		for i, j := range waiting {
			all.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				var args jobs.ApplyStripeEvent
				if failed[i] = json.Unmarshal(j.Args, &args); failed[i] == nil {
					failed[i] = w.apply(args.EventID)
				}
			})
		}
		all.Wait()
		for i, j := range waiting {
			w.note(j.ID, failed[i])
		}
	}
	w.t.Error("the jobs do not come to rest")
}

func (w *world) apply(id string) error {
	ctx, cancel := context.WithCancel(w.ctx())
	defer cancel()
	if w.failNext {
		w.failNext = false
		before := w.st.Calls("GET /v1/subscriptions/")
		go func() {
			for w.st.Calls("GET /v1/subscriptions/") == before && ctx.Err() == nil {
				time.Sleep(100 * time.Microsecond) //nolint:forbidigo // the local Stripe tells nobody that it was asked
			}
			cancel()
		}()
	}
	return w.site.Worker.Billing.ApplyEvent(ctx, id)
}

// note writes down what River would.
func (w *world) note(id int64, failed error) {
	if failed == nil {
		w.exec(`update river.river_job set attempt = attempt + 1, state = 'completed', finalized_at = now() where id = $1`, id)
		return
	}
	w.exec(`update river.river_job set attempt = attempt + 1, state = 'retryable', errors = array_append(errors, jsonb_build_object('error', $2::text)) where id = $1`, id, failed.Error())
}

// lostCustomer carries out the making of a customer and loses the answer, also of Go's own second try.
func lostCustomer() stripesim.Fault {
	return stripesim.Fault{Method: "POST", Path: "/v1/customers", AfterCarryingOut: true}
}
