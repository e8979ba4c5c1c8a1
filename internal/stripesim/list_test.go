package stripesim_test

import (
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/stripesim"
)

func TestPagesOfAList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 7 {
		w.customer("")
	}
	p := &stripe.CustomerListParams{}
	p.Limit = stripe.Int64(3)
	var got []string
	list := w.api.Customers.List(p)
	for list.Next() {
		got = append(got, list.Customer().ID)
	}
	if list.Err() != nil || len(got) != 7 {
		t.Fatalf("%d customers: %v", len(got), list.Err())
	}
	for i, cus := range w.sim.Customers(0) {
		if cus.ID != got[i] {
			t.Errorf("place %d is %s, want %s", i, got[i], cus.ID)
		}
	}
	p = &stripe.CustomerListParams{}
	p.EndingBefore, p.Limit, p.Single = &got[4], stripe.Int64(2), true
	list = w.api.Customers.List(p)
	if !list.Next() || list.Customer().ID != got[3] && list.Customer().ID != got[2] {
		t.Errorf("before %s comes %v", got[4], list.Err())
	}
	p = &stripe.CustomerListParams{}
	p.Limit = stripe.Int64(101)
	if list = w.api.Customers.List(p); list.Next() || list.Err() == nil {
		t.Error("a limit of 101 was taken")
	}
}

func TestSubscriptionLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	price, cus, other := w.price("Pro", 4900, "month"), w.customer(paysCard), w.customer(paysCard)
	ended := w.subscribe(cus, price, 1)
	_, err := w.api.Subscriptions.Cancel(ended.ID, nil)
	must(t, ended, err)
	live := w.subscribe(cus, price, 1)
	w.subscribe(other, price, 1)
	for status, want := range map[string]int{"": 1, "all": 2, "canceled": 1, "active": 1, "trialing": 0, "ended": 1} {
		p := &stripe.SubscriptionListParams{Customer: &cus.ID}
		if status != "" {
			p.Status = &status
		}
		list, n := w.api.Subscriptions.List(p), 0
		for list.Next() {
			n++
		}
		if n != want || list.Err() != nil {
			t.Errorf("%q: %d, want %d: %v", status, n, want, list.Err())
		}
	}
	p := &stripe.SubscriptionListParams{Status: stripe.String("active"), Customer: &cus.ID}
	p.AddExpand("data.latest_invoice")
	p.AddExpand("data.customer")
	if list := w.api.Subscriptions.List(p); !list.Next() || list.Subscription().LatestInvoice.AmountPaid != 4900 ||
		list.Subscription().Customer.Email != "ada@example.com" || list.Subscription().ID != live.ID {
		t.Errorf("expanded: %v", list.Err())
	}
	bad := &stripe.SubscriptionParams{}
	bad.AddExpand("nonsense")
	_, err = w.api.Subscriptions.Get(live.ID, bad)
	wantError(t, err, 400, "")
}

func TestEventLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("")
	w.advance(begin().Add(time.Hour))
	w.price("Pro", 4900, "month")
	count := func(p *stripe.EventListParams) int {
		list, n := w.api.Events.List(p), 0
		for list.Next() {
			n++
		}
		if list.Err() != nil {
			t.Error(list.Err())
		}
		return n
	}
	hour := begin().Add(time.Hour).Unix()
	for name, test := range map[string]struct {
		p    *stripe.EventListParams
		want int
	}{
		"all":   {&stripe.EventListParams{}, 3},
		"type":  {&stripe.EventListParams{Type: stripe.String("product.created")}, 1},
		"wild":  {&stripe.EventListParams{Type: stripe.String("price.*")}, 1},
		"types": {&stripe.EventListParams{Types: stripe.StringSlice([]string{"product.created", "customer.created"})}, 2},
		"since": {&stripe.EventListParams{CreatedRange: &stripe.RangeQueryParams{GreaterThanOrEqual: hour}}, 2},
	} {
		if got := count(test.p); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
	w.settle()
	w.chaos(stripesim.Chaos{DropNext: 1})
	w.customer("")
	w.customer("")
	w.settle()
	if got := count(&stripe.EventListParams{DeliverySuccess: stripe.Bool(false)}); got != 1 {
		t.Errorf("%d undelivered", got)
	}
}
