package events_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/events/eventsdb"
	"plinth/jobs"
)

func (h *house) metrics(batch int) *events.Metrics {
	return &events.Metrics{DB: h.audit.DB, Queue: h.audit.Queue, Batch: batch}
}

func (h *house) count(m *events.Metrics) {
	h.t.Helper()
	for _, tenant := range []uuid.UUID{h.dana.TenantID, uuid.Nil} {
		if more, err := m.Count(context.Background(), tenant); err != nil || more {
			h.t.Fatalf("more %v, %v", more, err)
		}
	}
}

// past puts in an event of a day, done by somebody, with its place among what waits for a seal.
func (h *house) past(at, by, action, changes string) {
	h.t.Helper()
	id := newID()
	h.run(`insert into events (tenant_id, id, at, actor_id, action, object_kind, changes) values ($1, $2, $3, nullif($4, '')::uuid, $5, 'x', $6)`,
		h.dana.TenantID, id, at, by, action, changes)
	h.run(`insert into unsealed_events (tenant_id, event_id) values ($1, $2)`, h.dana.TenantID, id)
}

// counted are the counts of the organization and of all, one line each.
func (h *house) counted() string {
	h.t.Helper()
	return h.one(`select coalesce(string_agg(day || ' ' || metric || ' ' || count, chr(10) order by day, metric), '') from daily_metrics`)
}

func (h *house) totals() string {
	h.t.Helper()
	return h.one(`select coalesce(string_agg(day || ' ' || metric || ' ' || count, chr(10) order by day, metric), '') from daily_totals`)
}

const someDays = `2026-03-01 active_organizations 1
2026-03-01 active_people 2
2026-03-01 comments_written 1
2026-03-01 tickets_created 122
2026-03-02 active_organizations 1
2026-03-02 active_people 1
2026-03-02 invitations_accepted 1
2026-03-02 members_joined 2
2026-03-02 subscriptions_ended 1
2026-03-02 subscriptions_started 1`

// someHappen spreads events over two days, which end at midnight UTC.
func (h *house) someHappen() {
	h.t.Helper()
	dana, mira, sam := h.dana.Person.ID.String(), h.mira.String(), newID().String()
	h.run(`insert into users (id, email, name, email_verified_at, terms_version, terms_accepted_at) values ($1, 'sam@plinth.example', 'Sam', now(), '1', now())`, sam)
	h.past("2026-03-01 10:00Z", dana, "ticket.created", `{}`)
	h.past("2026-03-01 23:59:59.9Z", dana, "ticket.created", `{}`)
	h.past("2026-03-01 23:00Z", dana, "project.imported", `{"tickets": ["", "120"]}`)
	h.past("2026-03-01 23:01Z", dana, "project.imported", `{"tickets": ["", "many"]}`) // which says nothing
	h.past("2026-03-01 11:00Z", mira, "ticket.commented", `{}`)
	h.past("2026-03-01 12:00Z", sam, "staff.viewed", `{}`) // no member
	h.past("2026-03-02 00:00Z", dana, "member.joined", `{"by": ["", "invitation"]}`)
	h.past("2026-03-02 01:00Z", dana, "member.joined", `{"by": ["", "link"]}`)
	h.past("2026-03-02 02:00Z", "", "billing.subscription_changed", `{"status": ["incomplete", "active"]}`)
	h.past("2026-03-02 03:00Z", "", "billing.subscription_changed", `{"status": ["active", "past_due"]}`)
	h.past("2026-03-02 04:00Z", "", "billing.subscription_changed", `{"status": ["past_due", "canceled"]}`)
}

