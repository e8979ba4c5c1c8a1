package billing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/stripesim"
)

func TestSyncMendsDrift(t *testing.T) {
	t.Parallel()
	const n, page = 130, 100
	w := plain(t)
	for i := range n {
		customer, sub := fmt.Sprintf("cus_%d", i), fmt.Sprintf("sub_x%d", i)
		tenant := uuid.Must(uuid.NewV7())
		w.exec(`insert into tenants (id, slug, name, created_by, time_zone) values ($1, $2, 'T', $3, 'UTC')`, tenant, fmt.Sprintf("t-%d", i), w.s.Person.ID)
		w.exec(`insert into billing_customers (tenant_id, stripe_customer_id, livemode) values ($1, $2, true)`, tenant, customer)
		w.put(object{"object": "customer", "id": customer, "name": "T"})
		w.put(w.subscription(object{"id": sub, "customer": customer, "quantity": 1.0}))
		if i == 7 {
			continue // the row is missing
		}
		quantity := 1
		if i%13 == 0 {
			quantity = 5
		}
		w.exec(`insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, is_current, status, access_status, stripe_price_id,
			quantity, current_period_end, livemode, ticket, applied) values ($1, $2, $3, $4, true, 'active', 'active', 'price_pro_m', $5, $6, true, 1, 1)`,
			tenant, uuid.Must(uuid.NewV7()), sub, customer, quantity, time.Unix(1769904000, 0))
	}
	w.put(w.subscription(object{"id": "sub_stranger", "customer": "cus_ZZZ"}))
	w.st.Forget()
	all := w.sync()
	if w.looked != n {
		t.Errorf("the report says %d were compared, want %d", w.looked, n)
	}
	if len(all) != 11 {
		t.Errorf("%d rows are said to differ, want 11: %+v", len(all), all)
	}
	w.wantCount("rows that still differ", 0, `select count(*) from subscriptions where quantity <> 1 or status <> 'active'`)
	w.wantCount("rows in the report", 11, `select count(*) from billing_drifts d join subscriptions s using (tenant_id, stripe_subscription_id) where d.what <> ''`)
	w.wantCount("tasks about drift", 11, `select count(*) from billing_tasks where kind = 'drift'`)
	w.wantCount("rows of strangers", 0, `select count(*) from subscriptions where stripe_subscription_id = 'sub_stranger'`)
	if lists, gets := w.st.Calls("GET /v1/subscriptions")-w.st.Calls("GET /v1/subscriptions/"), w.st.Calls("GET /v1/subscriptions/"); lists != 2 || gets != 11 {
		t.Errorf("%d lists and %d reads, want 2 (of %d each) and 11", lists, gets, page)
	}
}

func TestSweepTakesUpWhatFellByTheWayside(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(nil))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	w.exec(`delete from river.river_job`)
	w.exec(`update stripe_events set state = 'queued', applied_at = null, received_at = now() - interval '16 minutes'`)
	w.sweep()
	w.sweep()
	w.wantCount("jobs for the late event", 1, `select count(*) from river.river_job where kind = 'apply_stripe_event'`)
	w.work()
	w.wantEvents(map[string]int{"applied": 1})

	// The period ends, and no event comes.
	w.put(w.subscription(object{"status": "canceled", "ended_at": 1769904000.0}))
	w.clock(1769904000 - 1767225600 + 3599)
	w.sweep()
	w.wantCount("looks before an hour has passed", 0, `select count(*) from river.river_job where kind = 'refetch_subscription'`)
	w.clock(1769904000 - 1767225600 + 3601)
	w.sweep()
	w.site.Settle(t)
	w.wantRow(object{"status": "canceled"})
}

// The event that a trial ends soon is late or lost: whoever owns the organization is reminded once all the same.
func TestAReminderOfATrialNeedsNoEvent(t *testing.T) {
	t.Parallel()
	const begun, ends = 1767225600, 1767225600 + 14*86400
	w := plain(t)
	w.put(w.subscription(object{"status": "trialing", "trial_end": float64(ends), "current_period_end": float64(ends)}))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	w.site.Settle(t)
	w.clock(ends - begun - 3*86400 + 3599)
	w.sweep()
	w.wantCount("looks before an hour has passed", 0, `select count(*) from river.river_job where kind = 'refetch_subscription'`)
	w.clock(ends - begun - 3*86400 + 3601)
	w.sweep()
	w.site.Settle(t)
	w.wantCount("reminders", 1, `select count(*) from events where action = 'billing.trial_will_end'`)
	w.event("evt_2", "customer.subscription.trial_will_end", "sub_1")
	w.site.Settle(t)
	w.sweep()
	w.site.Settle(t)
	w.wantCount("reminders after the event", 1, `select count(*) from events where action = 'billing.trial_will_end'`)
	w.wantCount("mails", 1, `select count(*) from mails where kind = 'billing_trial_will_end' or kind = 'trial_will_end'`)
}

// The job goes from page to page; one that is tried again adds nothing to the report of its run.
func TestTheNightlyJobReportsOneRun(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.plantSubs(150, 2)
	for range 2 { // the queue gave the job up once, and it is tried again
		if err := w.site.Worker.Billing.Sync(w.ctx(), w.s.TenantID, ""); err != nil {
			t.Fatal(err)
		}
	}
	w.site.Settle(t)
	runs, err := w.site.App.Billing.Runs(w.ctx(), 9)
	if err != nil || len(runs) != 1 || runs[0].LookedAt != 150 || runs[0].Differed != 2 || runs[0].FinishedAt == nil {
		t.Errorf("the report is %+v, %v", runs, err)
	}
	w.exec(`update billing_syncs set started_at = now() - interval '181 days'`)
	if err := w.site.Worker.Billing.BeginSync(w.ctx(), w.s.Person.ID); err != nil {
		t.Fatal(err)
	}
	w.wantCount("reports after half a year", 1, `select count(*) from billing_syncs`)
	w.wantCount("rows of reports that are gone", 0, `select count(*) from billing_drifts`)
}

