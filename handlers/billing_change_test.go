package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"plinth/internal/scope"
	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

const change = "/orgs/acme/billing/change"

// onBusiness is a shop that pays for Business, bought by upgrading, with everything delivered.
func onBusiness(t *testing.T, interval string) shop {
	t.Helper()
	s := newShop(t)
	to := leaves(t, s.b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {"business"}, "interval": {interval}}))
	webtest.FollowOut(t, to, card(paysCard))
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Says("Business", "Active")
	s.st.Forget()
	return s
}

// seats is the job that follows the members, without the seconds it waits for more of them.
func (s shop) seats(t *testing.T) {
	t.Helper()
	if err := s.App.Billing.SyncSeats(t.Context(), s.owner.TenantID); err != nil {
		t.Fatal(err)
	}
	s.st.Deliver(t)
}

func (s shop) schedules(t *testing.T) int {
	t.Helper()
	n := 0
	for _, sub := range s.st.Sim.Subscriptions(0) {
		if sub.Schedule != "" {
			n++
		}
	}
	return n
}

func TestDowngradeAtTheEndOfThePeriod(t *testing.T) {
	t.Parallel()
	s := onBusiness(t, "month")
	for _, who := range []string{"mira", "jun"} {
		s.Join(t, s.owner, s.Account(t, who, who+"@example.com"), scope.Member)
	}
	s.seats(t)
	show := func() *webtest.Page {
		return s.b.Get(change+"?plan=team&interval=month").Want(200).
			Says("Change to Team", "Business stays until 1 February 2026", "Nothing is charged today", "Team includes", "25 members", "Due today", "€0.00", "From 1 February 2026: €27.00 a month", "Change on 1 February 2026")
	}
	form := show().Form(change)
	s.b.Post(change, form).At("/orgs/acme/billing").Want(200).Says("The plan changes on 1 February 2026", "Changes to Team on 1 February 2026", "Keep Business", "Team begins")
	s.b.Post(change, form).At("/orgs/acme/billing").Want(200).Says("The plan changes on") // pressed twice
	s.b.Get(change + "?plan=team&interval=month").Want(409).Says("planned already")
	if s.st.Calls("POST /v1/subscription_schedules") != 2 || s.schedules(t) != 1 {
		t.Errorf("%d orders, %d schedules; want two and one", s.st.Calls("POST /v1/subscription_schedules"), s.schedules(t))
	}
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Says("Business", "€57.00", "a month for 3 seats")
	var pending, interval string
	s.row(t, `select pending_plan, pending_interval from subscriptions where tenant_id = $1 and is_current`, &pending, &interval)
	if pending != "team" || interval != "month" {
		t.Errorf("the row waits for %q by %q", pending, interval)
	}

	// Somebody joins meanwhile: both phases count them.
	s.Join(t, s.owner, s.Account(t, "nina", "nina@example.com"), scope.Member)
	s.seats(t)
	s.b.Get("/orgs/acme/billing").Says("Business", "€76.00", "Changes to Team on 1 February 2026")

	s.st.Pass(t, begin().AddDate(0, 1, 1))
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Says("Team", "€36.00", "a month for 4 seats", "Active", "Change to Business").Silent("Changes to")
	if in := s.st.Sim.Invoices(1)[0]; in.AmountPaid < 3600 {
		t.Errorf("the new period costs %d, want 3600 and what was prorated", in.AmountPaid)
	}
}

func TestADowngradeIsWithdrawn(t *testing.T) {
	t.Parallel()
	s := onBusiness(t, "month")
	withdraw := change + "/withdraw"
	s.b.Post(withdraw, nil).At("/orgs/acme/billing").Want(200) // nothing is planned
	s.b.Post(change, s.b.Get(change+"?plan=team&interval=month").Form(change)).Says("Changes to Team")
	form := s.b.Get("/orgs/acme/billing").Form(withdraw)
	s.b.Post(withdraw, form).At("/orgs/acme/billing").Want(200).Says("The plan stays as it is", "Business", "renews on 1 February 2026").Silent("Changes to Team")
	s.b.Post(withdraw, form).At("/orgs/acme/billing").Want(200).Says("The plan stays as it is") // pressed twice
	if s.schedules(t) != 0 {
		t.Error("the schedule is still attached")
	}
	// Planned anew it is another order.
	if p := s.b.HX("POST", change, s.b.Get(change+"?plan=team&interval=month").Form(change)).Want(200); p.Header.Get("HX-Redirect") != "/orgs/acme/billing" {
		t.Errorf("htmx is led to %q", p.Header.Get("HX-Redirect"))
	}
	s.b.Get("/orgs/acme/billing").Says("Changes to Team")
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/audit").Says("asked to change the plan", "took the planned change of the plan back")
}

func TestAnUpgradeGivesThePlannedChangeUp(t *testing.T) {
	t.Parallel()
	s := onBusiness(t, "month")
	s.b.Post(change, s.b.Get(change+"?plan=team&interval=month").Form(change)).Says("Changes to Team")
	p := s.b.Get(change+"?plan=business&interval=year").Want(200).Says("The change to Team on 1 February 2026, which was planned, will not happen.", "Pay Business by year")
	s.b.Post(change, p.Form(change)).At("/orgs/acme/billing").Want(200).Says("The plan is changed", "€190.00 per member and year").Silent("Changes to Team")
	if s.schedules(t) != 0 {
		t.Error("the schedule is still attached")
	}
}