func TestADaysCountsAreWhatEventsSay(t *testing.T) {
	t.Parallel()
	for _, batch := range []int{1, 2, 4, 100} {
		t.Run(fmt.Sprintf("%d at a time", batch), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.someHappen()
			h.run(`insert into account_events (id, at, user_id, action) values (gen_random_uuid(), '2026-03-02 05:00Z', $1, 'account.created'), (gen_random_uuid(), '2026-03-02 06:00Z', $1, 'account.signed_in')`, h.mira)
			h.run(`insert into unsealed_events (tenant_id, event_id) select $1, id from account_events`, uuid.Nil)
			h.seal()
			h.count(h.metrics(batch))
			if got := h.counted(); got != someDays {
				t.Errorf("counted\n%s", got)
			}
			if got, want := h.totals(), someDays[:len(someDays)-len("\n2026-03-02 subscriptions_ended 1\n2026-03-02 subscriptions_started 1")]+
				"\n2026-03-02 sign_ups 1\n2026-03-02 subscriptions_ended 1\n2026-03-02 subscriptions_started 1"; got != want {
				t.Errorf("all together\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestWhatIsCountedTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.someHappen()
	h.seal()
	m := h.metrics(3)
	for range 3 {
		h.count(m)
	}
	if got := h.counted(); got != someDays {
		t.Errorf("counted three times\n%s", got)
	}
	// What is sealed later is added, whatever its day, and who was active already is not counted anew.
	h.past("2026-03-01 13:00Z", h.mira.String(), "ticket.created", `{}`)
	h.seal()
	h.count(m)
	if got := h.one(`select count::text from daily_metrics where day = '2026-03-01' and metric = 'tickets_created'`); got != "123" {
		t.Errorf("%s tickets", got)
	}
	for _, metric := range []string{"active_people 2", "active_organizations 1"} {
		if got := h.one(`select string_agg(metric || ' ' || count, ', ') from daily_metrics where day = '2026-03-01' and metric = split_part($1, ' ', 1)`, metric); got != metric {
			t.Errorf("%s, want %s", got, metric)
		}
	}
}

func TestTwoWhoCountAtOnceCountOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 120 {
		h.past(fmt.Sprintf("2026-03-%02d 10:00Z", 1+i%12), h.mira.String(), "ticket.created", `{}`)
	}
	h.seal()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := h.metrics(7).Count(context.Background(), h.dana.TenantID); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	const sums = `select string_agg(metric || ' ' || n, ', ' order by metric) from (select metric, sum(count) as n from %s group by metric) s`
	for _, table := range []string{"daily_metrics", "daily_totals"} {
		if got := h.one(fmt.Sprintf(sums, table)); got != "active_organizations 12, active_people 12, tickets_created 120" {
			t.Errorf("%s: %s", table, got)
		}
	}
}

// A worker that dies between counting and the end of its transaction leaves neither counts nor a cursor.
func TestCountsThatWereLostAreCountedAnew(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.someHappen()
	h.seal()
	h.run(`create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`)
	h.run(`create trigger die after insert or update on daily_totals for each row when (new.metric = 'tickets_created') execute function die()`)
	if _, err := h.metrics(3).Count(context.Background(), h.dana.TenantID); err == nil {
		t.Fatal("nothing died")
	}
	if got := h.counted() + h.totals() + h.one(`select coalesce(max(seq), 0)::text from metric_cursors`); got != "0" {
		t.Fatalf("left behind: %s", got)
	}
	h.run(`drop trigger die on daily_totals`)
	h.count(h.metrics(3))
	if got := h.counted(); got != someDays || h.totals() != someDays {
		t.Errorf("counted\n%s", got)
	}
}

func TestCountingStopsInTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.happen(5)
	h.seal()
	m := h.metrics(2)
	m.For = time.Nanosecond
	for turn, want := range []bool{true, true, false} {
		if more, err := m.Count(context.Background(), h.dana.TenantID); err != nil || more != want {
			t.Errorf("turn %d: more %v, %v", turn, more, err)
		}
	}
	if got := h.one(`select count::text from daily_metrics where metric = 'tickets_created'`); got != "5" {
		t.Errorf("%s tickets", got)
	}
}

func TestWhatIsSealedIsCountedSoon(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	waiting := func() string {
		t.Helper()
		return h.one(`select coalesce(string_agg(kind || ' ' || n, ', ' order by kind), '') from (select kind, count(*) as n from river.river_job where kind like 'count_%' group by kind) s`)
	}
	h.sealEach(3)
	h.account(h.mira)
	h.seal()
	// One in a minute; the clock may have passed into the next one between the seals.
	if got := waiting(); got != "count_accounts 1, count_events 1" && got != "count_accounts 1, count_events 2" {
		t.Errorf("after sealing: %q", got)
	}
	if got := h.one(`select bool_and(scheduled_at > created_at + interval '80 seconds')::text from river.river_job where kind like 'count_%'`); got != "true" {
		t.Error("one begins before what is sealed within its minute")
	}
	h.run(`delete from river.river_job`)
	h.run(`insert into tenants (id, slug, name, created_by) select gen_random_uuid(), 'org-' || n, 'Org', $1 from generate_series(1, 1000) n`, h.dana.Person.ID)
	h.run(`insert into tenants (id, slug, name, created_by, deleted_at, purging_at) values (gen_random_uuid(), 'gone', 'Gone', $1, now(), now())`, h.dana.Person.ID)
	m, after := h.metrics(0), uuid.Nil
	if err := m.CountAll(context.Background(), after); err != nil {
		t.Fatal(err)
	}
	if got := waiting(); got != "count_accounts 1, count_events 1000" {
		t.Errorf("the first page: %q", got)
	}
	after = uuid.MustParse(h.one(`select args ->> 'after' from river.river_job where kind = 'sweep_metrics'`))
	if err := m.CountAll(context.Background(), after); err != nil {
		t.Fatal(err)
	}
	if got := waiting(); got != "count_accounts 1, count_events 1001" {
		t.Errorf("both pages: %q", got)
	}
	if err := h.audit.DB.InGlobal(t.Context(), func(ctx context.Context, tx db.Tx) error {
		return h.audit.Queue.EnqueueTx(ctx, tx, jobs.CountEvents{})
	}); err == nil {
		t.Error("a job of no organization was added")
	}
}

// Where the history is erased nothing begins anew.
func TestAnErasedHistoryIsNotCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.count(h.metrics(0))
	if got := h.one(`select count(*)::text from metric_cursors`); got != "0" {
		t.Errorf("%s cursors of nothing", got)
	}
	h.happen(3)
	h.seal()
	h.count(h.metrics(0))
	for _, gone := range []string{"unsealed_events", "undispatched_events", "event_seals", "events"} {
		h.run(`delete from ` + gone)
	}
	purged := map[string]int64{}
	for {
		tx, err := h.super.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		noun, n, err := events.PurgeTx(t.Context(), tx, h.dana.TenantID, 1)
		if err = errors.Join(err, tx.Commit(t.Context())); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		purged[noun] += n
	}
	if purged["metric_cursors"] != 1 || purged["daily_metrics"] != 3 || len(purged) != 2 {
		t.Errorf("purged %v", purged)
	}
	h.count(h.metrics(0))
	if got := h.one(`select (select count(*) from metric_cursors) || ' ' || (select count(*) from daily_metrics) || ' ' || (select count(*) from daily_totals)`); got != "0 0 3" {
		t.Errorf("cursors, counts, totals: %s", got)
	}
}

// Every metric is of an event that there is, and is read by its name.
func TestMetricsAreOfEventsThatThereAre(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, action := range events.CountedActions() {
		if _, known := events.TypeOf(action); !known {
			t.Errorf("%s is counted and never happens", action)
		}
	}
	h.someHappen()
	h.seal()
	h.count(h.metrics(0))
	rows, err := eventsdb.New().Totals(t.Context(), h.audit.DB.Direct(), eventsdb.TotalsParams{Day: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Column2: []string{string(events.MembersJoined)}})
	if err != nil || len(rows) != 1 || rows[0].Count != 2 {
		t.Errorf("read %v, %v", rows, err)
	}
}
