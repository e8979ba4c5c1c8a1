package handlers_test

import (
	"net/url"
	"testing"

	"plinth/internal/scope"
	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

// refusals are orders that Stripe may refuse, or fail to carry out, and keep that answer for their key.
func refusals() map[string]struct {
	path  string
	begin func(*testing.T) (shop, func() *webtest.Page)
} {
	bought := func(t *testing.T) shop {
		s := newShop(t)
		s.buy(t)
		s.st.Deliver(t)
		return s
	}
	return map[string]struct {
		path  string
		begin func(*testing.T) (shop, func() *webtest.Page)
	}{
		"an address": {"/v1/customers/", func(t *testing.T) (shop, func() *webtest.Page) {
			s := bought(t)
			return s, func() *webtest.Page { return s.b.Post(billingPage+"/email", url.Values{"email": {accounts}}) }
		}},
		"a code": {"/v1/subscriptions/", func(t *testing.T) (shop, func() *webtest.Page) {
			s := bought(t)
			s.code(t, "SPRING", nil)
			return s, func() *webtest.Page { return s.b.Post(billingPage+"/code", url.Values{"promotion": {"SPRING"}}) }
		}},
		"the end of a trial": {"/v1/subscriptions/", func(t *testing.T) (shop, func() *webtest.Page) {
			s := onTrial(t, paysCard)
			form := s.b.Get(billingPage + "/start").Form(billingPage + "/start")
			return s, func() *webtest.Page { return s.b.Post(billingPage+"/start", form) }
		}},
		"a cancellation": {"/v1/subscriptions/", func(t *testing.T) (shop, func() *webtest.Page) {
			s := bought(t)
			return s, func() *webtest.Page { return s.b.Post(cancelPage, nil) }
		}},
		"keeping the plan": {"/v1/subscriptions/", func(t *testing.T) (shop, func() *webtest.Page) {
			s := bought(t)
			s.b.Post(cancelPage, nil)
			return s, func() *webtest.Page { return s.b.Post(billingPage+"/resume", nil) }
		}},
		"a planned change": {"/v1/subscription_schedules/", func(t *testing.T) (shop, func() *webtest.Page) {
			s := onBusiness(t, "month")
			return s, func() *webtest.Page {
				return s.b.Post(change, s.b.Get(change+"?plan=team&interval=month").Form(change))
			}
		}},
	}
}

// What Stripe has refused, or keeps a failure of, is another order when it is asked for again.
func TestAskingAgainAfterARefusal(t *testing.T) {
	t.Parallel()
	for name, c := range refusals() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ask := c.begin(t)
			s.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: c.path, Status: 500, Kept: true, Times: 1})
			ask().Want(503).Silent("Nothing was changed")
			ask().Want(503).Silent("Nothing was changed") // the same key, so that what was lost is not done twice
			s.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: c.path, Status: 400, Kept: true, Times: 1})
			refused := ask()
			switch name {
			case "an address":
				refused.Want(422).Says("Stripe does not take this address")
			case "a code":
				refused.Want(422).Says("This code cannot be used")
			default:
				refused.Want(503)
			}
			ask().At(billingPage).Want(200)
		})
	}
}

func TestSeatsAfterARefusal(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	s.Join(t, s.owner, s.Account(t, "Mira", "mira@example.com"), scope.Member)
	s.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: "/v1/subscriptions/", Status: 400, Kept: true, Times: 1})
	if err := s.App.Billing.SyncSeats(t.Context(), s.owner.TenantID); err == nil {
		t.Fatal("the seats were refused and the job is content")
	}
	s.seats(t)
	s.b.Get(billingPage).Says("a month for 2 seats")
}
