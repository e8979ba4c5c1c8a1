package stripesim_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/stripesim"
)

func TestHelpersDoWhatPeopleDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cs := w.checkout()
	if _, err := w.sim.PayCheckout(cs.ID, declinedCard); err == nil || err.Error() != "Your card was declined." {
		t.Errorf("declined: %v", err)
	}
	if _, err := w.sim.PayCheckout(cs.ID, secureCard); !errors.Is(err, stripesim.ErrAuthentication) {
		t.Errorf("3-D Secure: %v", err)
	}
	target, err := w.sim.AuthenticateCheckout(cs.ID, secureCard)
	if err != nil || target != "http://app.test/done?session="+cs.ID {
		t.Errorf("sent to %q: %v", target, err)
	}
	if _, err := w.sim.PayCheckout(cs.ID, paysCard); err == nil {
		t.Error("paid twice")
	}
	if _, err := w.sim.PayCheckout("cs_test_none", paysCard); err == nil {
		t.Error("an unknown session was paid")
	}
	sub := w.sim.Subscriptions(1)[0]
	if err := w.sim.CancelInPortal(sub.ID); err != nil {
		t.Fatal(err)
	}
	if !w.sim.Subscriptions(1)[0].CancelAtPeriodEnd {
		t.Error("not cancelled")
	}
	if err := w.sim.RenewInPortal(sub.ID); err != nil {
		t.Fatal(err)
	}
	if w.sim.Subscriptions(1)[0].CancelAtPeriodEnd {
		t.Error("not renewed")
	}
	if err := w.sim.UpdateCard(sub.Customer, laterCard); err != nil {
		t.Fatal(err)
	}
	w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(2 * time.Hour))
	if err := w.sim.CancelInPortal(sub.ID); err != nil {
		t.Fatal(err)
	}
	if got := w.sim.Subscriptions(1)[0].Status; got != "canceled" {
		t.Errorf("cancelling while past due left it %s", got)
	}
}

func TestSnapshotsAreCopies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.checkout()
	sub := w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 1)
	w.sim.Subscriptions(1)[0].Items[0].Quantity = 99
	if got := w.sim.Subscriptions(1)[0].Items[0].Quantity; got != 1 {
		t.Errorf("quantity became %d", got)
	}
	counts := []int{len(w.sim.Products(0)), len(w.sim.Prices(1)), len(w.sim.Schedules(0)), len(w.sim.Checkouts(0)), len(w.sim.Customers(5))}
	if diff := cmp.Diff([]int{2, 1, 0, 1, 1}, counts); diff != "" {
		t.Error(diff)
	}
	if got := w.sim.Object(sub.ID)["status"]; got != "active" {
		t.Errorf("object says %v", got)
	}
	if w.sim.Object("sub_none") != nil {
		t.Error("an object that does not exist")
	}
	if e := w.sim.Events(1)[0]; e.ObjectID() != sub.ID {
		t.Errorf("the last event is about %s", e.ObjectID())
	}
}

func TestRawEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.sim.EmitRaw("charge.dispute.created", map[string]any{"id": "dp_1", "object": "dispute"})
	w.settle()
	if got := w.hook.events[0]; got.ID != id || got.Data.Object["id"] != "dp_1" {
		t.Errorf("arrived: %+v", got)
	}
}

func TestClockMayStartInThePast(t *testing.T) {
	t.Parallel()
	past := begin().AddDate(0, -6, 0)
	w := newWorld(t, func(c *stripesim.Config) { c.StartAt = past })
	sub := w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 1)
	if sub.Created != past.Unix() {
		t.Errorf("created %d", sub.Created)
	}
	w.advance(begin())
	if n := len(w.sim.Invoices(0)); n != 7 || !w.sim.Now().Equal(begin()) {
		t.Errorf("%d invoices at %s", n, w.sim.Now())
	}
}

func TestOtherLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer(paysCard)
	sub := w.reload(w.subscribe(cus, w.price("Pro", 4900, "month"), 2))
	cs := w.checkout()
	_, err := w.api.Subscriptions.Update(sub.ID, change(sub, nil, 3, "create_prorations", ""))
	must(t, sub, err)
	for name, path := range map[string]string{
		"invoices": "/v1/invoices?customer=" + cus.ID + "&status=paid", "lines": "/v1/invoices/" + sub.LatestInvoice.ID + "/lines",
		"pending items": "/v1/invoiceitems?pending=true", "intents": "/v1/payment_intents?customer=" + cus.ID,
		"charges": "/v1/charges", "sessions": "/v1/checkout/sessions?status=open", "products": "/v1/products?active=true",
		"line items": "/v1/checkout/sessions/" + cs.ID + "/line_items", "items": "/v1/subscription_items?subscription=" + sub.ID,
		"cards": "/v1/customers/" + cus.ID + "/payment_methods",
	} {
		list := &stripe.APIResource{}
		if err := w.api.Subscriptions.B.Call("GET", path, "sk_test_1", nil, list); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got struct {
			Object string
			Data   []struct{ ID string }
		}
		if err := json.Unmarshal(list.LastResponse.RawJSON, &got); err != nil || got.Object != "list" || len(got.Data) == 0 || got.Data[0].ID == "" {
			t.Errorf("%s: %v, a %s of %d", name, err, got.Object, len(got.Data))
		}
	}
}

func TestInvoiceActs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer(laterCard)
	sub := w.subscribe(cus, w.price("Pro", 4900, "month"), 1)
	id := sub.LatestInvoice.ID
	_, err := w.api.Invoices.Pay(id, nil)
	wantError(t, err, 402, stripe.ErrorCodeCardDeclined)
	attach(t, w, cus, "pm_card_authenticationRequired")
	_, err = w.api.Invoices.Pay(id, nil)
	wantError(t, err, 402, stripe.ErrorCodeInvoicePaymentIntentRequiresAction)
	void, err := w.api.Invoices.VoidInvoice(id, nil)
	if must(t, void, err).Status != "void" {
		t.Errorf("status is %s", void.Status)
	}
	_, err = w.api.Invoices.Pay(id, nil)
	wantError(t, err, 400, stripe.ErrorCodeInvoiceNotEditable)
	_, err = w.api.Invoices.FinalizeInvoice(id, nil)
	wantError(t, err, 400, stripe.ErrorCodeInvoiceNotEditable)
}
