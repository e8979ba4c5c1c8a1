package handlers_test

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

// code makes a promotion code for a fifth off, changed as a test wants.
func (s shop) code(t *testing.T, word string, change url.Values) string {
	t.Helper()
	coupon := s.api(t, "/v1/coupons", url.Values{"percent_off": {"20"}, "duration": {"repeating"}, "duration_in_months": {"3"}, "name": {"Spring offer"}})
	form := url.Values{"coupon": {coupon}, "code": {word}}
	for name, values := range change {
		form[name] = values
	}
	return s.api(t, "/v1/promotion_codes", form)
}

func (s shop) apply(t *testing.T, word string) *webtest.Page {
	t.Helper()
	return s.b.Get(billingPage).Submit("/orgs/acme/billing/code", "promotion", word)
}

func TestAPromotionCode(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Post("/orgs/acme/billing/code", url.Values{"promotion": {"SPRING"}}).Want(409).Says("no subscription yet")
	s.buy(t)
	s.st.Deliver(t)
	s.code(t, "SPRING", nil)
	s.apply(t, " spring ").At(billingPage).Want(200).Says("The code is applied", "Spring offer: 20 % off until 1 April 2026", "before VAT and the discount")
	s.apply(t, "SPRING").At(billingPage).Want(200) // pressed twice
	if n := s.st.Sim.PromotionCodes(1)[0].TimesRedeemed; n != 1 {
		t.Errorf("redeemed %d times", n)
	}
	if n := count(t, s.Site, `select count(*) from events where action = 'billing.code_applied'`); n != 1 {
		t.Errorf("%d entries, want one", n)
	}
	s.st.Pass(t, begin().AddDate(0, 0, 15).Add(12*time.Hour))
	s.b.Get(change+"?plan=business&interval=month").Want(200).Says("(with 20% off)", "Pay €3.10 and change", "before VAT and the discount")

	// A lower plan later keeps it.
	s.st.Deliver(t)
	s.b.Post(change, s.b.Get(change+"?plan=business&interval=month").Form(change)).Says("Business")
	s.b.Post(change, s.b.Get(change+"?plan=team&interval=month").Want(200).Form(change)).Says("Changes to Team", "Spring offer")
	s.code(t, "OTHER", nil)
	s.apply(t, "OTHER").Want(422).Says("A change of plan is planned")
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Spring offer: 20 % off")
}

func TestCodesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.Join(t, s.owner, s.Account(t, "Mira", "mira@example.com"), scope.Admin)
	s.SignIn(t, "mira@example.com").Post("/orgs/acme/billing/code", url.Values{"promotion": {"SPRING"}}).Want(403)
	s.buy(t)
	s.st.Deliver(t)
	other := s.api(t, "/v1/customers", url.Values{"name": {"Somebody else"}})
	soon := begin().Add(time.Hour).Unix()
	s.code(t, "THEIRS", url.Values{"customer": {other}})
	s.code(t, "OLD", url.Values{"expires_at": {strconv.FormatInt(soon, 10)}})
	s.code(t, "FIRST", url.Values{"restrictions[first_time_transaction]": {"true"}})
	s.code(t, "LARGE", url.Values{"restrictions[minimum_amount]": {"100000"}, "restrictions[minimum_amount_currency]": {"eur"}})
	s.api(t, "/v1/promotion_codes/"+s.code(t, "GONE", nil), url.Values{"active": {"false"}})
	s.code(t, "ONCE", url.Values{"max_redemptions": {"1"}})
	s.apply(t, "ONCE").Want(200).Says("The code is applied")
	s.code(t, "NEXT", nil)
	s.apply(t, "NEXT").Want(200).Says("The code is applied") // in the place of the one before
	s.st.Pass(t, begin().Add(2*time.Hour))
	for word, says := range map[string]string{
		"": "Enter a promotion code", "WINTER": "There is no such code", "THEIRS": "for somebody else", "OLD": "has expired", "ONCE": "has been used up",
		"GONE": "no longer valid", "FIRST": "for a first purchase only", "LARGE": "needs a larger amount",
	} {
		p := s.apply(t, word).Want(422).Says(says)
		if got := p.Form("/orgs/acme/billing/code").Get("promotion"); got != word {
			t.Errorf("what was typed is %q, want %q", got, word)
		}
	}
	s.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: "/v1/subscriptions/", Times: 9, AfterCarryingOut: true})
	s.code(t, "LAST", nil)
	if p := s.b.Post("/orgs/acme/billing/code", url.Values{"promotion": {"LAST"}}).Want(503); p.Form("/orgs/acme/billing/code").Get("promotion") != "LAST" {
		t.Error("what was typed is lost with the answer")
	}
	s.st.Sim.ClearFaults()
	s.apply(t, "LAST").Want(200).Says("The code is applied")
	if n := s.st.Sim.PromotionCodes(1)[0].TimesRedeemed; n != 1 {
		t.Errorf("redeemed %d times", n)
	}
}

