package handlers_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"plinth/internal/scope"
	"plinth/test/webtest"
)

const (
	paysCard     = "4242424242424242"
	declinedCard = "4000000000000002"
	laterCard    = "4000000000000341"
	secureCard   = "4000002500003155"
)

func begin() time.Time { return time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC) }

// shop is an organization with an owner and a local Stripe.
type shop struct {
	*webtest.Site
	st    *webtest.Stripe
	owner scope.Scope
	b     *webtest.Browser
}

func newShop(t *testing.T) shop {
	t.Helper()
	s, st := webtest.NewWithStripe(t, begin())
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme Robotics")
	return shop{Site: s, st: st, owner: owner, b: s.SignIn(t, dana)}
}

func (s shop) row(t *testing.T, sql string, into ...any) {
	t.Helper()
	err := s.App.DB.InTenant(context.Background(), s.owner, func(ctx context.Context, tx txn) error {
		return tx.QueryRow(ctx, sql, s.owner.TenantID).Scan(into...)
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (s shop) status(t *testing.T) string {
	t.Helper()
	var status string
	s.row(t, `select coalesce((select status from subscriptions where tenant_id = $1 and is_current), '')`, &status)
	return status
}

var leavesFor = regexp.MustCompile(`content="1;url=([^"]+)"`)

// leaves reads where a page takes the browser.
func leaves(t *testing.T, p *webtest.Page) string {
	t.Helper()
	found := leavesFor.FindStringSubmatch(p.Want(200).Says("Taking you to").Body)
	if found == nil {
		t.Fatalf("the page leads nowhere: %s", p.Text())
	}
	return strings.ReplaceAll(found[1], "&amp;", "&")
}

func card(number string) url.Values {
	return url.Values{"number": {number}, "expiry": {"12 / 34"}, "cvc": {"123"}, "name": {"Dana Whitfield"}, "email": {dana}}
}

// buy goes through Checkout by its forms and comes back.
func (s shop) buy(t *testing.T, number string) *webtest.Page {
	t.Helper()
	to := leaves(t, s.b.Get("/orgs/acme/billing").Want(200).Submit("/orgs/acme/billing/checkout", "plan", "team", "interval", "month"))
	if _, page := webtest.FollowOut(t, to, nil); !strings.Contains(page, "Plinth Team") || !strings.Contains(page, "9.00") {
		t.Fatalf("the checkout does not say what is bought:\n%s", page)
	}
	back, page := webtest.FollowOut(t, to, card(number))
	path, ok := strings.CutPrefix(back, "http://"+webtest.Host)
	if !ok {
		t.Fatalf("paying leads to %q:\n%s", back, page)
	}
	return s.b.Get(path)
}

func TestCheckoutJourney(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Get("/orgs/acme/billing").Want(200).Says("Free", "1 of 3", "0 of 2", "Choose Team", "No invoices yet")
	to := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/checkout", "plan", "team", "interval", "month"))
	again := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/checkout", "plan", "team", "interval", "month"))
	if to != again {
		t.Errorf("the same choice leads to two sessions: %s and %s", to, again)
	}
	if back, page := webtest.FollowOut(t, to, card(declinedCard)); back != "" || !strings.Contains(page, "declined") {
		t.Errorf("a declined card leads to %q", back)
	}
	back := s.buy(t, paysCard)
	back.Want(200).Says("Team", "is on", "Active", "€9.00 per member and month", "1 of 25", "0 of 20", "Paid")
	if s.status(t) != "active" {
		t.Fatalf("coming back left the row %q", s.status(t))
	}
	s.st.Deliver(t)
	var plan string
	var amount int64
	s.row(t, `select plan, monthly_amount from subscription_changes where tenant_id = $1`, &plan, &amount)
	if plan != "team" || amount != 900 {
		t.Errorf("one change says %s for %d, want team for 900", plan, amount)
	}
	if n := len(s.st.Sim.Customers(0)); n != 1 {
		t.Errorf("%d customers, want 1", n)
	}
	p := s.b.Get("/orgs/acme/billing/invoices").Want(200).Says("€9.00", "Paid")
	if !strings.Contains(p.Body, "/pdf\"") {
		t.Error("no PDF")
	}
	s.b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {"business"}, "interval": {"month"}}).Want(409).Says("a subscription already")
}

func TestCheckoutWithWebhooksOnly(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	to := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/checkout", "plan", "team", "interval", "year"))
	webtest.FollowOut(t, to, card(paysCard))
	s.b.Get("/orgs/acme/billing").Want(200).Says("Free", "Choose Team")
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Want(200).Says("€90.00 per member and year", "Active")
}

func TestCheckoutWaits(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/checkout", "plan", "team", "interval", "month"))
	// Whoever types the address of the way back has proven nothing.
	p := s.b.Get("/orgs/acme/billing?from=checkout").Want(200).Says("Updating…", "Choose Team")
	if !strings.Contains(p.Body, `http-equiv="refresh"`) {
		t.Error("the page does not look again")
	}
	s.st.Forget()
	for range 5 {
		s.b.Get("/orgs/acme/billing?from=checkout").Want(200)
	}
	if n := s.st.Calls("GET "); n != 0 {
		t.Errorf("five looks within two seconds asked Stripe %d times", n)
	}
}

func TestAnotherChoiceReplacesTheCheckout(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	choose := func(plan string) string {
		return leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/checkout", "plan", plan, "interval", "month"))
	}
	first := choose("team")
	second := choose("business")
	if first == second {
		t.Fatal("both plans lead to one session")
	}
	if _, page := webtest.FollowOut(t, first, nil); !strings.Contains(page, "expired") {
		t.Error("the first session can still be paid")
	}
	s.b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {"free"}, "interval": {"month"}}).Want(422)
	s.b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {"gold"}, "interval": {"month"}}).Want(422)
	s.b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {"team"}, "interval": {"day"}}).Want(422)
}

