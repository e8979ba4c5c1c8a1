package demo_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"plinth/cmd/plinth/demo"
	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

// place is an empty database with the product on it, and a local Stripe or none.
type place struct {
	site   *webtest.Site
	sim    *stripesim.Sim
	seed   demo.Seed
	budget *budget
	conn   *pgx.Conn
}

func newPlace(t *testing.T, localStripe bool) *place {
	t.Helper()
	d := dbtest.New(t)
	p := &place{budget: &budget{}, conn: dbtest.Connect(t, d.Super)}
	url := ""
	if localStripe {
		server := httptest.NewUnstartedServer(nil)
		url = "http://" + server.Listener.Addr().String()
		var err error
		if p.sim, err = stripesim.New(stripesim.Config{AppEnv: "test", PublicURL: url}); err != nil {
			t.Fatal(err)
		}
		server.Config.Handler = p.sim.Handler()
		server.Start()
		t.Cleanup(server.Close)
	}
	counted := db.Options{MaxConns: 4, Configure: func(c *pgxpool.Config) { c.ConnConfig.Tracer = p.budget }}
	p.site = webtest.On(t, d, []db.Options{counted}, func(c *config.Config) { c.APIURL = url })
	a := p.site.App
	p.seed = demo.Seed{
		DB: a.DB, Auth: a.Auth, Tenants: a.Tenants, Pictures: a.Pictures, Projects: a.Projects, Billing: a.Billing, Webhooks: a.Webhooks, OwnerURL: d.Owner, LocalStripe: localStripe,
	}
	return p
}

// budget ends a seed after so many round trips; none is no end.
type budget struct {
	mu   sync.Mutex
	left int
	end  context.CancelFunc
}

func (b *budget) spend(ctx context.Context) context.Context {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end != nil {
		if b.left--; b.left <= 0 {
			b.end()
		}
	}
	return ctx
}

func (b *budget) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return b.spend(ctx)
}
func (b *budget) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (b *budget) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return b.spend(ctx)
}
func (b *budget) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (b *budget) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

// fillFor seeds until so many round trips are made.
func (p *place) fillFor(t *testing.T, roundTrips int) (bool, error) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.budget.mu.Lock()
	p.budget.left, p.budget.end = roundTrips, cancel
	p.budget.mu.Unlock()
	return p.seed.Fill(ctx)
}

func (p *place) fill(t *testing.T) {
	t.Helper()
	p.budget.mu.Lock()
	p.budget.end = nil
	p.budget.mu.Unlock()
	if made, err := p.seed.Fill(t.Context()); !made || err != nil {
		t.Fatalf("made %t, %v", made, err)
	}
}

