package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"plinth/internal/scope"
	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

const accounts = "accounts@acme.example"

func TestReceiptsGoToTheBillingAddress(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.Join(t, s.owner, s.Account(t, "Mira", "mira@example.com"), scope.Owner)
	set := func(email string) *webtest.Page {
		return s.b.Get(billingPage).Submit("/orgs/acme/billing/email", "email", email)
	}
	for _, bad := range []string{"nonsense", "a@b", "Dana <dana@example.com>", strings.Repeat("x", 250) + "@example.com"} {
		if p := set(bad).Want(422); p.Form("/orgs/acme/billing/email").Get("email") != bad {
			t.Errorf("%q was not kept", bad)
		}
	}
	set(accounts).At(billingPage).Want(200).Says("Saved") // before there is a customer
	s.buy(t)
	s.st.Deliver(t)
	s.st.Deliver(t)
	if got := s.st.Sim.Customers(1)[0].Email; got != accounts {
		t.Errorf("the customer is at %q", got)
	}
	receipts := s.Mails(t, accounts)
	if len(receipts) != 1 || !strings.Contains(receipts[0].Subject, "Receipt for Acme Robotics") || !strings.Contains(receipts[0].Text, "€18.00") ||
		!strings.Contains(receipts[0].Text, "/pdf") || strings.Contains(receipts[0].Text, "Hello ,") {
		t.Errorf("%d receipts: %+v", len(receipts), receipts)
	}
	if n := len(s.Mails(t, dana)) + len(s.Mails(t, "mira@example.com")); n != 0 {
		t.Errorf("the owners have %d mails beside the receipt", n)
	}

	// A failed payment is told to the owners and to the address.
	webtest.FollowOut(t, leaves(t, s.b.Post(billingPage+"/portal", url.Values{"way": {"card"}})), card(laterCard))
	s.st.Pass(t, begin().AddDate(0, 1, 0).Add(2*time.Hour))
	s.st.Deliver(t)
	for _, to := range []string{accounts, dana, "mira@example.com"} {
		if n := len(s.Mails(t, to)); n != map[bool]int{true: 2, false: 1}[to == accounts] {
			t.Errorf("%s has %d mails", to, n)
		}
	}
	s.b.Get(billingPage).Says("Pay €18.00 now")

	// Emptied, the owners get the receipt, once each.
	set("").At(billingPage).Want(200)
	set("").At(billingPage).Want(200) // pressed twice
	if got := s.st.Sim.Customers(1)[0].Email; got != dana && got != "mira@example.com" {
		t.Errorf("the customer is at %q", got)
	}
	webtest.FollowOut(t, leaves(t, s.b.Post(billingPage+"/portal", url.Values{"way": {"card"}})), card(paysCard))
	s.st.Pass(t, begin().AddDate(0, 1, 3))
	s.st.Deliver(t)
	if a, b, c := len(s.Mails(t, accounts)), len(s.Mails(t, dana)), len(s.Mails(t, "mira@example.com")); a != 2 || b != 2 || c != 2 {
		t.Errorf("%d, %d and %d mails after the recovery, want 2 each", a, b, c)
	}
	if n := count(t, s.Site, `select count(*) from events where action = 'billing.email_changed'`); n != 2 {
		t.Errorf("%d entries, want two", n)
	}
}

func TestTheBillingAddressWhileStripeIsAway(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.Join(t, s.owner, s.Account(t, "Mira", "mira@example.com"), scope.Admin)
	s.SignIn(t, "mira@example.com").Post("/orgs/acme/billing/email", url.Values{"email": {accounts}}).Want(403)
	s.buy(t)
	s.st.Forget()
	s.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: "/v1/customers", Times: 9, AfterCarryingOut: true})
	p := s.b.Post("/orgs/acme/billing/email", url.Values{"email": {accounts}}).Want(503)
	if got := p.Form("/orgs/acme/billing/email").Get("email"); got != accounts {
		t.Errorf("the form that came back says %q", got)
	}
	s.b.Get(billingPage).Silent(accounts)
	s.st.Sim.ClearFaults()
	if p := s.b.HX("POST", "/orgs/acme/billing/email", url.Values{"email": {accounts}}).Want(200); p.Header.Get("HX-Redirect") != billingPage {
		t.Errorf("htmx is led to %q", p.Header.Get("HX-Redirect"))
	}
	if n := s.st.Keys("/v1/customers/"); n != 1 {
		t.Errorf("%d orders, want one asked twice", n)
	}
	if got := s.b.Get(billingPage).Form("/orgs/acme/billing/email").Get("email"); got != accounts {
		t.Errorf("the page says %q", got)
	}
}

// An invitation says what a seat costs before it is sent, and where there is room when there is none.
func TestWhatASeatCosts(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Get("/orgs/acme/people").Want(200).Silent("takes a seat")
	s.buy(t)
	s.st.Deliver(t)
	s.st.Pass(t, begin().AddDate(0, 0, 15).Add(12*time.Hour)) // half of January
	people := s.b.Get("/orgs/acme/people").Want(200).Says("Each person who joins takes a seat: €9.00 a month, before VAT.", "costs €4.50 until 1 February 2026")
	people.Submit("/orgs/acme/people/invitations", "email", "nina@example.com ivo@example.com", "role", "member").Want(200)
	s.b.Get("/orgs/acme/people").Says("2 invitations are waiting and would take a seat each")
}

func TestNoRoomLeadsToTheUpgrade(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	invite := func(email string) *webtest.Page {
		return s.b.Post("/orgs/acme/people/invitations", url.Values{"email": {email}, "role": {"member"}})
	}
	invite("nina@example.com").Want(200)
	link := s.Link(t, "nina@example.com")
	for i := range 24 {
		name := fmt.Sprintf("m%d", i)
		s.Join(t, s.owner, s.Account(t, name, name+"@example.com"), scope.Member)
	}
	p := invite("ivo@example.com").Want(402).Says("The Team plan includes 25 members", "Make room with Business")
	if links := strings.Join(p.Links(), " "); !strings.Contains(links, "/orgs/acme/billing/change?interval=month&plan=business") {
		t.Errorf("the page leads to %s", links)
	}
	s.b.Get("/orgs/acme/people").Says("Make room with Business")
	s.Account(t, "Nina", "nina@example.com")
	s.SignIn(t, "nina@example.com").Get(link).Submit(link + "/accept").Want(402).
		Says("Acme Robotics has no room for another member at the moment. Ask Dana Whitfield, who invited you, or an owner to make some; the invitation stays open.")
}