// Stripe is asked by people no more often than people ask.
func TestAskingStripeTooOften(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	exhaust := func(take func(context.Context, scope.Scope) error) {
		for range 100 {
			if err := take(t.Context(), s.owner); fault.Is(err, fault.Throttled) {
				return
			} else if err != nil {
				t.Fatal(err)
			}
		}
		t.Error("a hundred times and none was refused")
	}
	s.b.Get(change + "?plan=business&interval=month").Want(200)
	exhaust(s.App.Billing.TakePreview)
	exhaust(s.App.Billing.TakeCode)
	s.st.Forget()
	for _, path := range []string{change + "?plan=business&interval=month", billingPage + "/start"} {
		if p := s.b.Get(path).Want(429).Says("Too many attempts"); p.Header.Get("Retry-After") == "" {
			t.Errorf("%s does not say when to come again", path)
		}
	}
	p := s.apply(t, "SPRING").Want(429).Says("Too many attempts")
	if got := p.Form("/orgs/acme/billing/code").Get("promotion"); got != "SPRING" {
		t.Errorf("what was typed is %q", got)
	}
	if n := s.st.Calls("/v1/"); n != 0 {
		t.Errorf("Stripe was asked %d times", n)
	}
	s.Org(t, s.owner.Person, "harbour", "Harbour Labs")
	s.b.Get("/orgs/harbour/billing/start").Want(409) // of another organization: it may ask
}

// What is owed from before stands in the table, so that its lines add up.
func TestAPreviewAddsUp(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	s.st.Pass(t, begin().AddDate(0, 0, 15).Add(12*time.Hour)) // half of January
	s.api(t, "/v1/customers/"+s.st.Sim.Customers(1)[0].ID, url.Values{"balance": {"250"}})
	s.b.Get(change+"?plan=business&interval=month").Want(200).Says("Owed from before €2.50", "Pay €7.50 and change")
}

func TestACodeInATrial(t *testing.T) {
	t.Parallel()
	s := onTrial(t, paysCard)
	s.code(t, "SPRING", nil)
	s.apply(t, "SPRING").Want(200).Says("Spring offer: 20 % off")
	p := s.b.Get("/orgs/acme/billing/start").Want(200).Says("Discount −€1.80", "Pay €7.20 and start")
	s.b.Post("/orgs/acme/billing/start", p.Form("/orgs/acme/billing/start")).Want(200)
	if in := s.st.Sim.Invoices(1)[0]; in.AmountPaid != 720 {
		t.Errorf("paid %d, want 720", in.AmountPaid)
	}
}

// A discount that somebody gives in the dashboard shows; so does one from the checkout.
func TestADiscountFromTheDashboard(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	coupon := s.api(t, "/v1/coupons", url.Values{"amount_off": {"300"}, "currency": {"eur"}, "duration": {"forever"}, "name": {"Thanks"}})
	s.api(t, "/v1/subscriptions/"+s.st.Sim.Subscriptions(1)[0].ID, url.Values{"coupon": {coupon}})
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Thanks: €3.00 off")
}

func TestTheCheckoutTakesCodesAndTaxIDs(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.code(t, "SPRING", nil)
	to := leaves(t, s.b.Get(billingPage).Submit("/orgs/acme/billing/checkout", "plan", "team", "interval", "month"))
	if _, page := webtest.FollowOut(t, to, nil); !strings.Contains(page, "romotion") || !strings.Contains(page, "tax") {
		t.Fatalf("the checkout takes no code or no tax id:\n%s", page)
	}
	form := card(paysCard)
	form.Set("act", "apply")
	form.Set("promotion", "SPRING")
	if _, page := webtest.FollowOut(t, to, form); !strings.Contains(page, "7.20") {
		t.Fatalf("the code takes nothing off:\n%s", page)
	}
	webtest.FollowOut(t, to, card(paysCard))
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Active", "Spring offer: 20 % off until 1 April 2026")
	if in := s.st.Sim.Invoices(1)[0]; in.AmountPaid != 720 {
		t.Errorf("paid %d, want 720", in.AmountPaid)
	}
}

func TestPricing(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	p := s.Browser(t).Get("/pricing").Want(200).Silent("API requests").Says("€9", "€19", "per member and month", "Try Team for 14 days", "Members-only projects", "Without limit", "50 GB", "How do I cancel?", "14 days and without a card")
	if links := strings.Join(p.Links(), " "); !strings.Contains(links, "/pricing?by=year") || !strings.Contains(links, "/signup?plan=team") {
		t.Errorf("the page leads to %s", links)
	}
	s.Browser(t).Get("/pricing?by=year").Want(200).Says("€90", "per member and year")
	s.Browser(t).Get("/pricing?by=week").Want(200).Says("per member and month")
	if links := strings.Join(s.Browser(t).Get("/").Want(200).Links(), " "); !strings.Contains(links, "/pricing") {
		t.Error("the landing page does not lead to the prices")
	}
	s.b.Get("/pricing").At(billingPage)
	s.Org(t, s.owner.Person, "harbour", "Harbour Labs")
	s.b.Get("/pricing").At("/pricing").Want(200)
	s.Join(t, s.owner, s.Account(t, "Jun", "jun@example.com"), scope.Member)
	s.SignIn(t, "jun@example.com").Get("/pricing").At("/pricing").Want(200)
}