// Events that Stripe could not deliver are taken from its list: once, with the rules of those that arrive.
func TestSweepTakesWhatStripeCouldNotDeliver(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(nil))
	w.st.Sim.AddEndpoint("http://127.0.0.1:1/webhooks", newSecret)
	if err := w.st.Sim.SetChaos("", stripesim.Chaos{DropNext: 1000}); err != nil {
		t.Fatal(err)
	}
	sub := w.st.Sim.Object("sub_1")
	for range 105 { // more than a page
		w.st.Sim.EmitRaw("customer.subscription.updated", sub)
	}
	w.st.Sim.EmitRaw("invoice.payment_failed", object{"id": "in_1", "customer": "cus_A", "subscription": "sub_1", "status": "open", "attempt_count": 1.0})
	w.st.Sim.EmitRaw("customer.created", object{"id": "cus_A"})
	w.st.Sim.EmitRaw("customer.subscription.created", object{"id": "sub_9", "customer": "cus_nobody"})
	w.sweep()
	w.wantCount("events stored", 107, `select count(*) from stripe_events where state = 'queued'`)
	w.sweep()
	w.wantCount("jobs after the second sweep", 107, `select count(*) from river.river_job where kind = 'apply_stripe_event'`)
	w.work()
	w.wantCount("events applied", 106, `select count(*) from stripe_events where state = 'applied'`)
	w.wantCount("events parked", 1, `select count(*) from stripe_events where state = 'parked'`)
	w.wantRow(object{"status": "active", "stripe_price_id": "price_pro_m"})
	w.wantCount("lines about the payment", 1, `select count(*) from events where action = 'billing.payment_failed'`)

	// What is older than Stripe tries is left, and the rest of the sweep is done while Stripe is away.
	w.st.Sim.EmitRaw("customer.subscription.updated", sub)
	w.clock(3*86400 + 60)
	w.sweep()
	w.wantCount("events stored", 107, `select count(*) from stripe_events`)
	w.exec(`update stripe_events set state = 'parked', customer_id = 'cus_A' where state = 'parked'`)
	w.st.Sim.InjectFault(stripesim.Fault{Path: "/v1/events", Status: 500})
	if err := w.site.Worker.Billing.Sweep(w.ctx()); err == nil {
		t.Error("Stripe was away, and the sweep says nothing of it")
	}
	w.wantCount("events parked", 0, `select count(*) from stripe_events where state = 'parked'`)
}

// What a row shows of the card, the discount and the planned change is mended by the nightly comparison, also where the
// columns are younger than the row; nobody is bothered with it. A change planned for another day is for staff.
func TestSyncMendsWhatIsShown(t *testing.T) {
	t.Parallel()
	w := plain(t)
	sub := w.subscription(nil)
	w.put(sub)
	at := zero().AddDate(0, 1, 0).Unix()
	full := w.st.Sim.Object("sub_1")
	full["default_payment_method"] = object{"object": "payment_method", "id": "pm_1", "card": object{"brand": "visa", "last4": "4242", "exp_month": 2, "exp_year": 2028}}
	full["discount"] = object{"object": "discount", "id": "di_1", "end": at, "coupon": object{"object": "coupon", "id": "SPRING", "percent_off": 12.5}}
	full["schedule"] = object{"object": "subscription_schedule", "id": "sub_sched_1", "status": "active",
		"current_phase": object{"start_date": zero().Unix(), "end_date": at},
		"phases":        []any{object{"start_date": at, "items": []any{object{"price": "price_team_m", "quantity": 3}}}}}
	w.says("sub_1", full)
	w.event("evt_1", "customer.subscription.updated", "sub_1")
	const shown = `select concat_ws(' ', card_brand, card_last4, card_expires::date, discount_name, discount_percent, discount_until::date, pending_plan, pending_interval, pending_at::date) from subscriptions`
	want := w.text(shown)
	if want != "visa 4242 2028-02-29 SPRING 12.5 2026-02-01 team month 2026-02-01" {
		t.Fatalf("the row shows %q", want)
	}
	for _, lost := range []string{"card_brand = '', card_last4 = '', card_expires = null", "card_expires = '2027-01-31'", "discount_name = '', discount_percent = 0, discount_until = null",
		"discount_until = null", "pending_plan = '', pending_interval = ''"} {
		w.exec(`update subscriptions set ` + lost)
		if found := w.sync(); len(found) != 1 {
			t.Errorf("%s: %d rows are said to differ", lost, len(found))
		}
		if got := w.text(shown); got != want {
			t.Errorf("%s: the row shows %q, want %q", lost, got, want)
		}
	}
	w.wantCount("tasks", 0, `select count(*) from billing_tasks`)
	for i, lost := range []string{"pending_at = '2026-03-01'", "pending_stripe_price_id = 'price_x'", "pending_stripe_price_id = null, pending_at = null"} {
		w.exec(`delete from billing_tasks`)
		w.exec(`update subscriptions set ` + lost)
		if found := w.sync(); len(found) != 1 || found[0].What != "planned change" {
			t.Errorf("%d: %+v", i, found)
		}
		w.wantCount("tasks about the planned change", 1, `select count(*) from billing_tasks where kind = 'drift'`)
	}
	if found := w.sync(); len(found) != 0 || w.text(shown) != want {
		t.Errorf("what is right is said to differ: %+v", found)
	}
}
