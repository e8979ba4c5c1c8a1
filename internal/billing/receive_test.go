package billing_test

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"plinth/test/webtest"
)

// raw delivers an event as it is given, besides what every event has.
func (w *world) raw(e object) {
	w.t.Helper()
	all := object{"object": "event", "created": zero().Unix(), "livemode": true, "api_version": "2023-10-16"}
	maps.Copy(all, e)
	body, err := json.Marshal(all)
	if err != nil {
		w.t.Fatal(err)
	}
	if status := w.site.Webhook(body, webtest.Sign(body, newSecret, time.Now())); status != 200 {
		w.t.Errorf("answered %d", status)
	}
	w.work()
}

// A newer API names the subscription of an invoice elsewhere. The state is asked for in our version all the same.
func TestAnInvoiceOfANewerAPI(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(object{"status": "past_due", "latest_invoice": "in_1"}))
	w.raw(object{"id": "evt_1", "type": "invoice.payment_failed", "api_version": "2025-03-31.basil", "data": object{"object": object{
		"id": "in_1", "object": "invoice", "customer": "cus_A", "status": "open", "attempt_count": 1,
		"parent": object{"type": "subscription_details", "subscription_details": object{"subscription": "sub_1"}},
	}}})
	w.wantEvents(map[string]int{"applied": 1})
	w.wantRow(object{"status": "past_due", "stripe_price_id": "price_pro_m", "past_due_since": float64(zero().Unix())})
	w.wantCount("tasks about the version", 1, `select count(*) from billing_tasks where kind = 'api_version' and closed_at is null`)
}

// Nothing follows from an event of the other mode or another account, so nothing that it says is kept, and putting it in
// the queue by hand does nothing.
func TestWhatIsNotOursIsNotKept(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(nil))
	about := object{"object": object{"id": "sub_1", "object": "subscription", "customer": "cus_A", "description": "a secret"}}
	w.raw(object{"id": "evt_1", "type": "customer.subscription.updated", "livemode": false, "data": about})
	w.raw(object{"id": "evt_2", "type": "customer.subscription.updated", "account": "acct_other", "data": about})
	w.wantEvents(map[string]int{"ignored": 2})
	w.wantCount("events that say something", 0, `select count(*) from stripe_events where payload <> '{}'`)
	w.exec(`update stripe_events set state = 'queued'`)
	for _, id := range []string{"evt_1", "evt_2"} {
		if err := w.site.Worker.Billing.ApplyEvent(w.ctx(), id); err != nil {
			t.Error(err)
		}
	}
	w.wantEvents(map[string]int{"ignored": 2})
	w.wantCount("rows", 0, `select count(*) from subscriptions`)
}
