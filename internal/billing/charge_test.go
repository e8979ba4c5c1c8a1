package billing_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"plinth/internal/stripesim"
)

// says lets the API answer an object from now on.
func (w *world) says(id string, o object) {
	w.t.Helper()
	o["id"] = id
	data, err := json.Marshal(o)
	if err == nil {
		err = w.st.Sim.Pin(id, data)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// charged is a charge for an invoice of the subscription sub_1, of which so much went back.
func (w *world) charged(id string, refunded int) {
	w.t.Helper()
	w.put(object{"object": "invoice", "id": "in_sub_1", "customer": "cus_A", "subscription": "sub_1", "status": "paid", "currency": "usd",
		"total": 14700, "amount_due": 14700, "amount_paid": 14700, "created": zero().Unix()})
	w.says(id, object{"object": "charge", "customer": "cus_A", "invoice": "in_sub_1", "amount": 14700, "amount_refunded": refunded, "currency": "usd", "refunds": nil})
}

// disputed is a dispute of the charge ch_1.
func (w *world) disputed(status string) {
	w.t.Helper()
	w.says("dp_1", object{"object": "dispute", "charge": "ch_1", "status": status, "amount": 14700, "currency": "usd", "reason": "fraudulent"})
}

// tells delivers an event of a dispute as it was when the event was made.
func (w *world) tells(id, kind, dispute, status string) {
	w.t.Helper()
	w.deliver([]deliverSpec{{ID: id, Type: "charge.dispute." + kind, Created: zero().Unix(), Obj: object{
		"id": dispute, "object": "dispute", "charge": "ch_1", "status": status, "amount": 14700, "currency": "usd", "reason": "fraudulent",
	}}})
}

func (w *world) replay(id string) {
	w.t.Helper()
	w.exec(`update stripe_events set state = 'queued', note = '' where id = $1`, id)
	if err := w.site.Worker.Billing.ApplyEvent(w.ctx(), id); err != nil {
		w.t.Fatal(err)
	}
}

const disputeTask = `select coalesce((select state || case when closed_at is null then ' open' else ' closed' end from billing_tasks where kind = 'dispute' order by id desc limit 1), '')`

// A dispute is what the API says of it, at the subscription whose payment it is about.
func TestADisputeIsWhatTheAPISays(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(object{"status": "canceled", "ended_at": 1767225600.0}))
	w.event("evt_s1", "customer.subscription.deleted", "sub_1")
	w.put(w.subscription(object{"id": "sub_2"}))
	w.event("evt_s2", "customer.subscription.created", "sub_2")
	states := func(want string) {
		t.Helper()
		if got := w.text(`select string_agg(stripe_subscription_id || ':' || coalesce(dispute_state, ''), ' ' order by stripe_subscription_id) from subscriptions`); got != want {
			t.Errorf("the rows say %q, want %q", got, want)
		}
	}
	task := func(want string) {
		t.Helper()
		if got := w.text(disputeTask); got != want {
			t.Errorf("the task is %q, want %q", got, want)
		}
	}
	w.charged("ch_1", 0)
	w.disputed("needs_response")
	w.tells("evt_d1", "created", "dp_1", "needs_response")
	states("sub_1:needs_response sub_2:")
	task("needs_response open")

	// The answer of the API counts, and not the older state that a late event tells of.
	w.disputed("won")
	w.tells("evt_d2", "funds_withdrawn", "dp_1", "needs_response")
	states("sub_1:won sub_2:")
	task("won open")
	w.tells("evt_d3", "closed", "dp_1", "won")
	w.exec(`update billing_tasks set closed_at = now() where kind = 'dispute'`)
	w.tells("evt_d4", "updated", "dp_1", "under_review")
	w.replay("evt_d1")
	states("sub_1:won sub_2:")
	task("won closed")
	w.wantCount("tasks", 1, `select count(*) from billing_tasks where kind = 'dispute'`)
	w.wantCount("lines in the audit log", 2, `select count(*) from events where action = 'billing.dispute'`)
	w.wantCount("lines about another subscription", 0, `select count(*) from events e where action = 'billing.dispute'
		and not exists (select from subscriptions s where s.id = e.object_id and s.stripe_subscription_id = 'sub_1')`)

	// An answer that was given before the end, and is written after it.
	w.disputed("under_review")
	w.replay("evt_d1")
	states("sub_1:won sub_2:")
	task("won closed")
}

// What Stripe no longer knows leaves things as they are; while it is away, the event waits.
func TestADisputeThatStripeDoesNotKnow(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(nil))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	w.charged("ch_1", 0)
	w.tells("evt_d1", "created", "dp_gone", "needs_response")
	w.deliver([]deliverSpec{{ID: "evt_r1", Type: "charge.refunded", Created: zero().Unix(), Obj: object{
		"id": "ch_gone", "customer": "cus_A", "amount": 100, "amount_refunded": 100, "currency": "usd"}}})
	w.wantEvents(map[string]int{"applied": 3})
	w.wantRow(object{"dispute_state": nil})
	w.wantCount("tasks", 0, `select count(*) from billing_tasks`)
	w.st.Sim.InjectFault(stripesim.Fault{Path: "/v1/disputes", Status: http.StatusInternalServerError})
	w.exec(`update stripe_events set state = 'queued' where id = 'evt_d1'`)
	if err := w.site.Worker.Billing.ApplyEvent(w.ctx(), "evt_d1"); err == nil {
		t.Error("Stripe was away, and the event is taken for applied")
	}
	w.wantEvents(map[string]int{"applied": 2, "queued": 1})
}

// A late event of the first part cannot lower what has gone back.
func TestARefundIsWhatTheChargeSays(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(nil))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	refunded := func(id string, amount int) {
		w.deliver([]deliverSpec{{ID: id, Type: "charge.refunded", Created: zero().Unix(), Obj: object{
			"id": "ch_1", "customer": "cus_A", "invoice": "in_sub_1", "amount": 14700, "amount_refunded": amount, "currency": "usd"}}})
	}
	task := func(want string) {
		t.Helper()
		if got := w.text(`select string_agg(amount || ' ' || state, ', ') from billing_tasks where kind = 'refund' and closed_at is null`); got != want {
			t.Errorf("the task says %q, want %q", got, want)
		}
	}
	w.charged("ch_1", 3000)
	refunded("evt_r2", 3000)
	refunded("evt_r1", 1000)
	task("3000 a part")
	w.wantCount("lines in the audit log", 1, `select count(*) from events where action = 'billing.refund'`)

	// An answer that was given before the second part, and is written after it.
	w.charged("ch_1", 1000)
	w.replay("evt_r1")
	task("3000 a part")
	w.charged("ch_1", 14700)
	refunded("evt_r3", 14700)
	task("14700 all of it")
}
