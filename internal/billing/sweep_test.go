package billing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
)

func TestSyncMendsDrift(t *testing.T) {
	t.Parallel()
	const n, page = 130, 100
	w := plain(t)
	for i := range n {
		customer, sub := fmt.Sprintf("cus_%d", i), fmt.Sprintf("sub_x%d", i)
		tenant := uuid.Must(uuid.NewV7())
		w.exec(`insert into tenants (id, slug, name, created_by, time_zone) values ($1, $2, 'T', $3, 'UTC')`, tenant, fmt.Sprintf("t-%d", i), w.s.Person.ID)
		w.exec(`insert into billing_customers (tenant_id, stripe_customer_id, livemode) values ($1, $2, true)`, tenant, customer)
		w.put(object{"object": "customer", "id": customer, "name": "T"})
		w.put(w.subscription(object{"id": sub, "customer": customer, "quantity": 1.0}))
		if i == 7 {
			continue // the row is missing
		}
		quantity := 1
		if i%13 == 0 {
			quantity = 5
		}
		w.exec(`insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, is_current, status, access_status, stripe_price_id,
			quantity, current_period_end, livemode, ticket, applied) values ($1, $2, $3, $4, true, 'active', 'active', 'price_pro_m', $5, $6, true, 1, 1)`,
			tenant, uuid.Must(uuid.NewV7()), sub, customer, quantity, time.Unix(1769904000, 0))
	}
	w.put(w.subscription(object{"id": "sub_stranger", "customer": "cus_ZZZ"}))
	w.st.Forget()
	b := w.site.Worker.Billing
	var all []billing.Drift
	for after, more := "", true; more; more = after != "" {
		drift, next, err := b.SyncPage(w.ctx(), after)
		if err != nil {
			t.Fatal(err)
		}
		all, after = append(all, drift...), next
	}
	if len(all) != 11 {
		t.Errorf("%d rows are said to differ, want 11: %+v", len(all), all)
	}
	w.wantCount("rows that still differ", 0, `select count(*) from subscriptions where quantity <> 1 or status <> 'active'`)
	w.wantCount("tasks about drift", 11, `select count(*) from billing_tasks where kind = 'drift'`)
	w.wantCount("rows of strangers", 0, `select count(*) from subscriptions where stripe_subscription_id = 'sub_stranger'`)
	if lists, gets := w.st.Calls("GET /v1/subscriptions")-w.st.Calls("GET /v1/subscriptions/"), w.st.Calls("GET /v1/subscriptions/"); lists != 2 || gets != 11 {
		t.Errorf("%d lists and %d reads, want 2 (of %d each) and 11", lists, gets, page)
	}
}

func TestSweepTakesUpWhatFellByTheWayside(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(nil))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	w.exec(`delete from river.river_job`)
	w.exec(`update stripe_events set state = 'queued', received_at = now() - interval '16 minutes'`)
	w.sweep()
	w.sweep()
	w.wantCount("jobs for the late event", 1, `select count(*) from river.river_job where kind = 'apply_stripe_event'`)
	w.work()
	w.wantEvents(map[string]int{"applied": 1})

	// The period ends, and no event comes.
	w.put(w.subscription(object{"status": "canceled", "ended_at": 1769904000.0}))
	w.clock(1769904000 - 1767225600 + 3599)
	w.sweep()
	w.wantCount("looks before an hour has passed", 0, `select count(*) from river.river_job where kind = 'refetch_subscription'`)
	w.clock(1769904000 - 1767225600 + 3601)
	w.sweep()
	w.site.Settle(t)
	w.wantRow(object{"status": "canceled"})
}