func TestTwoCheckoutsAtOnceMakeOneCustomer(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	led := map[string]bool{}
	for range 2 {
		all.Go(func() {
			b := s.b.Clone()
			p := b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {"team"}, "interval": {"month"}})
			mu.Lock()
			defer mu.Unlock()
			led[leaves(t, p)] = true
		})
	}
	all.Wait()
	if len(led) != 1 || len(s.st.Sim.Customers(0)) != 1 || len(s.st.Sim.Checkouts(0)) != 1 {
		t.Errorf("two at once: %d addresses, %d customers, %d sessions; want 1 of each", len(led), len(s.st.Sim.Customers(0)), len(s.st.Sim.Checkouts(0)))
	}
}

func TestTrial(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Get("/orgs/acme/billing").Says("Try Team", "14 days free, no card needed").Submit("/orgs/acme/billing/trial", "plan", "team").
		At("/orgs/acme/billing").Says("Trial, 14 days left", "trial until 15 January 2026", "Add a card", "1 of 25")
	s.b.Post("/orgs/acme/billing/trial", url.Values{"plan": {"team"}}).Want(409)
	s.st.Deliver(t)
	s.Org(t, s.owner.Person, "harbour", "Harbour Labs")
	s.b.Post("/orgs/harbour/billing/trial", url.Values{"plan": {"team"}}).Want(409).Says("once")
	s.st.Pass(t, begin().AddDate(0, 0, 12))
	s.st.Deliver(t)
	if mails := s.Mails(t, dana); len(mails) != 1 || !strings.Contains(mails[0].Subject, "trial of Team ends soon") {
		t.Errorf("%d mails before the end of the trial, want one: %+v", len(mails), mails)
	}
	s.st.Pass(t, begin().AddDate(0, 0, 15))
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Want(200).Says("Free", "Choose Team", "of 3").Silent("Try Team")
}

