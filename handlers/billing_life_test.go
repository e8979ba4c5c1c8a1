package handlers_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"plinth/internal/scope"
	"plinth/test/webtest"
)

func TestTrial(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Get("/orgs/acme/billing").Says("Try Team", "14 days free, no card needed").Submit("/orgs/acme/billing/trial", "plan", "team").
		At("/orgs/acme/billing").Says("Your trial of Team ends in 14 days,", "Trial, 14 days left", "trial until 15 January 2026", "Add a card", "1 of 25")
	s.Join(t, s.owner, s.Account(t, "Gus", "gus@example.com"), scope.Guest)
	s.SignIn(t, "gus@example.com").Get("/orgs/acme").Want(200).Silent("Your trial of Team") // guests can do nothing about it
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

// Whoever left Checkout open in another tab must not pay there for a second subscription.
func TestATrialClosesTheCheckout(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	to := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/checkout", "plan", "team", "interval", "month"))
	s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/trial", "plan", "team").Want(200).Says("Trial, 14 days left")
	if back, page := webtest.FollowOut(t, to, card(paysCard)); back != "" || !strings.Contains(page, "expired") {
		t.Errorf("the checkout is still open and leads to %q", back)
	}
	s.st.Deliver(t)
	if n := len(s.st.Sim.Subscriptions(0)); n != 1 {
		t.Errorf("%d subscriptions, want the trial alone", n)
	}
}

func TestFailedRenewal(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	portal := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/portal", "way", "card"))
	webtest.FollowOut(t, portal, card(laterCard))
	s.st.Pass(t, begin().AddDate(0, 1, 0).Add(2*time.Hour))
	s.st.Deliver(t)
	if s.status(t) != "past_due" {
		t.Fatalf("the row is %s, want past_due", s.status(t))
	}
	s.b.Get("/orgs/acme/billing").Want(200).Says("Payment failed", "The payment of €9.00 on 1 February 2026 failed.", "The next attempt is on 2 February 2026", "Update the card", "of 25")
	s.b.Get("/orgs/acme").Want(200).Says("The last payment did not go through. The next attempt is on 2 February.", "can only be read from")
	if mails := s.about(t, dana, "failed"); len(mails) != 1 || !strings.Contains(mails[0].Text, "€9.00") {
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
	if n, paid := len(s.about(t, dana, "failed")), len(s.about(t, dana, "Receipt")); n != 1 || paid != 2 {
		t.Errorf("%d mails and %d receipts, want still one, and two", n, paid)
	}
}

func TestCancelInThePortal(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	sub := s.st.Sim.Subscriptions(1)[0].ID
	portal := leaves(t, s.b.Post("/orgs/acme/billing/portal", url.Values{"way": {"cancel"}}))
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
	s.buy(t)
	s.st.Deliver(t)
	s.st.Pass(t, begin().AddDate(0, 0, 15).Add(12*time.Hour)) // half of January
	p := s.b.Get("/orgs/acme/billing/change?plan=business&interval=month").Want(200).
		Says("Change to Business", "Due today", "€5.00", "Unused time", "Keep Team", "€19.00 a month", "Pay €5.00 and change")
	form := p.Form("/orgs/acme/billing/change")
	s.b.Post("/orgs/acme/billing/change", form).At("/orgs/acme/billing").Want(200).Says("Business", "€19.00 per member and month")
	s.b.Post("/orgs/acme/billing/change", form).At("/orgs/acme/billing").Want(200).Says("The plan is changed") // pressed twice
	s.st.Deliver(t)
	if in := s.st.Sim.Invoices(0); len(in) != 2 || in[0].AmountPaid != 500 {
		t.Errorf("%d invoices, the newest of %d; want two, 500", len(in), in[0].AmountPaid)
	}
	var changes int
	s.row(t, `select count(*) from subscription_changes where tenant_id = $1`, &changes)
	if changes != 2 {
		t.Errorf("%d changes, want 2", changes)
	}
	s.b.Get("/orgs/acme/billing/change?plan=business&interval=month").Want(409).Says("your plan already")
	s.b.Get("/orgs/acme/billing/change?plan=gold&interval=month").Want(422)
	form.Set("prorated_at", "1")
	s.b.Post("/orgs/acme/billing/change", form).Want(409).Says("no longer right")
}

// Who joins between the preview and the confirmation would change what is charged, so new amounts are shown first.
func TestUpgradeChargesWhatWasShown(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	show := func() *webtest.Page {
		return s.b.Get("/orgs/acme/billing/change?plan=business&interval=month").Want(200)
	}
	form := show().Says("Due today", "€10.00").Form("/orgs/acme/billing/change")
	s.Join(t, s.owner, s.Account(t, "Jun", "jun@example.com"), scope.Member)
	s.b.Post("/orgs/acme/billing/change", form).Want(409).Says("no longer right")
	if in := s.st.Sim.Invoices(0); len(in) != 1 {
		t.Errorf("%d invoices, want the first alone", len(in))
	}
	s.b.Post("/orgs/acme/billing/change", show().Form("/orgs/acme/billing/change")).At("/orgs/acme/billing").Want(200).Says("The plan is changed")
}

func TestUpgradeIsDeclined(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
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

func TestPayByYear(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Pass(t, begin().AddDate(0, 0, 15).Add(12*time.Hour))
	p := s.b.Get("/orgs/acme/billing/change?plan=team&interval=year").Want(200).
		Says("Pay Team by year", "€90.00", "−€4.50", "Pay €85.50 and change", "From 16 January 2027", "€90.00 a year")
	s.b.Post("/orgs/acme/billing/change", p.Form("/orgs/acme/billing/change")).At("/orgs/acme/billing").Says("€90.00 per member and year", "renews on 16 January 2027")
}

func TestSecureCard(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	to := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/checkout", "plan", "team", "interval", "month"))
	back, _ := webtest.FollowOut(t, to, card(secureCard))
	if !strings.HasSuffix(back, "/authenticate") {
		t.Fatalf("the card leads to %q", back)
	}
	s.st.Deliver(t)
	if got := s.status(t); got != "" {
		t.Errorf("before the bank is asked the row is %q", got)
	}
	back, _ = webtest.FollowOut(t, to+"/authenticate", url.Values{"outcome": {"complete"}})
	if !strings.Contains(back, "from=checkout") {
		t.Fatalf("after the bank: %q", back)
	}
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Says("Active")
}
