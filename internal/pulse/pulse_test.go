package pulse_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/pulse"
)

type house struct {
	t     *testing.T
	web   *db.DB
	super *pgx.Conn
	log   bytes.Buffer
}

func newHouse(t *testing.T) *house {
	t.Helper()
	d := dbtest.New(t)
	return &house{t: t, web: d.Web(t), super: dbtest.Connect(t, d.Super)}
}

func (h *house) pulse() *pulse.Pulse {
	return pulse.New(h.web, slog.New(slog.NewTextHandler(&h.log, nil)))
}

func (h *house) one(sql string, args ...any) string {
	h.t.Helper()
	var out string
	if err := h.super.QueryRow(context.Background(), sql, args...).Scan(&out); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
	return out
}

func (h *house) flush(p *pulse.Pulse) {
	h.t.Helper()
	if err := p.Flush(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) timings(since time.Time) []pulse.Timing {
	h.t.Helper()
	var all []pulse.Timing
	if err := h.web.ReadAdmin(h.t.Context(), func(r *db.Reads) { pulse.QueueTimings(r, since, &all) }); err != nil {
		h.t.Fatal(err)
	}
	return all
}

func TestWhatProcessesObserveIsAddedUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var all sync.WaitGroup
	for range 4 { // processes
		p := h.pulse()
		all.Go(func() {
			for range 3 {
				for range 10 {
					p.Observe(pulse.Route, "GET /x", 15*time.Millisecond, false)
					p.Observe(pulse.Route, "GET /y", 15*time.Millisecond, true)
				}
				p.Observe(pulse.Route, "GET /x", 40*time.Second, true)
				if err := p.Flush(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	found := h.timings(time.Now().Add(-time.Hour))
	if len(found) != 2 || found[0].Name != "GET /x" || found[0].Count != 132 || found[0].Errors != 12 || found[1].Errors != 120 {
		t.Fatalf("found %+v", found)
	}
	if p50, p95 := found[0].Within(0.5), found[0].Within(0.95); p50 < 10*time.Millisecond || p50 > 20*time.Millisecond || p95 < 30*time.Second || p95 > time.Minute {
		t.Errorf("half within %s, 95 of 100 within %s", p50, p95)
	}
	if found = h.timings(time.Now().Add(time.Hour)); len(found) != 0 {
		t.Errorf("later there is %v", found)
	}
}

func TestHoursStandApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.pulse()
	at := time.Now().Add(-5 * time.Hour)
	p.Now = func() time.Time { return at }
	p.Observe(pulse.Job, "send_reset", time.Second, true)
	at = at.Add(4 * time.Hour)
	p.Observe(pulse.Job, "send_reset", time.Second, false)
	h.flush(p)
	h.flush(p) // nothing is left
	if got := h.one(`select string_agg(count || ' ' || errors, ', ' order by hour) from timings`); got != "1 1, 1 0" {
		t.Errorf("hours: %s", got)
	}
	if all := h.timings(at); len(all) != 1 || all[0].Count != 1 {
		t.Errorf("since the later hour: %v", all)
	}
	if all := h.timings(at.Add(-5 * time.Hour)); len(all) != 1 || all[0].Count != 2 || all[0].Errors != 1 {
		t.Errorf("of both hours: %v", all)
	}
}

// While Postgres is away, what is observed waits; a table of names that never end is cut.
func TestWhatCannotBeAddedIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.pulse()
	for range 3 {
		p.Observe(pulse.Route, "GET /x", time.Millisecond, false)
	}
	if _, err := h.super.Exec(t.Context(), `alter table timings rename to away`); err != nil {
		t.Fatal(err)
	}
	if err := p.Flush(t.Context()); err == nil {
		t.Fatal("nothing failed")
	}
	p.Observe(pulse.Route, "GET /x", time.Millisecond, true)
	for i := range 3000 {
		p.Observe(pulse.Route, strings.Repeat("x", 1+i), time.Millisecond, false)
	}
	if _, err := h.super.Exec(t.Context(), `alter table away rename to timings`); err != nil {
		t.Fatal(err)
	}
	h.flush(p)
	if got := h.one(`select count || ' ' || errors from timings where name = 'GET /x'`); got != "4 1" {
		t.Errorf("kept %s", got)
	}
	if got := h.one(`select count(*)::text from timings`); got != "2000" {
		t.Errorf("%s names", got)
	}
}

// An instance is there from its start, and gone once it has ended; what it observed last is not lost.
func TestAnInstanceTellsOfItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.pulse()
	p.Version = "v7"
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- p.Run(ctx, pulse.Worker) }()
	late := time.After(20 * time.Second)
	for h.one(`select count(*)::text from instances`) == "0" {
		select {
		case <-late:
			t.Fatal("it does not tell of itself")
		default:
		}
	}
	if got := h.one(`select kind || ' ' || version || ' ' || (host <> '') from instances`); got != "worker v7 true" {
		t.Errorf("it says %s", got)
	}
	p.Observe(pulse.Job, "send_reset", time.Second, false)
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := h.one(`select (select count(*) from instances) || ' ' || (select sum(count) from timings)`); got != "0 1" {
		t.Errorf("instances and jobs after the end: %s", got)
	}
}

func TestTheDeadAndTheOldAreForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, sql := range []string{
		`insert into instances (id, kind, host, version, seen_at) select gen_random_uuid(), 'web', 'h' || n, 'v', now() - make_interval(secs => n) from unnest(array[10, 60, 90000]) n`,
		`insert into timings (hour, what, name, count, errors, buckets) select date_trunc('hour', now()) - make_interval(days => n), 'job', 'x', 1, 0, '{1}' from unnest(array[1, 13, 15]) n`,
	} {
		if _, err := h.super.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.pulse().Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.one(`select (select string_agg(host, ' ' order by seen_at desc) from instances) || ' ' || (select count(*) from timings)`); got != "h10 h60 2" {
		t.Errorf("left: %s", got)
	}
	var all []pulse.Instance
	if err := h.web.ReadAdmin(t.Context(), func(r *db.Reads) { pulse.QueueInstances(r, &all) }); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || !all[0].Alive || all[0].Host != "h10" || all[1].Alive {
		t.Errorf("instances %+v", all)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		buckets []int64
		q       float64
		want    time.Duration
	}{
		{nil, 0.5, 0},
		{[]int64{0, 0, 0}, 0.95, 0},
		{[]int64{100}, 0.5, 500 * time.Microsecond},
		{[]int64{0, 0, 0, 100}, 0.95, 9750 * time.Microsecond},
		{[]int64{95, 0, 0, 5}, 0.95, time.Millisecond},
		{[]int64{90, 0, 0, 10}, 0.95, 7500 * time.Microsecond},
		{append(make([]int64, 19), 3), 0.5, 12 * time.Hour},
	} {
		if got := (pulse.Timing{Buckets: c.buckets}).Within(c.q); got != c.want {
			t.Errorf("%v of %v: %s, want %s", c.q, c.buckets, got, c.want)
		}
	}
}
