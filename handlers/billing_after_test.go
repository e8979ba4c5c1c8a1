package handlers_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

// A change that has happened is planned no more, although Stripe keeps the schedule for a whole period.
func TestAfterAPlannedChange(t *testing.T) {
	t.Parallel()
	s := onBusiness(t, "year")
	s.b.Post(change, s.b.Get(change+"?plan=business&interval=month").Form(change)).Want(200).Says("Is paid by month from 1 January 2027 on")
	s.st.Pass(t, begin().AddDate(1, 0, 1))
	s.st.Deliver(t)
	if s.schedules(t) != 1 {
		t.Fatalf("%d schedules are attached: the test proves nothing", s.schedules(t))
	}
	s.Worker.Billing.Stored = func(context.Context, uuid.UUID) (int64, error) { return 60_000_000_000, nil }
	if err := s.Worker.Billing.ReportUsage(t.Context(), s.owner.TenantID, begin().AddDate(1, 0, 1).Truncate(time.Hour)); err != nil {
		t.Fatal(err)
	}
	var note string
	s.row(t, `select note from usage_hours where tenant_id = $1`, &note)
	if items := s.st.Sim.Subscriptions(1)[0].Items; len(items) != 2 || note != "" {
		t.Errorf("%d items and the note %q: what is kept beyond the plan is not charged", len(items), note)
	}
	s.code(t, "SPRING", nil)
	s.apply(t, "SPRING").At(billingPage).Want(200).Says("The code is applied", "Spring offer")
	if s.schedules(t) != 0 {
		t.Error("the schedule would take the discount away with its phase")
	}
	s.st.Pass(t, begin().AddDate(1, 1, 1))
	s.st.Deliver(t)
	s.b.Get(billingPage).Want(200).Says("Business", "Active", "Spring offer")
}

// lose makes the answers of Stripe to the orders at path get lost, although they are carried out.
func (s shop) lose(path string) {
	s.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: path, Times: 9, AfterCarryingOut: true})
}

// A cancellation whose answer was lost is not believed again after the subscription was kept, and neither is the keeping.
func TestCancelAndResumeAfterALostAnswer(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	reason := url.Values{"reason": {"unused"}}
	ends := func() bool { return s.st.Sim.Subscriptions(1)[0].CancelAtPeriodEnd }
	for round := range 2 {
		s.lose("/v1/subscriptions/")
		s.b.Post(cancelPage, reason).Want(503)
		s.st.Sim.ClearFaults()
		s.st.Deliver(t)
		s.b.Get(billingPage).Says("Ends soon")
		s.lose("/v1/subscriptions/")
		s.b.Post(billingPage+"/resume", nil).Want(503)
		s.st.Sim.ClearFaults()
		s.st.Deliver(t)
		s.b.Get(billingPage).Says("renews on 1 February 2026")
		s.b.Post(cancelPage, reason).At(billingPage).Want(200).Says("Ends soon")
		if !ends() {
			t.Fatalf("round %d: Stripe does not know that the subscription ends", round)
		}
		s.b.Post(billingPage+"/resume", nil).At(billingPage).Want(200).Says("renews on 1 February 2026")
		if ends() {
			t.Fatalf("round %d: Stripe does not know that the subscription goes on", round)
		}
	}
}

// A planned change whose answer was lost and that a cancellation gave up can be planned anew.
func TestAChangeIsPlannedAgainAfterACancellation(t *testing.T) {
	t.Parallel()
	for name, give := range map[string]func(shop){
		"cancelled": func(s shop) {
			s.b.Post(cancelPage, nil).At(billingPage).Want(200)
			s.b.Post(billingPage+"/resume", nil).At(billingPage).Want(200)
		},
		"withdrawn": func(s shop) { s.b.Post(change+"/withdraw", nil).At(billingPage).Want(200) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onBusiness(t, "month")
			s.lose("/v1/subscription_schedules/")
			s.b.Post(change, s.b.Get(change+"?plan=team&interval=month").Form(change)).Want(503)
			s.st.Sim.ClearFaults()
			give(s)
			if s.schedules(t) != 0 {
				t.Fatal("the schedule is still attached")
			}
			s.b.Post(change, s.b.Get(change+"?plan=team&interval=month").Form(change)).At(billingPage).Want(200).Says("Changes to Team on 1 February 2026")
		})
	}
}

