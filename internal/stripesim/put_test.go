package stripesim_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"
)

func (w *world) put(objects ...string) {
	w.t.Helper()
	for _, object := range objects {
		if err := w.sim.Put(json.RawMessage(object)); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestPut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(`{"object":"customer","id":"cus_A","email":"ada@example.com"}`,
		`{"object":"product","id":"prod_pro","name":"Pro","active":true}`,
		`{"object":"price","id":"price_pro_m","product":"prod_pro","active":true,"type":"recurring","currency":"usd",
		  "unit_amount":4900,"recurring":{"interval":"month","interval_count":1,"usage_type":"licensed"}}`,
		`{"object":"subscription","id":"sub_1","customer":"cus_A","status":"past_due","cancel_at":1769904000,
		  "current_period_start":1767225600,"current_period_end":1769904000,"billing_cycle_anchor":1767225600,
		  "items":{"object":"list","data":[{"price":{"object":"price","id":"price_pro_m"},"quantity":3}]}}`,
		`{"object":"subscription","id":"sub_1","status":"active","cancel_at":null}`)
	sub, err := w.api.Subscriptions.Get("sub_1", nil)
	must(t, sub, err)
	if sub.Status != "active" || sub.CancelAt != 0 || sub.Items.Data[0].Quantity != 3 || sub.Items.Data[0].Price.LookupKey != "" {
		t.Errorf("subscription: %s, cancel at %d, %d seats", sub.Status, sub.CancelAt, sub.Items.Data[0].Quantity)
	}
	if len(w.happened()) != 0 {
		t.Errorf("events: %v", w.happened())
	}
	// What was put is as alive as what was made: it can be changed, and it renews.
	_, err = w.api.Subscriptions.Update("sub_1", change(sub, nil, 5, "none", ""))
	must(t, sub, err)
	if err := w.sim.UpdateCard("cus_A", paysCard); err != nil {
		t.Fatal(err)
	}
	w.advance(time.Unix(1769904000, 0).Add(2 * time.Hour))
	if inv := w.reload(sub).LatestInvoice; inv.AmountPaid != 5*4900 {
		t.Errorf("paid %d", inv.AmountPaid)
	}
}

func TestPutTakesWhatTheAPIAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub := w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 2)
	p := &stripe.SubscriptionParams{}
	p.AddExpand("latest_invoice")
	p.AddExpand("customer")
	full, err := w.api.Subscriptions.Get(sub.ID, p)
	must(t, full, err)
	before := []any{w.sim.Subscriptions(0), w.sim.Invoices(0)}
	w.put(string(full.LastResponse.RawJSON))
	inv, err := w.api.Invoices.Get(full.LatestInvoice.ID, nil)
	must(t, inv, err)
	w.put(string(inv.LastResponse.RawJSON))
	if diff := cmp.Diff(before, []any{w.sim.Subscriptions(0), w.sim.Invoices(0)}); diff != "" {
		t.Error(diff)
	}
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, object := range map[string]string{
		"no JSON":          `{`,
		"no id":            `{"object":"customer"}`,
		"unknown kind":     `{"object":"dispute","id":"dp_1"}`,
		"unknown customer": `{"object":"invoice","id":"in_1","customer":"cus_none"}`,
		"no items":         `{"object":"subscription","id":"sub_1","customer":"cus_A"}`,
		"wrong type":       `{"object":"price","id":"price_1","unit_amount":"much"}`,
	} {
		if err := w.sim.Put(json.RawMessage(object)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