func (p *place) lines(t *testing.T, sql string) []string {
	t.Helper()
	rows, err := p.conn.Query(context.Background(), sql)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

// shown is all that a person can tell two demos apart by, but for times.
func (p *place) shown(t *testing.T) []string {
	t.Helper()
	return slices.Concat(
		p.lines(t, `select concat_ws(' ', 'person', id, email, name, time_zone, staff_since is not null) from users order by email`),
		p.lines(t, `select concat_ws(' ', t.slug, t.name, u.email, m.role, m.joined_at < now() - interval '69 days')
			from memberships m join tenants t on t.id = m.tenant_id join users u on u.id = m.user_id order by 1`),
		p.lines(t, `select concat_ws(' ', p.id, p.key, p.name, p.visibility, p.hue, u.email, c.last_number)
			from projects p join users u on u.id = p.created_by join ticket_counters c on c.project_id = p.id order by p.key`),
		p.lines(t, `select concat_ws(' ', p.key, u.email) from project_members m join projects p on p.id = m.project_id join users u on u.id = m.user_id order by 1`),
		p.lines(t, `select concat_ws(' ', t.id, p.key, t.number, t.title, t.status, t.priority, a.email, u.email, t.comments, t.closed_at is not null)
			from tickets t join projects p on p.id = t.project_id join users u on u.id = t.author_id left join users a on a.id = t.assignee_id order by p.key, t.number`),
		p.lines(t, `select concat_ws(' ', t.title, c.id, u.email, c.body) from comments c join tickets t on t.id = c.ticket_id join users u on u.id = c.author_id order by 1`),
		p.lines(t, `select concat_ws(' ', p.key, c.status, c.tickets) from ticket_counts c join projects p on p.id = c.project_id order by 1`),
		p.lines(t, `select concat_ws(' ', p.key, sum(d.opened), sum(d.closed)) from ticket_days d join projects p on p.id = d.project_id group by p.key order by 1`),
		p.lines(t, `select concat_ws(' ', t.slug, u.email, e.action, e.object_kind, e.object_name, e.at < now() - interval '69 days')
			from events e join tenants t on t.id = e.tenant_id left join users u on u.id = e.actor_id order by 1`),
		p.lines(t, `select concat_ws(' ', 'account', u.email, e.action) from account_events e join users u on u.id = e.user_id order by 1`),
		p.lines(t, `select concat_ws(' ', 'subscription', t.slug, s.status, s.quantity, s.is_current) from subscriptions s join tenants t on t.id = s.tenant_id order by 1`),
		p.lines(t, `select concat_ws(' ', d.endpoint_id, d.event_id, d.type, d.state, d.attempts, (select count(*) from webhook_attempts a where a.event_id = d.event_id)) from webhook_deliveries d order by 1`),
		p.lines(t, `select concat_ws(' ', 'given', t.slug, o.plan) from plan_overrides o join tenants t on t.id = o.tenant_id order by 1`),
	)
}

func TestDemoIsWhole(t *testing.T) {
	t.Parallel()
	p := newPlace(t, true)
	p.fill(t)
	for sql, want := range map[string]string{
		`select string_agg(slug, ' ' order by slug) from tenants`:                        "acme harbour-labs",
		`select count(*)::text from tickets`:                                             "131",
		`select count(distinct id)::text from tickets`:                                   "131",
		`select sum(last_number)::text from ticket_counters`:                             "131",
		`select count(*)::text from events where action = 'ticket.created'`:              "131",
		`select count(*)::text from comments`:                                            "6",
		`select string_agg(key, ' ' order by key) from projects`:                         "BUOY FW OPS WEB",
		`select status || ' ' || quantity from subscriptions`:                            "trialing 6",
		`select count(*)::text from plan_overrides`:                                      "0",
		`select count(*)::text from events where at > now()`:                             "0",
		`select (count(*) < 80)::text from river.river_job where kind = 'notify_ticket'`: "true", // of what happened in the last days
		`select string_agg(state || ' ' || n, ', ' order by state) from (select state, count(*) as n from webhook_deliveries group by 1) x`: "delivered 7, failed 3",
		`select count(*)::text from webhook_attempts`:                                                                                        "23",
		`select string_agg(description || ' ' || state || ' ' || paused_for, ', ' order by url) from webhook_endpoints`:                      "Chat bridge paused failing, Deploy board active ",
		`select count(*)::text from river.river_job where queue = 'outgoing'`:                                                                "0",
		`select count(*)::text from undispatched_events u join webhook_endpoints e on e.tenant_id = u.tenant_id and u.action = any(e.types)`: "0", // nothing is called
		`select email from users where staff_since is not null`:                                                                              "sam@plinth.example",
		`select count(*)::text from memberships where joined_at > now() - '1d'::interval`:                                                    "0",
	} {
		if got := p.lines(t, sql); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	for _, l := range demo.Logins() {
		page := p.site.Browser(t).Get("/signin?next=/account").Submit("/signin", "email", l.Email, "password", demo.Password).Want(200)
		if l.Role == "staff" {
			page = page.At("/signin/second").Submit("/signin/second", "code", p.site.Code(t, l.Email)).Want(200)
		}
		page.At("/account")
	}
}

func TestCompleteDemoStays(t *testing.T) {
	t.Parallel()
	p := newPlace(t, true)
	p.fill(t)
	// What people did since is theirs, also where it undid what the seed made.
	for _, sql := range []string{
		`update users set staff_since = null`, `update tickets set status = 'done', title = 'Another'`, `delete from comments`,
		`update memberships set left_at = now() where role = 'guest'`,
	} {
		if _, err := p.conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	p.site.Org(t, p.site.Account(t, "Olga Else", "olga@example.com"), "other", "Other")
	before := p.shown(t)
	for range 2 {
		if made, err := p.seed.Fill(t.Context()); made || err != nil {
			t.Errorf("made %t, %v; want nothing", made, err)
		}
	}
	if diff := cmp.Diff(before, p.shown(t)); diff != "" {
		t.Errorf("the second seed changed something: %s", diff)
	}
}

// However often and wherever a seed is ended, the next one goes on, and what comes out is the same.
func TestEndedSeedGoesOn(t *testing.T) {
	t.Parallel()
	for name, localStripe := range map[string]bool{"with a local Stripe": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole, broken := newPlace(t, localStripe), newPlace(t, localStripe)
			whole.fill(t)
			ended := 0
			for roundTrips, made := 1, false; !made; roundTrips += 2 + roundTrips/6 {
				var err error
				made, err = broken.fillFor(t, roundTrips)
				switch {
				case err == nil && !made:
					t.Fatalf("after %d ends it says that nothing is missing", ended)
				case err != nil && !errors.Is(err, context.Canceled):
					t.Fatalf("after %d ends, with %d round trips: %v", ended, roundTrips, err)
				case err != nil:
					ended++
				}
			}
			if ended < 20 {
				t.Errorf("ended %d times only: the budget ends nothing", ended)
			}
			if diff := cmp.Diff(whole.shown(t), broken.shown(t)); diff != "" {
				t.Errorf("after %d ends it is another demo: %s", ended, diff)
			}
		})
	}
}

func TestTwoSeedsAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t, false)
	var made [2]bool
	var errs [2]error
	var wait sync.WaitGroup
	for i := range made {
		wait.Go(func() { made[i], errs[i] = p.seed.Fill(t.Context()) })
	}
	wait.Wait()
	if err := errors.Join(errs[:]...); err != nil || made[0] == made[1] {
		t.Fatalf("made %v, %v; want one of the two", made, err)
	}
	alone := newPlace(t, false)
	alone.fill(t)
	if diff := cmp.Diff(alone.shown(t), p.shown(t)); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutLocalStripeStaffGiveThePlan(t *testing.T) {
	t.Parallel()
	p := newPlace(t, false)
	p.fill(t)
	if got := p.lines(t, `select t.slug || ' ' || o.plan from plan_overrides o join tenants t on t.id = o.tenant_id`); !slices.Equal(got, []string{"acme team"}) {
		t.Errorf("given: %q", got)
	}
	if got := p.lines(t, `select stripe_customer_id from billing_customers`); len(got) != 0 {
		t.Errorf("Stripe was asked for customers: %q", got)
	}
}

func TestSomebodyElsesDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	p := newPlace(t, true)
	p.site.Org(t, p.site.Account(t, "Olga Else", "olga@example.com"), "acme", "Acme of another kind")
	before := p.shown(t)
	if made, err := p.seed.Fill(t.Context()); made || !errors.Is(err, demo.ErrOthers) {
		t.Errorf("made %t, %v", made, err)
	}
	if diff := cmp.Diff(before, p.shown(t)); diff != "" {
		t.Error(diff)
	}
}

func TestAddressOfTheDemoIsTaken(t *testing.T) {
	t.Parallel()
	p := newPlace(t, false)
	p.site.Account(t, "Jun Somebody", "jun@acme.example")
	before := p.shown(t)
	if made, err := p.seed.Fill(t.Context()); made || err == nil || !strings.Contains(err.Error(), "jun@acme.example") {
		t.Errorf("made %t, %v", made, err)
	}
	if diff := cmp.Diff(before, p.shown(t)); diff != "" {
		t.Error(diff)
	}
}
