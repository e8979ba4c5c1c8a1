package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

// inDays is the day so many days from now, as a form sends it and as a page says it.
func inDays(days int) (sent, said string) {
	day := time.Now().UTC().AddDate(0, 0, days)
	return day.Format(time.DateOnly), day.Format("2 January 2006")
}

func TestStaffGiveAPlan(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.exec(t, `update subscriptions set status = 'canceled', access_status = 'canceled' where tenant_id = $1`, o.acme.TenantID)
	owner := o.SignIn(t, dana)
	at := "/admin/organizations/" + o.acme.TenantID.String()
	page := o.staff.Get(at).Want(200).Says("Give a plan or a longer trial").Silent("End what is given")
	past, _ := inDays(-1)
	far, _ := inDays(800)
	for _, wrong := range []struct {
		say  string
		sent []string
	}{
		{"Say why.", []string{"kind", "comp", "plan", "team", "why", " "}},
		{"at most 500", []string{"kind", "comp", "plan", "team", "why", strings.Repeat("x", 501)}},
		{"Choose a plan from the list.", []string{"kind", "comp", "plan", "free", "why", "x"}},
		{"Choose what is given.", []string{"kind", "gold", "plan", "team", "why", "x"}},
		{"Say until when", []string{"kind", "trial", "plan", "team", "why", "x"}},
		{"This day has passed", []string{"kind", "comp", "plan", "team", "until", past, "why", "x"}},
		{"within two years", []string{"kind", "comp", "plan", "team", "until", far, "why", "x"}},
		{"Write the day as", []string{"kind", "comp", "plan", "team", "until", "soon", "why", "x"}},
	} {
		page.Submit(at+"/plan", wrong.sent...).Want(http.StatusUnprocessableEntity).Says(wrong.say)
	}
	kept := page.Submit(at+"/plan", "kind", "trial", "plan", "business", "until", past, "why", "They asked.").Want(422).Form(at + "/plan")
	if kept.Get("why") != "They asked." || kept.Get("plan") != "business" || kept.Get("until") != past {
		t.Errorf("what was typed is lost: %v", kept)
	}
	o.staff.Post(at+"/plan", url.Values{"kind": {"comp"}, "plan": {"team"}, "why": {"x"}}).Want(422).Says("Load the page again")
	owner.Get("/orgs/acme/billing").Want(200).Says("Free").Silent("given by")
	if n := rowsOf(t, o.Site, `select count(*) from plan_overrides`); n != 0 {
		t.Fatalf("%d overrides after wrong forms", n)
	}

	page.Submit(at+"/plan", "kind", "comp", "plan", "business", "why", "They write our docs.").Want(200).At(at).
		Says("Business without payment without end, by Sam Reyes: They write our docs.", "in force", "End what is given")
	page.Submit(at+"/plan", "kind", "comp", "plan", "business", "why", "They write our docs.").Want(200) // pressed twice
	owner.Get("/orgs/acme/billing").Want(200).Says("Business", "given by Plinth")
	owner.Get("/orgs/acme/audit").Want(200).Says("gave the plan Business without end: They write our docs.")
	o.givenNow(t, "business comp", 1)

	// Another one takes its place, with an end.
	sent, said := inDays(10)
	o.staff.Get(at).Submit(at+"/plan", "kind", "trial", "plan", "team", "until", sent, "why", "Ten more days.").Want(200).
		Says("a trial of Team until "+said, "ended", "by Sam Reyes: replaced")
	owner.Get("/orgs/acme/billing").Want(200).Says("Team", "a trial until "+said+", given by Plinth")
	owner.Get("/orgs/acme/audit").Want(200).Says("gave the plan Team until " + said + ": Ten more days.")
	o.givenNow(t, "team trial", 2)
	if got := o.one(t, `select to_char(until_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from plan_overrides where ended_at is null`); !strings.HasSuffix(got, ":59:59") {
		t.Errorf("it ends at %s, and the whole day should count", got)
	}

	// Its date ends it, without anybody.
	o.exec(t, `update plan_overrides set until_at = now() - interval '1 minute' where ended_at is null`)
	owner.Get("/orgs/acme/billing").Want(200).Says("Free").Silent("given by")
	o.staff.Get(at).Want(200).Says("ended by its date").Silent("End what is given")
	o.staff.Get(at).Submit(at+"/plan", "kind", "comp", "plan", "team", "why", "Again.").Want(200)
	if got := o.one(t, `select count(*)::text from plan_overrides where ended_at = until_at and ended_by is null`); got != "1" {
		t.Errorf("%s rows say that their date ended them", got)
	}

	page = o.staff.Get(at)
	page.Submit(at+"/plan/end", "why_end", "").Want(422).Says("Say why.")
	page.Submit(at+"/plan/end", "why_end", "They pay now.").Want(200).Says("What was given has ended", "by Sam Reyes: They pay now.")
	page.Submit(at+"/plan/end", "why_end", "They pay now.").Want(200) // pressed twice
	owner.Get("/orgs/acme/billing").Want(200).Says("Free").Silent("given by")
	owner.Get("/orgs/acme/audit").Want(200).Says("ended the given plan: They pay now.")
	if n := rowsOf(t, o.Site, `select count(*) from account_events where action like 'staff.plan_given%'`); n != 4 {
		t.Errorf("%d of 4 acts are noted", n)
	}

	for _, path := range []string{"/plan", "/plan/end"} {
		owner.Post(at+path, url.Values{"why": {"x"}}).Want(404)
		o.staff.Post("/admin/organizations/x"+path, url.Values{"why": {"x"}, "why_end": {"x"}}).Want(404)
	}
	o.staff.Post("/admin/organizations/"+uuid.NewString()+"/plan", url.Values{"kind": {"comp"}, "plan": {"team"}, "why": {"x"}, "id": {uuid.NewString()}}).Want(404)
	o.exec(t, `update tenants set closing_at = now() where id = $1`, o.acme.TenantID)
	o.staff.Get(at).Submit(at+"/plan", "kind", "comp", "plan", "team", "why", "x").Want(409).Says("is being deleted")
}

