package handlers_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"plinth/internal/scope"
	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

const (
	billingPage = "/orgs/acme/billing"
	cancelPage  = "/orgs/acme/billing/cancel"
)

func TestCancelAndResume(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Get(cancelPage).At(billingPage) // nothing to cancel
	s.b.Post(cancelPage, nil).Want(409).Says("no subscription")
	s.b.Post(billingPage+"/resume", nil).Want(409)
	s.buy(t)
	s.st.Deliver(t)
	for _, who := range []string{"mira", "jun", "nina"} {
		s.Join(t, s.owner, s.Account(t, who, who+"@example.com"), scope.Member)
	}
	s.b.Get(billingPage).Says("Cancel plan")
	p := s.b.Get(cancelPage).Want(200).
		Says("Cancel Team", "Team stays until 1 February 2026", "Acme Robotics is on Free from then on", "Free includes", "4 members are in use, 3 are included", "Nothing is deleted", "Keep Team")
	bad := p.Submit(cancelPage, "reason", "bored", "comment", strings.Repeat("x", 1001)).Want(422).Says("Choose one of the list", "This is too long")
	if got := bad.Form(cancelPage).Get("comment"); len(got) != 1001 {
		t.Errorf("what was typed is %d characters long", len(got))
	}
	p.Submit(cancelPage, "reason", "too_expensive", "comment", "A <b>cheaper</b> one").At(billingPage).Want(200).
		Says("The subscription is cancelled", "Ends soon", "ends on 1 February 2026", "Keep Team")
	p.Submit(cancelPage, "reason", "unused").At(billingPage).Want(200) // pressed twice
	if n := s.st.Keys("/v1/subscriptions/"); n != 1 {
		t.Errorf("%d orders to cancel, want one", n)
	}
	sub := s.st.Sim.Subscriptions(1)[0]
	if d := sub.CancellationDetails; d.Feedback != "too_expensive" || d.Comment != "A <b>cheaper</b> one" {
		t.Errorf("Stripe knows %+v", d)
	}
	if n := count(t, s.Site, `select count(*) from events where action = 'billing.cancel_asked' and changes->'reason'->>1 = 'too_expensive'
		and person->>'comment' = 'A <b>cheaper</b> one'`); n != 1 {
		t.Errorf("%d entries with the reason, want one", n)
	}
	s.b.Get(cancelPage).At(billingPage)
	s.b.Get(billingPage).Submit(billingPage+"/resume").At(billingPage).Want(200).Says("The subscription goes on", "Active", "renews on 1 February 2026")
	s.b.Post(billingPage+"/resume", nil).At(billingPage).Want(200) // pressed twice
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Active", "renews on")

	// Cancelled anew it is another order, and this time the end comes.
	if p := s.b.HX("POST", cancelPage, url.Values{"reason": {""}}).Want(200); p.Header.Get("HX-Redirect") != billingPage {
		t.Errorf("htmx is led to %q", p.Header.Get("HX-Redirect"))
	}
	s.b.Get(billingPage).Says("Ends soon")
	s.st.Pass(t, begin().AddDate(0, 1, 1))
	s.b.Post(billingPage+"/resume", nil).Want(409).Says("has ended")
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Free", "4 of 3", "Choose Team")
	s.b.Post(billingPage+"/resume", nil).Want(409).Says("has ended")
	s.b.Post(cancelPage, nil).At(billingPage).Want(200) // it has ended: nothing is left to do
}

func TestCancelWhileAPaymentIsMissing(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	webtest.FollowOut(t, leaves(t, s.b.Post(billingPage+"/portal", url.Values{"way": {"card"}})), card(laterCard))
	s.st.Pass(t, begin().AddDate(0, 1, 0).Add(2*time.Hour))
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Payment failed")
	p := s.b.Get(cancelPage).Want(200).Says("A payment is missing, so Team ends at once").Silent("At the end of the trial")
	p.Submit(cancelPage).At(billingPage).Want(200).Says("Free", "Choose Team")
	p.Submit(cancelPage).At(billingPage).Want(200).Says("Free")
	s.st.Deliver(t)
	if s.status(t) != "canceled" {
		t.Errorf("the row is %s", s.status(t))
	}
}

