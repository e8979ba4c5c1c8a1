package handlers_test

import (
	"net/url"
	"testing"
	"time"
)

// Somebody who presses the button before Stripe has told that the customer is gone must not keep the news from the
// organization: it would hold a plan that nobody pays for, and could buy no other.
func TestBuyingBeforeADeletedCustomerIsKnown(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	if _, err := s.App.Billing.Stripe.Customers.Del(s.st.Sim.Customers(1)[0].ID, nil); err != nil {
		t.Fatal(err)
	}
	s.b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {"business"}, "interval": {"month"}}).Want(409).Says("a subscription already")
	s.st.Deliver(t)
	if got := s.status(t); got != "canceled" {
		t.Errorf("the row is %s, want canceled", got)
	}
	s.st.SetClock(begin().Add(time.Minute)) // else the way back is not asked again
	s.buy(t).Says("Team", "Active")
}
