package billing_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/jobs"
	"plinth/test/webtest"
)

// applier does what follows from a stored event.
type applier func(ctx context.Context, b *billing.Billing, id string) error

func ours(ctx context.Context, b *billing.Billing, id string) error { return b.ApplyEvent(ctx, id) }

// lab is one database for many histories, each of an organization of its own.
type lab struct {
	t     *testing.T
	p     propertySpec
	db    *db.DB
	super *pgxpool.Pool
	queue *jobs.Queue
	plans *billing.Catalogue

	mu      sync.Mutex
	crashes map[string]int // by the step before which the process died
	events  int
}

func newLab(t *testing.T, p propertySpec) *lab {
	t.Helper()
	d := dbtest.New(t)
	l := &lab{t: t, p: p, crashes: map[string]int{}}
	l.db = d.AsWorker(t, db.Options{MaxConns: 24, Configure: func(c *pgxpool.Config) { c.ConnConfig.Tracer = steps{} }})
	var err error
	if l.super, err = pgxpool.New(context.Background(), d.Super); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.super.Close)
	if l.queue, err = jobs.NewQueue(l.db.Pool(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if l.plans, err = billing.LoadCatalogue("testdata/plans.yaml"); err != nil {
		t.Fatal(err)
	}
	return l
}

func tenantOf(seed uint64) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("00000000-0000-7000-8000-%012d", seed))
}

func (l *lab) exec(sql string, args ...any) {
	l.t.Helper()
	if _, err := l.super.Exec(context.Background(), sql, args...); err != nil {
		l.t.Fatalf("%s: %v", sql, err)
	}
}

// live lives through the histories of the seeds, several at a time, and returns those whose row is wrong in the end.
func (l *lab) live(seeds []uint64, apply applier) map[uint64]string {
	l.t.Helper()
	l.exec(`insert into users (id, email, name, password_hash, terms_version, email_verified_at, terms_accepted_at) values ($1, 'p@example.com', 'P', 'x', 'x', now(), now()) on conflict do nothing`, tenantOf(0))
	var tenants []uuid.UUID
	var customers []string
	for _, seed := range seeds {
		tenants, customers = append(tenants, tenantOf(seed)), append(customers, fmt.Sprintf("cus_%d", seed))
	}
	l.exec(`insert into tenants (id, slug, name, created_by, time_zone) select id, replace(c, '_', '-'), 'P', $3, 'UTC' from unnest($1::uuid[], $2::text[]) x(id, c)`, tenants, customers, tenantOf(0))
	l.exec(`insert into billing_customers (tenant_id, stripe_customer_id, livemode) select id, c, true from unnest($1::uuid[], $2::text[]) x(id, c)`, tenants, customers)
	wrong := map[uint64]string{}
	queue := make(chan uint64)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for seed := range queue {
				if why := l.one(seed, apply); why != "" {
					l.mu.Lock()
					wrong[seed] = why
					l.mu.Unlock()
				}
			}
		})
	}
	for _, seed := range seeds {
		queue <- seed
	}
	close(queue)
	all.Wait()
	return wrong
}

// history is the same for the same seed.
func (l *lab) history(seed uint64) *history {
	return newHistory(seed, rand.New(rand.NewPCG(seed, 1)), l.p)
}

// one lives through a history and says in which way its row is wrong in the end, or nothing.
func (l *lab) one(seed uint64, apply applier) string {
	h, c := l.history(seed), newCrew(rand.New(rand.NewPCG(seed, 2)))
	backend := &memory{h: h, crew: c}
	r := &run{lab: l, h: h, crew: c, apply: apply, queued: map[string]bool{}, rng: rand.New(rand.NewPCG(seed, 3))}
	for _, off := range []time.Duration{-clocksOff, 0, clocksOff} {
		r.program = append(r.program, &billing.Billing{
			DB: l.db, Queue: l.queue, Plans: l.plans, Secrets: []string{newSecret}, Livemode: true, Log: slog.New(slog.DiscardHandler),
			Stripe: client.New("sk_live_1", &stripe.Backends{API: backend, Connect: backend, Uploads: backend}),
			Now:    func() time.Time { return c.now.Add(off) },
		})
	}
	for _, m := range h.moves {
		for _, e := range m.events {
			for _, at := range e.arrives {
				r.deliver(at, e, 0)
			}
		}
	}
	c.work()
	l.mu.Lock()
	defer l.mu.Unlock()
	for step, n := range c.crashes {
		l.crashes[step] += n
	}
	l.events += len(r.queued)
	return r.wrong()
}

