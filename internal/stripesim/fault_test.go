package stripesim_test

import (
	"testing"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/stripesim"
)

func TestFaultsAndPins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer("")
	w.sim.InjectFault(stripesim.Fault{Path: "/v1/customers", Method: "GET", Status: 429, Code: "rate_limit", Times: 1})
	_, err := w.api.Customers.Get(cus.ID, nil)
	wantError(t, err, 429, stripe.ErrorCodeRateLimit)
	if _, err = w.api.Customers.Get(cus.ID, nil); err != nil {
		t.Error(err)
	}
	// Go's transport repeats a request with an idempotency key once, so one lost answer would not show.
	w.sim.InjectFault(stripesim.Fault{Method: "POST", AfterCarryingOut: true})
	if _, err = w.api.Customers.New(&stripe.CustomerParams{}); err == nil {
		t.Error("the answer came through")
	}
	w.sim.ClearFaults()
	if n := len(w.sim.Customers(0)); n != 2 {
		t.Errorf("%d customers: the lost request had no effect", n)
	}
	w.sim.InjectFault(stripesim.Fault{Status: 500})
	w.sim.ClearFaults()
	if err := w.sim.Pin("sub_odd", []byte(`{"id":"sub_odd","object":"subscription","status":"hibernating"}`)); err != nil {
		t.Fatal(err)
	}
	if err := w.sim.Pin(cus.ID, []byte(`{"id":"`+cus.ID+`","object":"customer","email":"pinned@example.com"}`)); err != nil {
		t.Fatal(err)
	}
	odd, err := w.api.Subscriptions.Get("sub_odd", nil)
	if must(t, odd, err).Status != "hibernating" {
		t.Errorf("status is %s", odd.Status)
	}
	pinned, err := w.api.Customers.Get(cus.ID, nil)
	if must(t, pinned, err).Email != "pinned@example.com" {
		t.Errorf("mail is %s", pinned.Email)
	}
	w.sim.Unpin(cus.ID)
	free, err := w.api.Customers.Get(cus.ID, nil)
	if must(t, free, err).Email != "ada@example.com" {
		t.Errorf("mail is %s", free.Email)
	}
}
