package program

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"plinth/internal/config"
	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// stream is a web and a worker process that are killed again and again while Stripe's events arrive.
type stream struct {
	t           *testing.T
	site        *webtest.Site
	st          *webtest.Stripe
	pool        *pgxpool.Pool
	env         []string
	addr        string
	web, worker *Program
	prices      []string

	mu       sync.Mutex
	made     int
	accepted map[string]bool // events that were answered with 200
	failures int             // failed payments by meaning
	refused  int             // tries that got no 200
}

const (
	organizations = 24
	senders       = 3
	everyEvent    = 40 * time.Millisecond // between two events of a sender
)

// newStream makes organizations with a subscription each, and starts both processes.
func newStream(t *testing.T) *stream {
	t.Helper()
	d := dbtest.New(t)
	site, st := webtest.StripeOn(t, d, time.Now().UTC().Truncate(time.Second))
	s := &stream{t: t, site: site, st: st, addr: FreeAddr(t), accepted: map[string]bool{}}
	var err error
	if s.pool, err = pgxpool.New(context.Background(), d.Super); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.pool.Close)
	for _, p := range st.Sim.Prices(0) {
		if p.LookupKey != "" && p.Recurring.UsageType != "metered" && p.Recurring.Interval == "month" {
			s.prices = append(s.prices, p.ID)
		}
	}
	owner := site.Account(t, "Dana", "dana@example.com")
	for i := range organizations {
		org := uuid.Must(uuid.NewV7())
		s.exec(`insert into tenants (id, slug, name, created_by, time_zone) values ($1, $2, 'Org', $3, 'UTC')`, org, fmt.Sprintf("org-%d", i), owner.ID)
		s.exec(`insert into memberships (tenant_id, id, user_id, role) values ($1, gen_random_uuid(), $2, 'owner')`, org, owner.ID)
		s.put(map[string]any{"object": "customer", "id": s.customer(i), "name": "Org"})
		s.put(s.subscription(i, 0))
		s.exec(`insert into billing_customers (tenant_id, stripe_customer_id, livemode) values ($1, $2, false)`, org, s.customer(i))
	}
	s.env = []string{
		"APP_ENV=" + config.Test, "APP_URL=http://" + s.addr, "ADDR=" + s.addr, "DATABASE_URL=" + d.App, "DATABASE_WORKER_URL=" + d.Worker, "DATABASE_ADMIN_URL=" + d.Admin,
		"SECRET_KEYS=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))), "MAIL_FOLDER=" + t.TempDir(), "BLOB_URL=file://" + t.TempDir(),
		"STRIPE_SECRET_KEY=sk_test_webtest", "STRIPE_WEBHOOK_SECRETS=" + webtest.WebhookSecret, "STRIPE_API_URL=" + st.URL, "JOBS_RESCUE_AFTER=6s",
	}
	s.startWeb()
	s.worker = Start(t, t.TempDir(), s.env, "worker")
	return s
}

func (s *stream) customer(i int) string { return fmt.Sprintf("cus_%d", i) }

func (s *stream) startWeb() {
	s.web = Start(s.t, s.t.TempDir(), s.env, "web")
	s.web.await("serve at "+s.addr, func() bool { return answers("http://" + s.addr + "/readyz") })
}

func (s *stream) exec(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.pool.Exec(context.Background(), sql, args...); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
}

func (s *stream) number(sql string, args ...any) (n int) {
	s.t.Helper()
	if err := s.pool.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func (s *stream) put(o map[string]any) {
	body, err := json.Marshal(o)
	if err == nil {
		err = s.st.Sim.Put(body)
	}
	if err != nil {
		s.t.Error(err)
	}
}

// subscription is what Stripe says of one after so many changes.
func (s *stream) subscription(i, changes int) map[string]any {
	now := time.Now().Unix()
	return map[string]any{"object": "subscription", "id": fmt.Sprintf("sub_%d", i), "customer": s.customer(i), "status": "active", "currency": "eur",
		"current_period_start": now - 86400, "current_period_end": now + 20*86400, "cancel_at_period_end": changes%2 == 1,
		"items": map[string]any{"object": "list", "data": []any{map[string]any{"price": s.prices[changes%len(s.prices)], "quantity": 1}}}}
}

// send changes something at Stripe and delivers the event, again and again until it is taken; some are sent once more.
func (s *stream) send(ctx context.Context) {
	s.mu.Lock()
	n := s.made
	s.made++
	i := n % organizations
	id, kind, about := fmt.Sprintf("evt_%d", n), "customer.subscription.updated", s.subscription(i, n/organizations)
	s.put(about) // one change after the other, as at Stripe
	if n%10 == 9 {
		kind, about = "invoice.payment_failed", map[string]any{"id": fmt.Sprintf("in_%d", n), "object": "invoice", "customer": s.customer(i),
			"subscription": fmt.Sprintf("sub_%d", i), "status": "open", "currency": "eur", "total": 900, "attempt_count": 1}
		s.put(about)
		s.failures++
	}
	s.mu.Unlock()
	body, err := json.Marshal(map[string]any{"id": id, "object": "event", "type": kind, "created": time.Now().Unix(), "livemode": false,
		"api_version": "2023-10-16", "data": map[string]any{"object": about}})
	if err != nil {
		s.t.Error(err)
		return
	}
	for sent := 0; sent < 1+n%7/6; { // each seventh twice
		if s.post(ctx, body) {
			s.mu.Lock()
			s.accepted[id] = true
			s.mu.Unlock()
			sent++
			continue
		}
		s.mu.Lock()
		s.refused++
		s.mu.Unlock()
		time.Sleep(30 * time.Millisecond) //nolint:forbidigo // as a sender waits before it comes again
	}
}

func (s *stream) post(ctx context.Context, body []byte) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+"/webhooks/stripe", bytes.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return true
	}
	r.Header.Set("Stripe-Signature", webtest.Sign(body, webtest.WebhookSecret, time.Now()))
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode == http.StatusOK
}

// flow sends events until stop is closed.
func (s *stream) flow(stop <-chan struct{}) *sync.WaitGroup {
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			tick := time.NewTicker(everyEvent)
			defer tick.Stop()
			for {
				select {
				case <-stop:
					return
				case <-tick.C:
					s.send(context.Background())
				}
			}
		})
	}
	return &all
}

// kill ends one of the processes in the middle of its work and starts it again.
func (s *stream) kill(n int) {
	applied := s.number(`select count(*) from stripe_events where state = 'applied'`)
	stored := s.number(`select count(*) from stripe_events`)
	s.until("an event is stored and one is applied", func() bool {
		return s.number(`select count(*) from stripe_events`) > stored && s.number(`select count(*) from stripe_events where state = 'applied'`) > applied
	})
	if n%2 == 0 {
		s.worker.Kill()
		s.worker = Start(s.t, s.t.TempDir(), s.env, "worker")
		return
	}
	s.web.Kill()
	s.startWeb()
}

func (s *stream) until(what string, done func() bool) {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	for !done() {
		if time.Now().After(deadline) {
			s.t.Fatalf("it does not come so far that %s; the worker:\n%s", what, s.worker.Output())
		}
		time.Sleep(10 * time.Millisecond) //nolint:forbidigo // other processes do it: there is nothing to wait on but time
	}
}