// givenNow checks what is in force, and how many were ever given.
func (o office) givenNow(t *testing.T, want string, all int) {
	t.Helper()
	if got := o.one(t, `select plan || ' ' || kind from plan_overrides where ended_at is null`); got != want {
		t.Errorf("in force is %s, want %s", got, want)
	}
	if n := rowsOf(t, o.Site, `select count(*) from plan_overrides`); n != all {
		t.Errorf("%d were given, want %d", n, all)
	}
}

// A trial that runs at Stripe is made longer there, so that nothing is charged or cancelled at its old end.
func TestStaffMoveTheEndOfATrial(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, staff := s.Staff(t, "Sam Reyes", sam)
	s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/trial", "plan", "team").Want(200)
	s.st.Deliver(t)
	at := "/admin/organizations/" + s.owner.TenantID.String()
	page := staff.Get(at).Want(200).Says("The trial of Team runs at Stripe until 15 January 2026")
	page.Submit(at+"/plan", "kind", "trial", "until", "2026-01-10", "why", "x").Want(422).Says("runs until 15 January 2026 already")
	page.Submit(at+"/plan", "kind", "trial", "until", "2026-02-10", "why", "Their summer school.").Want(200).
		Says("the end of the trial at Stripe moved until 10 February 2026, by Sam Reyes: Their summer school.", "done at Stripe")
	page.Submit(at+"/plan", "kind", "trial", "until", "2026-02-10", "why", "Their summer school.").Want(200) // pressed twice
	if n := s.st.Keys("/v1/subscriptions/"); n != 1 {
		t.Errorf("%d orders went to Stripe", n)
	}
	if n := rowsOf(t, s.Site, `select count(*) from plan_overrides where kind = 'stripe_trial' and ended_at is not null`); n != 1 {
		t.Errorf("%d notes", n)
	}
	s.b.Get("/orgs/acme/billing").Want(200).Says("trial until 10 February 2026", "Trial, 41 days left").Silent("given by")
	s.b.Get("/orgs/acme/audit").Want(200).Says("moved the end of the trial to 10 February 2026: Their summer school.")
	s.st.Pass(t, begin().AddDate(0, 0, 20))
	s.st.Deliver(t)
	if s.status(t) != "trialing" {
		t.Fatalf("after its old end the trial is %s", s.status(t))
	}
	s.st.Pass(t, begin().AddDate(0, 0, 42))
	s.st.Deliver(t)
	if s.status(t) != "canceled" {
		t.Fatalf("after its new end the trial is %s", s.status(t))
	}
}

// What Stripe refuses is not told as done, and another day in the same form is another note.
func TestStripeDoesNotMoveATrial(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, staff := s.Staff(t, "Sam Reyes", sam)
	s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/trial", "plan", "team").Want(200)
	s.st.Deliver(t)
	at := "/admin/organizations/" + s.owner.TenantID.String()
	page := staff.Get(at).Want(200)
	move := func(day string) *webtest.Page {
		return page.Submit(at+"/plan", "kind", "trial", "until", day, "why", "Their summer school.")
	}
	s.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: "/v1/subscriptions/", Status: 400, Times: 1})
	move("2026-02-10").Want(409).Says("Stripe has not moved the end of the trial")
	staff.Get(at).Want(200).Says("Stripe did not move the end of the trial")
	s.b.Get("/orgs/acme/audit").Want(200).Says("ended the given plan: Stripe did not move the end of the trial")
	move("2026-02-12").Want(200)
	s.b.Get("/orgs/acme/billing").Want(200).Says("trial until 12 February 2026")
	if n := rowsOf(t, s.Site, `select count(*) from plan_overrides where ended_reason = '' and until_at::date = '2026-02-12'`); n != 1 {
		t.Errorf("%d notes of the day that the trial was moved to", n)
	}
	s.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: "/v1/subscriptions/", Status: 400, Times: 1})
	move("2026-02-14").Want(409)
	move("2026-02-14").Want(200) // the same once more, and now it is taken
	if n := rowsOf(t, s.Site, `select count(*) from plan_overrides where ended_reason = '' and until_at::date = '2026-02-14'`); n != 1 {
		t.Errorf("%d notes after a refusal that was asked for again", n)
	}
}
