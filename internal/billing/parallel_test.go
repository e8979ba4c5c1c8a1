package billing_test

import (
	"fmt"
	"testing"
)

// fiftyAtOnce delivers created and updated fifty times at once, of which the payloads differ, and says how many rows
// there are and whether the one is right.
func fiftyAtOnce(t *testing.T) (rows int, right bool) {
	t.Helper()
	w := plain(t)
	w.put(w.subscription(nil))
	var all []deliverSpec
	for i := range 50 {
		d := deliverSpec{ID: fmt.Sprintf("evt_%d", i), Type: "customer.subscription.updated", Created: zero().Unix() + 2, Parallel: true,
			Obj: object{"id": "sub_1", "customer": "cus_A", "status": "active"}}
		if i%2 == 0 {
			d.Type, d.Created, d.Obj["status"] = "customer.subscription.created", zero().Unix(), "incomplete"
		}
		all = append(all, d)
	}
	w.deliver(all)
	w.wantEvents(map[string]int{"applied": 50})
	w.wantCount("changes of the plan", 1, `select count(*) from subscription_changes`)
	w.wantCount("lines in the audit log", 1, `select count(*) from events where action = 'billing.subscription_changed'`)
	w.wantAccess("plan")
	return w.number(`select count(*) from subscriptions`), w.number(`select count(*) from subscriptions
		where status = 'active' and access_status = 'active' and stripe_price_id = 'price_pro_m' and quantity = 3 and is_current and applied = ticket`) == 1
}

// fiveOfOne delivers one event five times at once and says how many events and jobs there are.
func fiveOfOne(t *testing.T) (events, jobs int) {
	t.Helper()
	w := plain(t)
	w.put(w.subscription(object{"status": "past_due", "latest_invoice": "in_1"}))
	w.deliver([]deliverSpec{{ID: "evt_1", Type: "invoice.payment_failed", Created: zero().Unix(), Copies: 5,
		Obj: object{"id": "in_1", "customer": "cus_A", "subscription": "sub_1", "status": "open", "attempt_count": 1}}})
	w.site.Settle(t)
	w.wantCount("mails", 1, `select count(*) from mails where kind = 'payment_failed'`)
	return w.number(`select count(*) from stripe_events`), w.number(`select count(*) from river.river_job where kind = 'apply_stripe_event'`)
}

func TestManyDeliveriesAtOnce(t *testing.T) {
	t.Parallel()
	if rows, right := fiftyAtOnce(t); rows != 1 || !right {
		t.Errorf("%d rows, the right one among them: %v", rows, right)
	}
	if events, jobs := fiveOfOne(t); events != 1 || jobs != 1 {
		t.Errorf("%d events and %d jobs", events, jobs)
	}
}
