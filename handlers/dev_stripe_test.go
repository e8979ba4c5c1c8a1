package handlers_test

import (
	"net/url"
	"testing"
	"time"

	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

func TestDevStripeCustomer(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Skip()
	customer := s.st.Sim.Customers(1)[0].ID
	page := "/dev/stripe/customers/" + customer
	s.b.Get("/dev/stripe").Want(200).Says("Acme Robotics", "checkout.session.completed").Silent("no organization")
	s.b.Get(page).Want(200).Says("Acme Robotics", "1 × Plinth Team", "€9.00", "active", s.owner.TenantID.String(), "PDF", "for this customer alone")
	s.b.Get("/dev/stripe/customers/cus_none").Want(404)

	charge := s.st.Sim.Charges(1)[0].ID
	s.b.Post(page+"/refund", url.Values{"charge": {charge}, "amount": {"20"}}).Want(422).Says("greater than unrefunded", "€9.00")
	s.b.Post(page+"/refund", url.Values{"charge": {charge}, "amount": {"some"}}).Want(422).Says("Enter an amount")
	s.b.Post(page+"/refund", url.Values{"charge": {"ch_none"}}).Want(404)
	s.b.Post(page+"/refund", url.Values{"charge": {charge}, "amount": {"2,50"}}).At(page).Says("on its way back", "refunded in part", "€2.50")
	s.b.Post(page+"/dispute", url.Values{"charge": {charge}}).At(page).Says("disputed", "Win the dispute")
	s.b.Post(page+"/dispute", url.Values{"charge": {charge}}).Want(409)
	s.b.Post(page+"/dispute", url.Values{"charge": {"ch_none"}}).Want(404)
	dispute := s.st.Sim.Disputes(1)[0].ID
	s.b.Post(page+"/decide", url.Values{"dispute": {dispute}, "won": {"yes"}}).At(page).Says("dispute won")
	s.b.Post(page+"/decide", url.Values{"dispute": {dispute}, "won": {"no"}}).Want(409)
	s.b.Post(page+"/decide", url.Values{"dispute": {"dp_none"}}).Want(404)

	now := s.st.Sim.Now()
	s.b.Get(page).Submit(page+"/clock", "to", "renewal").At(page).Says("1 February 2026", "ahead of the others")
	s.b.Post(page+"/clock", url.Values{"to": {"dunning"}}).At(page).Says("Nothing of that kind")
	s.b.Post(page+"/clock", url.Values{"to": {"day"}}).At(page).Says("2 February 2026")
	if !s.st.Sim.Now().Equal(now) {
		t.Errorf("the clock for all moved to %s", s.st.Sim.Now())
	}
}

func TestDevStripeCoupons(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	form := func(change ...string) url.Values {
		f := url.Values{"code": {"SPRING"}, "percent_off": {"25"}, "duration": {"repeating"}, "duration_in_months": {"3"}, "currency": {"eur"}}
		for i := 0; i < len(change); i += 2 {
			f.Set(change[i], change[i+1])
		}
		return f
	}
	s.b.Get("/dev/stripe").Says("None yet. Make one below")
	s.b.Post("/dev/stripe/coupons", form("percent_off", "200")).Want(422).Says("smaller or equal to 100", "Local Stripe")
	s.b.Post("/dev/stripe/coupons", form("percent_off", "")).Want(422).Says("percent_off")
	s.b.Post("/dev/stripe/coupons", form("code", "a b")).Want(422).Says("none may be in use")
	s.b.Get("/dev/stripe").Submit("/dev/stripe/coupons", "code", "SPRING", "percent_off", "25", "duration", "repeating", "duration_in_months", "3").
		At("/dev/stripe").Says("SPRING", "25% off", "for 3 months", "used 0 times")
	s.buy(t)
	sub := s.st.Sim.Subscriptions(1)[0]
	page := "/dev/stripe/customers/" + sub.Customer
	if status, body := s.st.Ask(t, "/v1/subscriptions/"+sub.ID, url.Values{"coupon": {s.st.Sim.Coupons(1)[0].ID}}); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	s.b.Get(page).Says("25% off", "Take the discount off").Submit(page + "/discount").At(page).Says("The discount is gone").Silent("25% off")
	s.b.Post(page+"/discount", url.Values{"subscription": {sub.ID}}).Want(404)
}

func TestDevStripeChaos(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Get("/dev/stripe").Says("There is no endpoint")
	s.st.Sim.AddEndpoint("http://127.0.0.1:9/webhooks", webtest.WebhookSecret)
	all := url.Values{"duplicate": {"2"}, "delay": {"30"}, "reorder": {"3"}, "drop_next": {"1"}, "drop_types": {"invoice.paid customer.*"}, "hold": {"on"}, "wrong_secret": {"on"}}
	wrong := url.Values{"duplicate": {"many"}, "delay": {"-1"}, "reorder": {"51"}, "drop_types": {"Invoice!"}, "hold": {"on"}}
	again := s.b.Post("/dev/stripe/chaos", wrong).Want(422).Says("from 0 to 20", "from 0 to 3600", "from 0 to 50", "Types look like")
	if typed := again.Form("/dev/stripe/chaos"); typed.Get("drop_types") != "Invoice!" || typed.Get("duplicate") != "many" {
		t.Errorf("what was typed is lost: %v", typed)
	}
	if s.st.Sim.Endpoints()[0].Chaos.Hold {
		t.Error("what was refused is in force")
	}
	s.b.Post("/dev/stripe/chaos", all).At("/dev/stripe").Says("not as they should be")
	want := stripesim.Chaos{Duplicate: 2, Delay: 30 * time.Second, Reorder: 3, DropNext: 1, DropTypes: []string{"invoice.paid", "customer.*"}, Hold: true, WrongSecret: true}
	got := s.st.Sim.Endpoints()[0].Chaos
	if got.Duplicate != want.Duplicate || got.Delay != want.Delay || got.Reorder != want.Reorder || got.DropNext != want.DropNext ||
		len(got.DropTypes) != 2 || !got.Hold || !got.WrongSecret {
		t.Errorf("%+v, want %+v", got, want)
	}
	form := s.b.Get("/dev/stripe").Form("/dev/stripe/chaos")
	if form.Get("delay") != "30" || form.Get("drop_types") != "invoice.paid customer.*" || form.Get("hold") != "on" {
		t.Errorf("the form remembers %v", form)
	}
	s.b.Post("/dev/stripe/chaos", url.Values{"hold": {"on"}}).At("/dev/stripe")
	first, second, third := s.st.Sim.EmitRaw("invoice.paid", nil), s.st.Sim.EmitRaw("invoice.paid", nil), s.st.Sim.EmitRaw("invoice.paid", nil)
	s.b.Get("/dev/stripe").Says("Send what is held", "0 on their way, 3 held", "held")
	s.b.Get("/dev/stripe/events/"+first).Want(200).Says("has not been sent yet", `"pending_webhooks": 1`)
	s.b.Post("/dev/stripe/release", url.Values{"event": {second}}).At("/dev/stripe").Says("The event is on its way", "1 on their way, 2 held")
	s.b.Post("/dev/stripe/release", url.Values{"order": {"newest"}}).At("/dev/stripe").Says("3 on their way, 0 held")
	if ids := s.st.Sim.Pending(); len(ids) != 3 || ids[0].EventID != first || ids[2].EventID != third {
		t.Errorf("pending: %+v", ids)
	}
	s.b.Post("/dev/stripe/chaos", url.Values{"calm": {"on"}, "hold": {"on"}}).At("/dev/stripe").Silent("not as they should be")
}
