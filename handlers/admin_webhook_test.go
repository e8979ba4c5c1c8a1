package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
)

func TestReplayAllOfAFilter(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for i := range 203 {
		o.exec(t, `insert into stripe_events (id, type, created, livemode, customer_id, payload, state, received_at)
			values ($1, 'invoice.paid', now(), false, 'cus_acme', '{}', 'queued', now() - make_interval(hours => 1, mins => $2))`, fmt.Sprintf("evt_late_%03d", i), i)
	}
	o.exec(t, `insert into stripe_events (id, type, created, livemode, customer_id, payload, state) values ('evt_fresh', 'invoice.paid', now(), false, 'cus_acme', '{}', 'queued')`)
	o.staff.Get("/admin/webhooks").Want(200).Says("204 queued, the oldest for 4 h", "2 parked, the oldest for").Silent("Replay all of them")
	page := o.staff.Get("/admin/webhooks?state=late").Want(200).Says("203 events", "Replay all of them").Silent("evt_fresh")
	page.Submit("/admin/webhooks/replay", "why", " ").Want(http.StatusUnprocessableEntity).Says("Say why.", "203 events")
	o.staff.Post("/admin/webhooks/replay", url.Values{"state": {"applied"}, "why": {"x"}}).Want(422).Says("Choose parked events")
	far := page.Submit("/admin/webhooks/replay", "why", "The worker was down.").Want(200).Says("Replay of Stripe events", "Late", "0 of 203 are queued again, 0 wait to be applied")
	page.Submit("/admin/webhooks/replay", "why", "The worker was down.").Want(200).At(far.Path) // pressed twice
	if n := rowsOf(t, o.Site, `select count(*) from account_events where action = 'staff.webhooks_replayed' and changes -> 'why' ->> 1 = 'The worker was down.'`); n != 1 {
		t.Errorf("%d notes", n)
	}
	jobs := `select count(*)::text from river.river_job where kind = 'apply_stripe_event' and args ->> 'event_id' like 'evt_late_%'`
	id := uuid.MustParse(path.Base(far.Path))
	for more := true; more; {
		var err error
		if more, err = o.Worker.Admin.ActOnJobs(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.one(t, jobs+` and priority = 4`); got != "203" {
		t.Errorf("%s jobs that let others go first, want one of each event", got)
	}
	o.staff.Get(far.Path).Want(200).Says("203 of 203 are queued again, 203 wait to be applied")
	o.exec(t, `update stripe_events set state = 'applied' where state = 'queued'`)
	o.staff.Get(far.Path).Want(200).Says("203 events were applied again.", "Webhook events").Silent("hx-trigger")
	o.staff.Post("/admin/webhooks/replay", url.Values{"id": {uuid.NewString()}, "state": {"late"}, "why": {"x"}}).Want(http.StatusConflict).Says("No event is left")

	o.staff.Get("/admin/webhooks?state=parked&customer=cus_nobody").Want(200).Says("one event", "no organization has this customer").
		Submit("/admin/webhooks/replay", "why", "Once more.").Want(200).Says("1 of 1 are queued again, 1 wait to be applied")
	if got := o.one(t, `select string_agg(id || ' ' || state, ', ' order by id) from stripe_events where id in ('evt_nobody', $1)`, o.event); got != o.event+" parked, evt_nobody queued" {
		t.Errorf("the parked ones are %s", got)
	}
}

func TestAnEventShowsItsAttempts(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, err := dbtest.At(t, o.Database.Worker).Exec(t.Context(), `
		insert into river.river_job (kind, queue, state, args, attempt, max_attempts, attempted_at, finalized_at, errors)
		values ('apply_stripe_event', 'billing', 'discarded', jsonb_build_object('event_id', $1::text), 2, 2, now(), now(),
			array[jsonb_build_object('at', now(), 'attempt', 1, 'error', 'Stripe was away', 'trace', ''), jsonb_build_object('at', now(), 'attempt', 2, 'error', $2::text, 'trace', '')])`,
		o.event, "no room "+hostile); err != nil {
		t.Fatal(err)
	}
	o.staff.Get("/admin/webhooks/"+o.event).Want(200).Says("Parked since", "attempt 1", "Stripe was away", "attempt 2", "no room").Silent(hostile)
}

func TestCustomersWithoutAnOrganization(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.exec(t, `insert into stripe_events (id, type, created, livemode, customer_id, payload, state, received_at)
		select 'evt_n' || n, 'invoice.paid', now(), false, 'cus_nobody', '{}', case when n = 1 then 'ignored' else 'parked' end, now() - make_interval(days => n) from generate_series(1, 3) n`)
	o.exec(t, `insert into stripe_events (id, type, created, livemode, customer_id, payload, state) values ('evt_other', 'invoice.paid', now(), false, 'cus_other', '{}', 'ignored')`)
	o.staff.Get("/admin/customers").Want(200).Says("cus_nobody 3 3").Silent("cus_other", "cus_acme")
	o.staff.Get("/admin/customers?show=all").Want(200).Says("cus_nobody 3 4", "cus_other 0 1").Silent("cus_acme")
	at := "/admin/customers/cus_nobody"
	page := o.staff.Get(at).Want(200).Says("4 events", "3 parked", "customer.subscription.created", "never by an e-mail address")
	if !strings.Contains(page.Body, `href="https://dashboard.stripe.com/test/customers/cus_nobody"`) {
		t.Error("no link to the customer at Stripe")
	}
	page.Submit(at+"/ignore", "why", "").Want(http.StatusUnprocessableEntity).Says("Say why.")
	page.Submit(at+"/ignore", "why", "A test of the accountant's.").Want(200).At("/admin/customers").Says("Every customer that Stripe speaks of is an organization's")
	page.Submit(at+"/ignore", "why", "Another.").Want(200) // pressed twice
	if got := o.one(t, `select count(*)::text from stripe_events where customer_id = 'cus_nobody' and state = 'ignored' and note = 'nobody''s customer: A test of the accountant''s.'`); got != "3" {
		t.Errorf("%s events are closed with the reason", got)
	}
	if got := o.lastAct(t); got != "staff.customer_ignored cus_nobody" {
		t.Errorf("noted %q", got)
	}
	o.staff.Get(at).Want(200).Says("Nothing of it is parked").Silent(at + "/ignore")
	for _, id := range []string{"cus_acme", "cus_none", "%00"} {
		o.staff.Get("/admin/customers/" + id).Want(404)
		o.staff.Post("/admin/customers/"+id+"/ignore", url.Values{"why": {"x"}}).Want(404)
	}
}

// As many as are done at once end at once.
func TestAReplayOfTwoHundredEnds(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.exec(t, `insert into stripe_events (id, type, created, livemode, customer_id, payload, state, received_at)
		select 'evt_late_' || n, 'invoice.paid', now(), false, 'cus_acme', '{}', 'queued', now() - interval '1 hour' from generate_series(1, 200) n`)
	far := o.staff.Get("/admin/webhooks?state=late").Want(200).Submit("/admin/webhooks/replay", "why", "The worker was down.").Want(200).Says("200 of 200 are queued again, 200 wait")
	if more, err := o.Worker.Admin.ActOnJobs(t.Context(), uuid.MustParse(path.Base(far.Path))); more || err != nil {
		t.Errorf("there is more: %v %v", more, err)
	}
	if n := rowsOf(t, o.Site, `select count(*) from river.river_job where kind = 'act_on_jobs'`); n != 1 {
		t.Errorf("%d jobs go on with it", n)
	}
	o.exec(t, `update stripe_events set state = 'applied' where id like 'evt_late_%'`)
	o.staff.Get(far.Path).Want(200).Says("200 events were applied again.")
}
