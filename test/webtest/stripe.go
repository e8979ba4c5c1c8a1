package webtest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"plinth/internal/config"
	"plinth/internal/dbtest"
	"plinth/internal/stripesim"
)

// WebhookSecret signs what the test's Stripe sends.
const WebhookSecret = "whsec_webtestwebtest"

// Stripe is a local Stripe beside a site. Its clock stands still until the test moves it, and its webhooks are
// delivered when the test says so.
type Stripe struct {
	Sim *stripesim.Sim
	URL string

	mu    sync.Mutex
	now   time.Time
	calls []string // requests to the API, as "GET /v1/subscriptions/sub_1"
	keys  []string // idempotency keys of the changes among them
	site  *Site
	sent  map[string]bool

	options []Option
}

// NewWithStripe makes a site with a local Stripe whose clock shows begin. Plans are set up there. Further options may
// change the configuration.
func NewWithStripe(t testing.TB, begin time.Time, options ...Option) (*Site, *Stripe) {
	t.Helper()
	return StripeOn(t, dbtest.New(t), begin, options...)
}

// StripeOn is NewWithStripe on a database.
func StripeOn(t testing.TB, d *dbtest.Database, begin time.Time, options ...Option) (*Site, *Stripe) {
	t.Helper()
	st := &Stripe{now: begin, sent: map[string]bool{}}
	server := httptest.NewUnstartedServer(nil)
	st.URL = "http://" + server.Listener.Addr().String()
	var c config.Config
	for _, o := range options {
		o(&c)
	}
	sim, err := stripesim.New(stripesim.Config{AppEnv: "test", PublicURL: st.URL, Now: st.clock, Livemode: c.Livemode()})
	if err != nil {
		t.Fatal(err)
	}
	st.Sim = sim
	server.Config.Handler = st.noted(sim.Handler())
	server.Start()
	t.Cleanup(server.Close)
	st.options = append([]Option{func(c *config.Config) { c.APIURL = st.URL }}, options...)
	site := st.Start(t, d)
	if err := site.App.Billing.Setup(context.Background(), io.Discard); err != nil {
		t.Fatal(err)
	}
	st.Forget()
	return site, st
}

// Start makes another site on the database beside the same local Stripe, as a restart does; events go there from now.
func (st *Stripe) Start(t testing.TB, d *dbtest.Database) *Site {
	t.Helper()
	site := On(t, d, nil, st.options...)
	site.App.UseLocalStripe(st.Sim)
	site.Worker.UseLocalStripe(st.Sim)
	var err error
	if site.Site, err = site.App.Web(); err != nil {
		t.Fatal(err)
	}
	st.site = site
	return site
}

func (st *Stripe) clock() time.Time {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.now
}

// Pass moves the clock to a time; what falls due at the local Stripe happens.
func (st *Stripe) Pass(t testing.TB, to time.Time) {
	t.Helper()
	if err := st.Sim.Advance(to); err != nil {
		t.Fatal(err)
	}
}

// SetClock moves the clock without letting anything happen: for tests that say themselves what the API answers.
func (st *Stripe) SetClock(now time.Time) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.now = now
}

// noted keeps what the app asks, without the hosted pages.
func (st *Stripe) noted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") && r.Header.Get("X-Webtest") == "" {
			st.mu.Lock()
			st.calls = append(st.calls, r.Method+" "+r.URL.Path)
			if key := r.Header.Get("Idempotency-Key"); key != "" && r.Method != http.MethodGet {
				st.keys = append(st.keys, r.URL.Path+" "+key)
			}
			st.mu.Unlock()
		}
		next.ServeHTTP(w, r)
	})
}

// Calls counts the requests that begin with prefix, as in "GET /v1/subscriptions/".
func (st *Stripe) Calls(prefix string) int {
	st.mu.Lock()
	defer st.mu.Unlock()
	n := 0
	for _, c := range st.calls {
		if strings.HasPrefix(c, prefix) {
			n++
		}
	}
	return n
}

// Keys counts the different idempotency keys that were sent to paths that begin with prefix.
func (st *Stripe) Keys(prefix string) int {
	st.mu.Lock()
	defer st.mu.Unlock()
	seen := map[string]bool{}
	for _, k := range st.keys {
		if strings.HasPrefix(k, prefix) {
			seen[k] = true
		}
	}
	return len(seen)
}

// Forget begins to count anew.
func (st *Stripe) Forget() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.calls, st.keys = nil, nil
}

// Event is the body of an event as it is delivered.
func (st *Stripe) Event(t testing.TB, id string) []byte {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, st.URL+"/v1/events/"+id, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+string(st.site.App.Config.SecretKey))
	r.Header.Set("X-Webtest", "yes")
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("read event %s: %d %v %s", id, res.StatusCode, err, body)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		t.Fatal(err)
	}
	return compact.Bytes()
}

// Ask changes something at the local Stripe behind the app's back, as the Dashboard does: it is not counted.
func (st *Stripe) Ask(t testing.TB, path string, form url.Values) (status int, body string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, st.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+string(st.site.App.Config.SecretKey))
	r.Header.Set("X-Webtest", "yes")
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

// Fresh lists the events that have not been delivered, oldest first.
func (st *Stripe) Fresh() []string {
	var ids []string
	for _, e := range st.Sim.Events(0) {
		if !st.sent[e.ID] {
			ids = append([]string{e.ID}, ids...)
		}
	}
	return ids
}

// Deliver sends every new event to the site, in order, and works the jobs, until nothing new happens. It returns the
// types of what was sent.
func (st *Stripe) Deliver(t testing.TB) []string {
	t.Helper()
	var types []string
	for ids := st.Fresh(); len(ids) > 0; ids = st.Fresh() {
		for _, id := range ids {
			st.sent[id] = true
			body := st.Event(t, id)
			if status := st.site.Webhook(body, Sign(body, WebhookSecret, time.Now())); status != http.StatusOK {
				t.Fatalf("event %s was answered %d", id, status)
			}
			var e struct{ Type string }
			if err := json.Unmarshal(body, &e); err != nil {
				t.Fatal(err)
			}
			types = append(types, e.Type)
		}
		st.site.Settle(t)
	}
	return types
}

// Skip says that what has happened so far is not delivered.
func (st *Stripe) Skip() {
	for _, id := range st.Fresh() {
		st.sent[id] = true
	}
}

// Sign makes the header of a delivery, as https://docs.stripe.com/webhooks#verify-manually describes it.
func Sign(body []byte, secret string, at time.Time) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%x", at.Unix(), mac.Sum(nil))
}

// Webhook delivers a body to the site and returns the status of its answer.
func (s *Site) Webhook(body []byte, signature string) int {
	r := httptest.NewRequest(http.MethodPost, "http://"+Host+"/webhooks/stripe", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Stripe-Signature", signature)
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	return w.Code
}

// FollowOut asks a page outside of the site, such as the local Stripe's, as a browser would. form nil asks with GET.
// It returns where the browser would go next, or the page.
func FollowOut(t testing.TB, address string, form url.Values) (location, page string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if form != nil {
		r, err = http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
		if err == nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.Header.Get("Location"), string(body)
}