func TestFailedRenewal(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t, paysCard)
	s.st.Deliver(t)
	portal := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/portal", "way", "card"))
	webtest.FollowOut(t, portal, card(laterCard))
	s.st.Pass(t, begin().AddDate(0, 1, 0).Add(2*time.Hour))
	s.st.Deliver(t)
	if s.status(t) != "past_due" {
		t.Fatalf("the row is %s, want past_due", s.status(t))
	}
	s.b.Get("/orgs/acme/billing").Want(200).Says("Payment failed", "The payment of €9.00 on 1 February 2026 failed.", "The next attempt is on 2 February 2026", "Update the card", "of 25")
	if mails := s.Mails(t, dana); len(mails) != 1 || !strings.Contains(mails[0].Text, "€9.00") {
		t.Errorf("%d mails about the payment, want one", len(mails))
	}
	s.b.Post("/orgs/acme/settings", url.Values{"name": {"Acme"}, "time_zone": {"Europe/Berlin"}}).At("/orgs/acme/settings").Want(200)

	// Nobody pays, and the local Stripe goes on trying; the grace runs out by the clock.
	s.st.SetClock(begin()) // the offset of Pass stays
	since := begin().AddDate(0, 1, 0).Add(time.Hour)
	s.App.Plans.Now = func() time.Time { return since.Add(21*24*time.Hour + time.Minute) }
	s.b.Get("/orgs/acme/settings").Want(200)
	s.b.Post("/orgs/acme/settings", url.Values{"name": {"Acme"}, "time_zone": {"Europe/Berlin"}}).Want(402).Says("A payment is missing")
	webtest.FollowOut(t, leaves(t, s.b.Post("/orgs/acme/billing/portal", url.Values{"way": {"card"}})), card(paysCard))
	s.st.Pass(t, since.AddDate(0, 0, 2))
	s.st.Deliver(t)
	if s.status(t) != "active" {
		t.Fatalf("after the retry the row is %s, want active", s.status(t))
	}
	s.b.Post("/orgs/acme/settings", url.Values{"name": {"Acme"}, "time_zone": {"Europe/Berlin"}}).At("/orgs/acme/settings").Want(200)
	if n := len(s.Mails(t, dana)); n != 1 {
		t.Errorf("%d mails, want still one", n)
	}
}

func TestCancelInThePortal(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t, paysCard)
	sub := s.st.Sim.Subscriptions(1)[0].ID
	portal := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/portal", "way", "cancel"))
	webtest.FollowOut(t, portal+"/cancel", url.Values{"subscription": {sub}})
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Want(200).Says("Ends soon", "ends on 1 February 2026", "Keep Team")
	webtest.FollowOut(t, leaves(t, s.b.Post("/orgs/acme/billing/portal", url.Values{"way": {""}}))+"/renew", url.Values{"subscription": {sub}})
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Want(200).Says("Active", "renews on 1 February 2026")
	webtest.FollowOut(t, portal+"/cancel", url.Values{"subscription": {sub}})
	s.st.Pass(t, begin().AddDate(0, 1, 1))
	s.st.Deliver(t)
	if s.status(t) != "canceled" {
		t.Errorf("after the end the row is %s", s.status(t))
	}
	s.b.Get("/orgs/acme/billing").Want(200).Says("Free", "of 3", "Choose Team")
}

func TestUpgradeWithPreview(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Get("/orgs/acme/billing/change?plan=business&interval=month").Want(409)
	s.buy(t, paysCard)
	s.st.Deliver(t)
	s.st.Pass(t, begin().AddDate(0, 0, 15).Add(12*time.Hour)) // half of January
	p := s.b.Get("/orgs/acme/billing/change?plan=business&interval=month").Want(200).
		Says("Change to Business", "Due today", "€5.00", "Unused time", "Keep Team", "€19.00 a month", "Pay €5.00 and change")
	form := p.Form("/orgs/acme/billing/change")
	s.b.Post("/orgs/acme/billing/change", form).At("/orgs/acme/billing").Want(200).Says("Business", "€19.00 per member and month")
	s.b.Post("/orgs/acme/billing/change", form) // pressed twice
	s.st.Deliver(t)
	if in := s.st.Sim.Invoices(0); len(in) != 2 || in[0].AmountPaid != 500 {
		t.Errorf("%d invoices, the newest of %d; want two, 500", len(in), in[0].AmountPaid)
	}
	var changes int
	s.row(t, `select count(*) from subscription_changes where tenant_id = $1`, &changes)
	if changes != 2 {
		t.Errorf("%d changes, want 2", changes)
	}
	s.b.Get("/orgs/acme/billing/change?plan=team&interval=month").Want(409).Says("billing portal")
	s.b.Get("/orgs/acme/billing/change?plan=gold&interval=month").Want(422)
	form.Set("prorated_at", "1")
	s.b.Post("/orgs/acme/billing/change", form).Want(409).Says("no longer right")
}

