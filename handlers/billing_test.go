package handlers_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"plinth/internal/dbtest"
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

func (s shop) buy(t *testing.T) *webtest.Page {
	t.Helper()
	to := leaves(t, s.b.Get("/orgs/acme/billing").Want(200).Submit("/orgs/acme/billing/checkout", "plan", "team", "interval", "month"))
	if _, page := webtest.FollowOut(t, to, nil); !strings.Contains(page, "Plinth Team") || !strings.Contains(page, "9.00") {
		t.Fatalf("the checkout does not say what is bought:\n%s", page)
	}
	back, page := webtest.FollowOut(t, to, card(paysCard))
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
	back := s.buy(t)
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
	s.buy(t)
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
	s.buy(t)
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

// A card that asks the bank pays nothing until the person has confirmed it there.

func TestInvoicesOfEveryKind(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	conn := dbtest.Connect(t, s.Database.Super)
	add := func(n int, status, currency string, total int) {
		t.Helper()
		_, err := conn.Exec(context.Background(), `
			insert into invoices (tenant_id, id, stripe_invoice_id, stripe_customer_id, number, status, currency, total, amount_due, amount_paid, issued_at)
			select $1, gen_random_uuid(), $2 || $3 || g, 'cus', case when $2 = 'draft' then '' else 'PL-' || g end, $2, $3, $4, $4, 0, now() - g * interval '1 day'
			from generate_series(1, $5) g`, s.owner.TenantID, status, currency, total, n)
		if err != nil {
			t.Fatal(err)
		}
	}
	add(145, "paid", "usd", 4900)
	add(1, "paid", "jpy", 1200)
	add(1, "open", "eur", 990)
	add(1, "uncollectible", "usd", 4900)
	add(1, "void", "usd", 4900)
	add(1, "draft", "usd", 77700)
	rows, text := 0, ""
	for path := "/orgs/acme/billing/invoices"; path != ""; {
		p := s.b.Get(path).Want(200)
		rows += strings.Count(p.Body, `<td class="key">`)
		text += p.Text()
		path = ""
		for _, link := range p.Links() {
			if strings.Contains(link, "invoices?after=") {
				path = link
			}
		}
	}
	if rows != 149 {
		t.Errorf("%d invoices are listed, want 149", rows)
	}
	for _, want := range []string{"$49.00", "€9.90", "¥1,200", "Paid", "Open", "Void", "Written off"} {
		if !strings.Contains(text, want) {
			t.Errorf("the list does not say %s", want)
		}
	}
	if strings.Contains(text, "777") {
		t.Error("a draft is listed")
	}
	s.b.Get("/orgs/acme/billing/invoices?after=nonsense").Want(200)
}

// The limits of the free plan hold, the page that says so leads to the plans, and paying raises them.
func TestLimitsRiseWithThePlan(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for _, who := range []string{"mira", "jun"} {
		s.Join(t, s.owner, s.Account(t, who, who+"@example.com"), scope.Member)
	}
	invite := func() *webtest.Page {
		return s.b.Post("/orgs/acme/people/invitations", url.Values{"email": {"nina@example.com"}, "role": {"member"}})
	}
	p := invite().Want(402).Says("The Free plan includes 3 members", "See the plans")
	if links := strings.Join(p.Links(), " "); !strings.Contains(links, "/orgs/acme/billing") {
		t.Errorf("the page leads to %s", links)
	}
	s.b.Post("/orgs/acme/people/invitations", url.Values{"email": {"guest@example.com"}, "role": {"guest"}}).Want(200)
	s.buy(t).Says("3 of 25", "€27.00", "a month for 3 seats")
	invite().Want(200).Says("on its way")
}
