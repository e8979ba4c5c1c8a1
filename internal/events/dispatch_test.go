package events_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/jobs"
	"plinth/jobs/worker"
	"plinth/test/webtest"
)

// heard is the job of a consumer that a test makes up.
type heard struct {
	jobs.ForTenant
	Event uuid.UUID `json:"event"`
	By    string    `json:"by"`
}

func (heard) Kind() string { return "test_heard" }

type hears struct {
	river.WorkerDefaults[heard]
	fails string // the consumer that always fails
	mu    sync.Mutex
	got   []string
}

func (h *hears) Work(_ context.Context, job *river.Job[heard]) error {
	if job.Args.By == h.fails {
		return errors.New("always")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, job.Args.By+" "+job.Args.Event.String())
	return nil
}

func (h *hears) NextRetry(*river.Job[heard]) time.Time { return time.Now().Add(time.Hour) }

func consumer(name string, types ...string) events.Consumer {
	return events.Consumer{Name: name, Types: types, Job: func(tenant, event uuid.UUID) jobs.Args {
		return heard{ForTenant: jobs.ForTenant{TenantID: tenant}, Event: event, By: name}
	}}
}

// happen appends events, each with an id of its own, and returns these.
func happen(t *testing.T, site *webtest.Site, s scope.Scope, all ...events.Event) []string {
	t.Helper()
	var ids []string
	err := site.App.DB.InTenant(t.Context(), s, func(ctx context.Context, tx db.Tx) error {
		for i := range all {
			all[i].ID = uuid.Must(uuid.NewV7())
			ids = append(ids, all[i].ID.String())
		}
		return events.AppendAllTx(ctx, tx, s, all)
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// jobsOf are the jobs that a consumer's events became, as state and event, in the order of their making.
func jobsOf(t *testing.T, site *webtest.Site, name string) []string {
	t.Helper()
	rows, err := site.Worker.DB.Direct().Query(t.Context(),
		`select state::text || ' ' || (args ->> 'event') from river.river_job where kind = 'test_heard' and args ->> 'by' = $1 order by id`, name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	return out
}

func TestEventsBecomeJobsOfWhoeverWantsToHear(t *testing.T) {
	t.Parallel()
	site := webtest.New(t)
	dana := site.Account(t, "Dana", "dana@example.com")
	acme, other := site.Org(t, dana, "acme", "Acme"), site.Org(t, dana, "other", "Other")
	site.Settle(t) // what making them has caused
	once := consumer("once", "ticket.assigned")
	once.Once = true
	site.Worker.Events.Consumers = []events.Consumer{consumer("tickets", "ticket.created", "ticket.assigned"), once, consumer("chosen")}
	subscribe := func(types ...string) {
		t.Helper()
		if err := site.App.DB.InTenant(t.Context(), acme, func(ctx context.Context, tx db.Tx) error {
			return events.SubscribeTx(ctx, tx, acme, "chosen", types)
		}); err != nil {
			t.Fatal(err)
		}
	}
	subscribe("member.left", "project.created")
	subscribe("project.created", "project.changed")
	ids := happen(t, site, acme,
		events.Event{Action: "ticket.created"}, events.Event{Action: "ticket.assigned"}, events.Event{Action: "ticket.assigned", Repeats: true},
		events.Event{Action: "ticket.created", Quiet: true}, events.Event{Action: "project.created"}, events.Event{Action: "member.left"},
	)
	happen(t, site, other, events.Event{Action: "project.created"})
	site.Dispatch(t)
	for name, want := range map[string][]string{
		"tickets": {"available " + ids[0], "available " + ids[1], "available " + ids[2]},
		"once":    {"available " + ids[1]},
		"chosen":  {"available " + ids[4]}, // of the one organization that chose it, and not what it has chosen no more
	} {
		if diff := cmp.Diff(want, jobsOf(t, site, name)); diff != "" {
			t.Errorf("%s heard (-want +got):\n%s", name, diff)
		}
	}
	if n, err := site.Worker.Events.All(t.Context()); err != nil || n != 0 {
		t.Errorf("dispatched twice: %d, %v", n, err)
	}
}

// Two jobs of the same work in one statement are refused by its uniqueness: who wants one of an organization gets one, and
// all that is passed on together stays together.
func TestOneJobOfAnOrganization(t *testing.T) {
	t.Parallel()
	site := webtest.New(t)
	dana := site.Account(t, "Dana", "dana@example.com")
	acme, other := site.Org(t, dana, "acme", "Acme"), site.Org(t, dana, "other", "Other")
	site.Settle(t)
	seats := billing.SeatsConsumer()
	seats.Types = []string{"ticket.created"}
	site.Worker.Events.Consumers = []events.Consumer{consumer("each", "ticket.created"), seats}
	happen(t, site, acme, events.Event{Action: "ticket.created"}, events.Event{Action: "ticket.created"}, events.Event{Action: "ticket.created"})
	happen(t, site, other, events.Event{Action: "ticket.created"})
	site.Dispatch(t)
	if n := len(jobsOf(t, site, "each")); n != 4 {
		t.Errorf("%d of 4 events are jobs of who hears of each", n)
	}
	var jobs, transactions int
	err := dbtest.At(t, site.Database.Super).QueryRow(t.Context(), `
		select count(*) filter (where kind = 'sync_seats'), count(distinct xmin::text) from river.river_job where state in ('available', 'scheduled')`).Scan(&jobs, &transactions)
	if err != nil || jobs != 2 || transactions != 1 {
		t.Errorf("%d jobs for the seats of two organizations, in %d transactions: %v", jobs, transactions, err)
	}
}

func TestAConsumerThatFailsHoldsNobodyBack(t *testing.T) {
	t.Parallel()
	site := webtest.New(t)
	acme := site.Org(t, site.Account(t, "Dana", "dana@example.com"), "acme", "Acme")
	site.Settle(t)
	h := &hears{fails: "broken"}
	site.Worker.Events.Consumers = []events.Consumer{consumer("broken", "ticket.created"), consumer("sound", "ticket.created")}
	begun := time.Now()
	ids := happen(t, site, acme, events.Event{Action: "ticket.created"}, events.Event{Action: "ticket.created"})
	client, err := site.Worker.Worker(worker.Options{Log: slog.New(slog.DiscardHandler), FetchCooldown: 5 * time.Millisecond, Also: func(w *river.Workers) { river.AddWorker(w, h) }})
	if err != nil {
		t.Fatal(err)
	}
	ended, stop := client.Subscribe(river.EventKindJobCompleted, river.EventKindJobFailed)
	defer stop()
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	await := func(n int) {
		t.Helper()
		for range n {
			select {
			case <-ended:
			case <-time.After(20 * time.Second):
				t.Fatal("nothing ends")
			}
		}
	}
	await(4)
	h.mu.Lock()
	slices.Sort(h.got)
	if diff := cmp.Diff([]string{"sound " + ids[0], "sound " + ids[1]}, h.got); diff != "" {
		t.Errorf("the sound one heard (-want +got):\n%s", diff)
	}
	h.fails, h.got = "", nil
	h.mu.Unlock()

	// Mended, it hears of all that happened meanwhile, and nobody else does.
	err = site.App.DB.InAdmin(t.Context(), func(ctx context.Context, tx db.Tx) error {
		n, err := events.ReplayTx(ctx, tx, acme, "broken", []string{"ticket.created"}, begun.Add(-time.Second), time.Now().Add(time.Second), 100)
		if n != 2 {
			t.Errorf("%d events are to be heard of again", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	await(2)
	if err := client.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	slices.Sort(h.got)
	if diff := cmp.Diff([]string{"broken " + ids[0], "broken " + ids[1]}, h.got); diff != "" {
		t.Errorf("after the replay (-want +got):\n%s", diff)
	}
}

// An event that no job can be made of waits and says why, and all others are passed on; it goes out once that is mended.
func TestABadEventHoldsNobodyBack(t *testing.T) {
	t.Parallel()
	site := webtest.New(t)
	acme := site.Org(t, site.Account(t, "Dana", "dana@example.com"), "acme", "Acme")
	site.Settle(t)
	sound, bad := consumer("sound", "ticket.created"), uuid.Nil
	site.Worker.Events.Consumers = []events.Consumer{{Name: "sound", Types: sound.Types, Job: func(tenant, event uuid.UUID) jobs.Args {
		if event == bad {
			panic("a bad event")
		}
		return sound.Job(tenant, event)
	}}}
	ids := happen(t, site, acme, slices.Repeat([]events.Event{{Action: "ticket.created"}}, 5)...)
	bad = uuid.MustParse(ids[1])
	if n, err := site.Worker.Events.All(t.Context()); err != nil || n != 4 {
		t.Errorf("%d are passed on, %v", n, err)
	}
	held := func() (out string) {
		t.Helper()
		err := site.Worker.DB.Direct().QueryRow(t.Context(),
			`select coalesce(string_agg(event_id || ' ' || failures || ' ' || error || ' ' || (held_until > now()), ', '), '') from undispatched_events`).Scan(&out)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got, want := held(), ids[1]+" 1 make the job of an event: panic: a bad event true"; got != want {
		t.Errorf("what waits: %q, want %q", got, want)
	}
	more := happen(t, site, acme, events.Event{Action: "ticket.created"})
	site.Dispatch(t)
	want := []string{"available " + ids[0], "available " + ids[2], "available " + ids[3], "available " + ids[4], "available " + more[0]}
	if diff := cmp.Diff(want, jobsOf(t, site, "sound")); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
	bad = uuid.Nil
	if _, err := site.Worker.DB.Direct().Exec(t.Context(), `update undispatched_events set held_until = now()`); err != nil {
		t.Fatal(err)
	}
	site.Dispatch(t)
	if got := held(); got != "" || len(jobsOf(t, site, "sound")) != 6 {
		t.Errorf("after it is mended there waits %q", got)
	}

	// What ails all is nobody's own: nothing is held for it.
	site.Worker.Events.Consumers[0].Job = func(uuid.UUID, uuid.UUID) jobs.Args { panic("all of them") }
	happen(t, site, acme, slices.Repeat([]events.Event{{Action: "ticket.created"}}, 30)...)
	if n, err := site.Worker.Events.All(t.Context()); err == nil || n != 0 {
		t.Errorf("%d are passed on, %v", n, err)
	}
	if n := strings.Count(held(), "true"); n > 9 {
		t.Errorf("%d are held", n)
	}
}

// Many dispatchers at once, and one whose transaction is lost: each event is one job.
func TestDispatchersAtOnceMakeOneJob(t *testing.T) {
	t.Parallel()
	site := webtest.New(t)
	acme := site.Org(t, site.Account(t, "Dana", "dana@example.com"), "acme", "Acme")
	site.Settle(t)
	site.Worker.Events.Consumers = []events.Consumer{consumer("one", "ticket.created")}
	const n = 1200 // more than two batches
	happen(t, site, acme, slices.Repeat([]events.Event{{Action: "ticket.created"}}, n)...)
	lost, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := site.Worker.Events.All(lost); err == nil || n != 0 {
		t.Errorf("of a transaction that is lost %d events count as dispatched: %v", n, err)
	}
	var total atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			some, err := site.Worker.Events.All(t.Context())
			total.Add(int64(some))
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := jobsOf(t, site, "one"); len(got) != n || total.Load() != n {
		t.Errorf("%d jobs, and %d events dispatched; want %d", len(got), total.Load(), n)
	}
}

func TestCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, e := range events.Catalogue() {
		if seen[e.Name] || e.Version < 1 || e.Text == "" || e.Object == "" {
			t.Errorf("%+v", e)
		}
		seen[e.Name] = true
	}
	if _, ok := events.TypeOf("ticket.created"); !ok {
		t.Error("ticket.created is not found")
	}
	if _, ok := events.TypeOf("ticket.invented"); ok {
		t.Error("what was never told of is found")
	}
	for _, name := range events.Told() {
		if e, ok := events.TypeOf(name); !ok || !e.Told {
			t.Error(fmt.Sprint(name, " is told and not told"))
		}
	}
}
