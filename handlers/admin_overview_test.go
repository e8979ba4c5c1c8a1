package handlers_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/pulse"
	"plinth/jobs"
)

// What happened is counted from events and drawn by day.
func TestOverviewDrawsTheDays(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staff.Get("/admin").Want(200).Says("Sign-ups by day, the last thirty days: 0 in all, 0 today", "Active organizations 0")
	for _, chain := range []uuid.UUID{o.acme.TenantID, uuid.Nil} {
		if err := o.Worker.Audit.Seal(t.Context(), chain); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Worker.Metrics.Count(t.Context(), chain); err != nil {
			t.Fatal(err)
		}
	}
	o.exec(t, `insert into daily_totals (day, metric, count)
		values (current_date - 1, 'active_organizations', 41), (current_date - 29, 'tickets_created', 7), (current_date - 30, 'tickets_created', 1000),
			(current_date - 1, 'payments_failed', 2), (current_date + 400, 'sign_ups', 1)`)
	signUps := o.one(t, `select count(*)::text from account_events where action = 'account.created'`)
	page := o.staff.Get("/admin").Want(200).Says("Sign-ups by day, the last thirty days: "+signUps+" in all", "Active organizations by day, the last thirty days: 42 in all, 1 today",
		"Active organizations 1 today, 41 yesterday", "Tickets created by day, the last thirty days: 7 in all, 0 today", "Failed payments 2 in 30 days", "The same as a table")
	o.exec(t, `insert into subscription_changes (tenant_id, id, subscription_id, plan, stripe_price_id, quantity, monthly_amount, currency, at)
		select c.tenant_id, gen_random_uuid(), c.subscription_id, c.plan, c.stripe_price_id, 1, x.amount, c.currency, current_date - x.ago + time '10:00'
		from subscription_changes c cross join (values (40, 2000), (10, 5000)) x (ago, amount)`)
	page.Says("MRR in USD at the end of each of the last thirty days: from $0 to $56")
	page = o.staff.Get("/admin").Want(200).Says("MRR in USD at the end of each of the last thirty days: from $20 to $56")
	if row := regexp.MustCompile(`(?s)<th scope="row">` + time.Now().UTC().AddDate(0, 0, -5).Format("2 Jan") + `</th>\s*<td class="r">([^<]*)`).FindStringSubmatch(page.Body); row == nil || row[1] != "$50" {
		t.Errorf("five days ago: %q", row)
	}
	if n := strings.Count(page.Body, `<th scope="row">`); n < 30 {
		t.Errorf("%d rows of days", n)
	}
}

// How long requests and jobs take is known of all instances; of which organization is not.
func TestOverviewShowsWhatIsSlowAndFails(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staff.Get("/admin").Want(200).Says("Nobody has asked for a page often enough", "Nothing has failed")
	owner := o.SignIn(t, dana)
	for range 6 {
		owner.Get("/orgs/acme/projects").Want(200)
		owner.Get("/orgs/nobodys/projects").Want(404)
		owner.Get("/static/none").Want(404)
	}
	o.enqueue(t, jobs.PurgeExpired{})
	o.Settle(t)
	for range 20 {
		o.App.Pulse.Observe(pulse.Route, "GET /slow", 3*time.Second, true)
		o.App.Pulse.Observe(pulse.Job, "sync_seats", time.Second, true)
	}
	for _, app := range []*pulse.Pulse{o.App.Pulse, o.Worker.Pulse} {
		if err := app.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	o.staff.Get("/admin").Want(200).Says("GET /slow 20 3.5 s", "GET /orgs/{org}/projects 12", "GET /slow 20 100.0 %", "job sync_seats 20 100.0 %")
	if got := o.one(t, `select count || ' ' || errors from timings where what = 'job' and name = 'purge_expired'`); got != "1 0" {
		t.Errorf("the job that was done counts as %s", got)
	}
	if got := o.one(t, `select count(*)::text from timings where name like '%static%' or name like '%acme%' or name like '%nobodys%' or name ~ '[0-9a-f]{8}-'`); got != "0" {
		t.Errorf("%s names say whose it was", got)
	}
}

func TestOverviewSaysWhatWaits(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.exec(t, `delete from undispatched_events`)
	o.staff.Get("/admin").Want(200).Says("Events to pass on 0 all are passed on", "Mails 1")
	o.exec(t, `insert into undispatched_events (tenant_id, event_id, action, queued_at) values ($1, $2, 'ticket.created', now() - interval '5 minutes')`, o.acme.TenantID, uuid.New())
	o.exec(t, `insert into mails (id, key, kind, recipient, subject, state, error) values ($1, 'k', 'reset', 'x@example.com', 's', 'failed', 'no')`, uuid.New())
	o.staff.Get("/admin").Want(200).Says("Events to pass on 1 the oldest waits 5 min", "1 failed or bounced, sent in 24 h")
}