func TestATrialIsEnded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		now, says string
		status    string
	}{
		"at its end": {"0", "trial until 15 January 2026", "trialing"},
		"now":        {"1", "Choose Team", "canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			s.b.Get(billingPage).Submit(billingPage+"/trial", "plan", "team")
			p := s.b.Get(cancelPage).Want(200).Says("Nothing is charged either way", "At the end of the trial, on 15 January 2026", "Now")
			p.Submit(cancelPage, "now", c.now).At(billingPage).Want(200)
			s.st.Deliver(t)
			if s.status(t) != c.status {
				t.Errorf("the row is %s, want %s", s.status(t), c.status)
			}
			if c.status == "trialing" {
				s.b.Get("/orgs/acme").Says("Your trial of Team ends in 14 days,", "It was cancelled: Acme Robotics is on Free after that, and nothing is charged.").Silent("Without a card")
				s.b.Get(billingPage).Says("ends on 15 January 2026").Submit(billingPage + "/resume").Says("trial until 15 January 2026")
			} else {
				s.b.Get(billingPage).Says("Free", c.says).Silent("Try Team")
			}
		})
	}
}

// Whoever has cancelled is told of the end where it stands, and is not asked for a card.
func TestACancelledTrialAsksForNoCard(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]url.Values{
		"at its end": {"cancel_at_period_end": {"true"}},
		"on a day":   {"cancel_at": {strconv.FormatInt(begin().AddDate(0, 0, 13).Add(12*time.Hour).Unix(), 10)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onTrial(t, paysCard)
			s.api(t, "/v1/subscriptions/"+s.st.Sim.Subscriptions(1)[0].ID, end)
			s.st.Deliver(t)
			s.b.Get("/orgs/acme").Says("It was cancelled").Silent("Without a card", "is charged then")
			s.st.Pass(t, begin().AddDate(0, 0, 12))
			s.st.Deliver(t)
			if mails := s.about(t, dana, "ends soon"); len(mails) != 0 {
				t.Errorf("%d mails about the end of a trial that was cancelled: %+v", len(mails), mails)
			}
		})
	}
}

// Stripe has ended it, and the news has not come yet.
func TestCancelWhatIsGone(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	sub := s.st.Sim.Subscriptions(1)[0].ID
	if _, err := s.App.Billing.Stripe.Subscriptions.Cancel(sub, nil); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"POST", "DELETE"} {
		s.st.Sim.InjectFault(stripesim.Fault{Method: method, Path: "/v1/subscriptions", Status: 404, Code: "resource_missing"})
	}
	for range 2 {
		s.b.Post(cancelPage, nil).At(billingPage).Want(200).Says("The subscription is cancelled", "Choose Team")
	}
	if s.status(t) != "canceled" {
		t.Errorf("the row is %s", s.status(t))
	}
	s.b.Post(billingPage+"/resume", nil).Want(409)
}

func TestCancelWithAPlannedChange(t *testing.T) {
	t.Parallel()
	s := onBusiness(t, "month")
	s.b.Post(change, s.b.Get(change+"?plan=team&interval=month").Form(change)).Says("Changes to Team")
	s.b.Get(cancelPage).Want(200).Says("The change to Team on 1 February 2026, which was planned, will not happen.").
		Submit(cancelPage).At(billingPage).Says("ends on 1 February 2026").Silent("Changes to Team")
	if s.schedules(t) != 0 {
		t.Error("the schedule is still attached")
	}
}

func TestCancelWhileStripeIsAway(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	s.st.Sim.InjectFault(faultAll())
	typed := url.Values{"reason": {"unused"}, "comment": {"What took a while to write"}}
	p := s.b.Post(cancelPage, typed).Want(503).Says("Nothing was changed", "Cancel Team")
	if form := p.Form(cancelPage); form.Get("comment") != typed.Get("comment") || form.Get("reason") != "unused" || p.Header.Get("Retry-After") == "" {
		t.Errorf("the form that came back holds %v", form)
	}
	s.st.Sim.ClearFaults()
	s.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: "/v1/subscriptions/", Times: 9, AfterCarryingOut: true})
	s.b.Post(cancelPage, nil).Want(503)
	s.st.Sim.ClearFaults()
	s.b.Post(cancelPage, nil).At(billingPage).Want(200).Says("Ends soon")
	if n := count(t, s.Site, `select count(*) from events where action = 'billing.cancel_asked'`); n != 1 {
		t.Errorf("%d entries, want one", n)
	}
	s.st.Sim.InjectFault(faultAll())
	s.b.Post(billingPage+"/resume", nil).Want(503)
	s.st.Sim.ClearFaults()
	s.b.Post(billingPage+"/resume", nil).At(billingPage).Want(200).Says("renews on")
}