func TestFromYearToMonth(t *testing.T) {
	t.Parallel()
	s := onBusiness(t, "year")
	p := s.b.Get(change+"?plan=business&interval=month").Want(200).Says("Pay Business by month", "What is paid for goes on until 1 January 2027", "€19.00 a month")
	s.b.Post(change, p.Form(change)).Want(200).Says("Is paid by month from 1 January 2027 on", "Keep paying by year")
	s.st.Pass(t, begin().AddDate(1, 0, 1))
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Says("€19.00 per member and month", "Active", "renews on 1 February 2027")
}

// What is lost on the way is asked for again with the same keys, so there is one schedule in the end.
func TestALostAnswerPlansOneChange(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stripesim.Fault{
		"the schedule": {Method: "POST", Path: "/v1/subscription_schedules", Times: 9, AfterCarryingOut: true},
		"the phases":   {Method: "POST", Path: "/v1/subscription_schedules/", Times: 9, AfterCarryingOut: true},
		"not reached":  {Method: "POST", Path: "/v1/subscription_schedules", Times: 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onBusiness(t, "month")
			form := s.b.Get(change + "?plan=team&interval=month").Form(change)
			s.st.Sim.InjectFault(fault)
			s.b.Post(change, form).Want(503).Says("Stripe")
			s.st.Sim.ClearFaults()
			s.b.Post(change, form).At("/orgs/acme/billing").Want(200).Says("Changes to Team on 1 February 2026")
			if s.schedules(t) != 1 || s.st.Keys("/v1/subscription_schedules") > 2 {
				t.Errorf("%d schedules, %d keys; want one, two", s.schedules(t), s.st.Keys("/v1/subscription_schedules"))
			}
		})
	}
}

// What somebody plans in Stripe's dashboard is shown, and can be taken back here.
func TestAChangePlannedInTheDashboard(t *testing.T) {
	t.Parallel()
	s := onBusiness(t, "month")
	s.b.Post(change, s.b.Get(change+"?plan=team&interval=month").Form(change))
	s.row(t, `with gone as (update subscriptions set pending_plan = '', pending_interval = '', pending_at = null, pending_stripe_price_id = null where tenant_id = $1 returning 1)
		select count(*) from gone`, new(int))
	s.b.Get("/orgs/acme/billing").Silent("Changes to Team")
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/billing").Says("Changes to Team", "Keep Business").Submit(change + "/withdraw").Says("The plan stays as it is")
}

func TestThePortalChangesNoPlan(t *testing.T) {
	t.Parallel()
	s := onBusiness(t, "month")
	portal := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/portal", "way", ""))
	_, page := webtest.FollowOut(t, portal, nil)
	if strings.Contains(page, "Change to Plinth") {
		t.Errorf("the portal offers another plan:\n%s", page)
	}
	sub := s.st.Sim.Subscriptions(1)[0]
	before := sub.Items[0].Price
	for _, price := range s.st.Sim.Prices(0) {
		webtest.FollowOut(t, portal+"/plan", url.Values{"subscription": {sub.ID}, "price": {price.ID}})
	}
	if after := s.st.Sim.Subscriptions(1)[0].Items[0].Price; after != before {
		t.Errorf("the plan went from %s to %s in the portal", before, after)
	}
}

func TestChangesThatAreRefused(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Get(change + "?plan=team&interval=month").Want(409)
	s.b.Post(change+"/withdraw", nil).Want(409)
	s.buy(t)
	s.b.Get(change + "?plan=team&interval=month").Want(409).Says("your plan already")
	s.b.Get(change + "?plan=free&interval=month").Want(422)
	s.st.Deliver(t)
	s.b.Post("/orgs/acme/billing/cancel", nil).Want(200)
	s.b.Get(change + "?plan=business&interval=month").Want(409).Says("about to end")
	form := url.Values{"plan": {"business"}, "interval": {"month"}, "id": {"00000000-0000-0000-0000-000000000000"}}
	s.b.Post(change, form).Want(409).Says("no longer right")
	s.st.Sim.InjectFault(faultAll())
	s.b.Get(change + "?plan=business&interval=month").Want(503)
	s.b.Post(change+"/withdraw", nil).Want(503)
}

// In a trial nothing is paid for, so another plan begins at once.
func TestALowerPlanInATrial(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/trial", "plan", "business").Says("Business", "Trial, 14 days left")
	p := s.b.Get(change+"?plan=team&interval=month").Want(200).Says("Change to Team", "The trial goes on with Team until its end", "From 15 January 2026: €9.00 a month")
	s.b.Post(change, p.Form(change)).At("/orgs/acme/billing").Want(200).Says("Team", "Trial, 14 days left")
	if n := len(s.st.Sim.Invoices(0)); n > 1 {
		t.Errorf("%d invoices in a trial", n)
	}
}