// Who has paid and then chooses another plan, pressing twice, buys one subscription.
func TestAnotherChoiceAfterPaying(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stripesim.Fault{
		"told at once":                 {Method: "POST", Path: "/v1/nothing", Status: 500},
		"what was bought is not found": {Method: "GET", Path: "/v1/subscriptions/", Status: 500, Times: 1},
		"the session is not found":     {Path: "/v1/checkout/sessions/", Status: 500, Times: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			choose := func(plan string) *webtest.Page {
				return s.b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {plan}, "interval": {"month"}})
			}
			webtest.FollowOut(t, leaves(t, choose("team")), card(paysCard))
			s.st.Skip() // the news come late
			s.st.Sim.InjectFault(fault)
			first := choose("business")
			if first.Status != 409 && first.Status != 503 {
				t.Fatalf("the first answer is %d: %s", first.Status, first.Text())
			}
			for range 2 {
				choose("business").Want(409)
			}
			if n := len(s.st.Sim.Checkouts(0)); n != 1 {
				t.Errorf("%d sessions, want the one that is paid", n)
			}
			s.b.Get(billingPage).Says("Team", "Active")
			if n := count(t, s.Site, `select count(*) from billing_intents where kind = 'checkout' and closed_at is null`); n != 0 {
				t.Errorf("%d checkouts are still open", n)
			}
		})
	}
}

// A choice whose predecessor could not be expired does not leave two sessions that can be paid.
func TestAnotherChoiceWhileStripeIsAway(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	choose := func(plan string) *webtest.Page {
		return s.b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {plan}, "interval": {"month"}})
	}
	first := leaves(t, choose("team"))
	s.st.Sim.InjectFault(stripesim.Fault{Path: "/v1/checkout/sessions/"})
	choose("business").Want(503)
	s.st.Sim.ClearFaults()
	leaves(t, choose("business"))
	if _, page := webtest.FollowOut(t, first, nil); !strings.Contains(page, "expired") {
		t.Error("the first session can still be paid")
	}
}

// A card that was given a moment ago can be replaced by another: the way to the portal is not the finished one.
func TestTwoCardsWithinAMinute(t *testing.T) {
	t.Parallel()
	s := onTrial(t, "")
	led := map[string]bool{}
	for _, number := range []string{laterCard, paysCard} {
		to := leaves(t, s.b.Get(billingPage).Submit(billingPage+"/portal", "way", "card"))
		led[to] = true
		webtest.FollowOut(t, to, card(number))
	}
	if len(led) != 2 {
		t.Errorf("both times it led to %v", led)
	}
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Visa ending in 4242")
}

// A coupon for some months is not begun anew by a lower plan; one that lasts goes along.
func TestACouponAndALowerPlan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		coupon  url.Values
		carried bool
		says    string
	}{
		"for ever":    {url.Values{"duration": {"forever"}}, true, "before VAT and the discount"},
		"some months": {url.Values{"duration": {"repeating"}, "duration_in_months": {"3"}}, false, "before VAT, until"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onBusiness(t, "month")
			c.coupon.Set("percent_off", "20")
			c.coupon.Set("name", "Spring offer")
			s.api(t, "/v1/subscriptions/"+s.st.Sim.Subscriptions(1)[0].ID, url.Values{"coupon": {s.api(t, "/v1/coupons", c.coupon)}})
			s.st.Deliver(t)
			p := s.b.Get(change + "?plan=team&interval=month").Want(200).Says(c.says)
			s.b.Post(change, p.Form(change)).At(billingPage).Want(200).Says("Changes to Team", "Spring offer")
			phases := s.st.Sim.Schedules(1)[0].Phases
			if len(phases) != 2 || phases[0].Coupon == "" || (phases[1].Coupon != "") != c.carried {
				t.Errorf("the phases are %+v", phases)
			}
		})
	}
}