// run is a history being lived through.
type run struct {
	*lab
	h      *history
	crew   *crew
	apply  applier
	queued map[string]bool // events whose job is there
	failed string

	program []*billing.Billing // as its processes run it
	rng     *rand.Rand         // chooses among them
}

// clocksOff is how far the clocks of the program's processes are off.
const clocksOff = 2 * time.Second

// process is the one that gets a request or a job.
func (r *run) process() *billing.Billing { return r.program[r.rng.IntN(len(r.program))] }

// crashAfter is how many steps an operation has before its process dies; mostly it does not.
func (r *run) crashAfter(tries int) int {
	if tries < 4 && r.crew.rng.IntN(8) == 0 {
		return r.crew.rng.IntN(34)
	}
	return -1
}

// deliver sends an event, again when it got no answer.
func (r *run) deliver(at time.Time, e told, tries int) {
	body, err := json.Marshal(object{"id": e.id, "object": "event", "type": e.kind, "created": e.created.Unix(), "livemode": true,
		"api_version": stripe.APIVersion, "data": object{"object": e.object}})
	if err != nil {
		r.failed = err.Error()
		return
	}
	b := r.process()
	r.crew.start(at, r.crashAfter(tries), func(ctx context.Context) error {
		return b.ReceiveEvent(ctx, body, webtest.Sign(body, newSecret, time.Now()))
	}, func(crashed string, err error) {
		lost := crashed == "" && err == nil && r.crew.rng.IntN(20) == 0 // it is stored, and the answer does not arrive
		if crashed == "" && err == nil && !r.queued[e.id] {
			r.queued[e.id] = true
			r.work(r.crew.now.Add(r.crew.between(time.Millisecond, 200*time.Millisecond)), e.id, 0)
		}
		if (crashed != "" || err != nil || lost) && tries < 10 {
			r.deliver(r.crew.now.Add(r.crew.between(time.Second, time.Hour)), e, tries+1)
		}
	})
}

// work does the job of an event, again when it failed or its worker died; sometimes twice at once.
func (r *run) work(at time.Time, id string, tries int) {
	if tries > 24 {
		r.failed = "the job of " + id + " failed 25 times"
		return
	}
	b := r.process()
	r.crew.start(at, r.crashAfter(tries), func(ctx context.Context) error { return r.apply(ctx, b, id) }, func(crashed string, err error) {
		switch {
		case crashed != "":
			r.work(r.crew.now.Add(r.crew.between(35*time.Second, 71*time.Second)), id, tries+1)
		case err != nil:
			r.work(r.crew.now.Add(r.crew.between(time.Second, time.Duration(1+tries)*10*time.Second)), id, tries+1)
		}
	})
	if tries == 0 && r.crew.rng.IntN(50) == 0 {
		r.work(at.Add(r.crew.between(0, 2*time.Second)), id, 1)
	}
}

// wantProperty lives through the histories of a case and wants each row to be what the API says in the end. SEED=17 in
// the environment lives through that one alone.
func wantProperty(t *testing.T, p propertySpec) {
	t.Helper()
	seeds := seedsTo(p.Runs)
	if one, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
		seeds = []uint64{one}
	}
	l := newLab(t, p)
	for seed, why := range l.live(seeds, ours) {
		t.Errorf("seed %d (alone: SEED=%d go test -run TestCases/O15 ./internal/billing): %s", seed, seed, why)
	}
	if len(seeds) > 1 {
		l.wantCrashes()
	}
}

// wantCrashes holds the test against itself: processes died at each point of the way.
func (l *lab) wantCrashes() {
	l.t.Helper()
	for what, step := range map[string]string{
		"after the stub": "TakeTicket", "after the ticket": "asking", "after the fetch": "the answer", "before the write": "WriteSubscription", "after the write": "FinishStripeEvent",
		"between an event and its job": "JobInsertFastMany",
	} {
		if l.crashes[step] == 0 {
			l.t.Errorf("no process died %s: %v", what, l.crashes)
		}
	}
	l.t.Logf("%d events; processes died before %v", l.events, l.crashes)
}