func TestUpgradeIsDeclined(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t, paysCard)
	webtest.FollowOut(t, leaves(t, s.b.Post("/orgs/acme/billing/portal", url.Values{"way": {"card"}})), card(laterCard))
	s.st.Pass(t, begin().AddDate(0, 0, 10))
	form := s.b.Get("/orgs/acme/billing/change?plan=business&interval=month").Want(200).Form("/orgs/acme/billing/change")
	p := s.b.Post("/orgs/acme/billing/change", form)
	if p.Status != 200 && p.Status != 409 {
		t.Fatalf("answered %d: %s", p.Status, p.Text())
	}
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Want(200).Says("Team", "of 25", "Active")
}

func TestWhoSeesBilling(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.Join(t, s.owner, s.Account(t, "Mira", "mira@example.com"), scope.Admin)
	s.Join(t, s.owner, s.Account(t, "Jun", "jun@example.com"), scope.Member)
	mira, jun := s.SignIn(t, "mira@example.com"), s.SignIn(t, "jun@example.com")
	if p := mira.Get("/orgs/acme/billing").Want(200).Says("An owner can change the plan"); p.HasForm("/orgs/acme/billing/checkout") {
		t.Error("an admin may buy")
	}
	jun.Get("/orgs/acme/billing").Want(403)
	for _, b := range []*webtest.Browser{mira, jun} {
		b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {"team"}, "interval": {"month"}}).Want(403)
		b.Post("/orgs/acme/billing/trial", url.Values{"plan": {"team"}}).Want(403)
		b.Post("/orgs/acme/billing/portal", nil).Want(403)
		b.Get("/orgs/acme/billing/change?plan=team&interval=month").Want(403)
		b.Post("/orgs/acme/billing/change", url.Values{"plan": {"team"}}).Want(403)
	}
	s.b.Post("/orgs/acme/billing/portal", nil).Want(409).Says("nothing to look after")
	if p := s.b.HX("POST", "/orgs/acme/billing/checkout", url.Values{"plan": {"team"}, "interval": {"month"}}).Want(200); !strings.Contains(p.Header.Get("HX-Redirect"), "/c/pay/") {
		t.Errorf("htmx is led to %q", p.Header.Get("HX-Redirect"))
	}
}

func TestStripeAway(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t, paysCard)
	s.st.Sim.InjectFault(faultAll())
	s.b.Get("/orgs/acme/billing").Want(200).Says("Team", "Active")
	s.st.SetClock(begin().Add(time.Minute))
	s.b.Get("/orgs/acme/billing?from=portal").Want(200).Says("Stripe cannot be reached", "Team")
	s.b.Post("/orgs/acme/billing/portal", nil).Want(503).Says("Stripe")
	s.b.Get("/orgs/acme/billing/change?plan=business&interval=month").Want(503)
}

func TestDevStripe(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Get("/dev/stripe").Want(200).Says("Local Stripe", "None yet")
	s.buy(t, paysCard)
	s.st.Skip()
	s.b.Get("/dev/stripe").Want(200).Says("Acme Robotics", "active", "€9.00").
		Submit("/dev/stripe/clock", "to", "renewal").At("/dev/stripe").Says("1 February 2026")
	s.b.Post("/dev/stripe/clock", url.Values{"to": {"trial"}}).Want(200).Says("Nothing of that kind")
	s.b.Post("/dev/stripe/clock", url.Values{"to": {"day"}}).Want(200).Says("2 February 2026")
	s.b.Get("/dev/stripe").Submit("/dev/stripe/chaos", "duplicate", "2", "hold", "on").Want(200)
	if c := s.st.Sim.Endpoints(); len(c) != 0 {
		t.Fatalf("%d endpoints, the test has none", len(c))
	}
	id := s.st.Sim.Events(1)[0].ID
	s.b.Get("/dev/stripe/events/"+id).Want(200).Says(id, "Object")
	s.b.Get("/dev/stripe/events/evt_none").Want(404)
	s.b.Post("/dev/stripe/events/"+id+"/redeliver", nil).Want(200).Says("on its way again")
	s.b.Post("/dev/stripe/events/evt_none/redeliver", nil).Want(404)
	s.b.Post("/dev/stripe/release", nil).Want(200)

	plain := webtest.New(t)
	plain.Person(t, "Dana", dana).Get("/dev/stripe").Want(404)
}
