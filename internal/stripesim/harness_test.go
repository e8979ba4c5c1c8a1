package stripesim_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"
	"github.com/stripe/stripe-go/v76/webhook"

	"plinth/internal/stripesim"
)

const (
	paysCard     = "4242424242424242"
	declinedCard = "4000000000000002"
	secureCard   = "4000002500003155"
	laterCard    = "4000000000000341"
	hookSecret   = "whsec_test"
)

// begin is the time that every test starts at: a period of 31 days follows.
func begin() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// world is a running local Stripe with an endpoint that verifies and keeps what it gets.
type world struct {
	t    *testing.T
	sim  *stripesim.Sim
	api  *client.API
	url  string
	hook *hook
	stop func()
}

// hook is the app's side of the webhooks.
type hook struct {
	mu     sync.Mutex
	events []stripe.Event
	bad    int
	answer func() int // status to answer with; nil: 200
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "reading", http.StatusBadRequest)
		return
	}
	// Tests stand still in time, so the age of a signature means nothing here.
	e, err := webhook.ConstructEventWithTolerance(body, r.Header.Get("Stripe-Signature"), hookSecret, 100*365*24*time.Hour)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.bad++
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if h.answer != nil {
		if status := h.answer(); status != http.StatusOK {
			http.Error(w, "not now", status)
			return
		}
	}
	h.events = append(h.events, e)
}

func (h *hook) kinds() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var kinds []string
	for _, e := range h.events {
		kinds = append(kinds, string(e.Type))
	}
	return kinds
}

func newWorld(t *testing.T, adjust ...func(*stripesim.Config)) *world {
	t.Helper()
	w := &world{t: t, hook: &hook{}}
	hooks := httptest.NewServer(w.hook)
	t.Cleanup(hooks.Close)
	server := httptest.NewUnstartedServer(nil)
	w.url = "http://" + server.Listener.Addr().String()
	cfg := stripesim.Config{
		AppEnv: "test", PublicURL: w.url, WebhookURL: hooks.URL, WebhookSecret: hookSecret, Now: begin,
		Workers: 1, RetryDelays: []time.Duration{time.Millisecond, time.Millisecond},
	}
	for _, change := range adjust {
		change(&cfg)
	}
	sim, err := stripesim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.sim = sim
	server.Config.Handler = sim.Handler()
	server.Start()
	t.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- sim.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ran; err != nil {
			t.Errorf("running: %v", err)
		}
	})
	t.Cleanup(w.stop)
	w.api = newAPI(w.url, "sk_test_123")
	return w
}

func newAPI(url, key string) *client.API {
	backend := stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{
		URL: stripe.String(url), MaxNetworkRetries: stripe.Int64(0), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	})
	return client.New(key, &stripe.Backends{API: backend, Connect: backend, Uploads: backend})
}

// must stops the test on an error of the API.
func must[T any](t *testing.T, value T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func (w *world) settle() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := w.sim.Settle(ctx); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) advance(to time.Time) {
	w.t.Helper()
	if err := w.sim.Advance(to); err != nil {
		w.t.Fatal(err)
	}
}

// price makes a product with one monthly price.
func (w *world) price(name string, amount int64, interval string) *stripe.Price {
	w.t.Helper()
	product := must2(w.t)(w.api.Products.New(&stripe.ProductParams{Name: &name}))
	price, err := w.api.Prices.New(&stripe.PriceParams{
		Product: &product.ID, Currency: stripe.String("usd"), UnitAmount: &amount,
		Recurring: &stripe.PriceRecurringParams{Interval: &interval},
	})
	return must(w.t, price, err)
}

func must2(t *testing.T) func(*stripe.Product, error) *stripe.Product {
	t.Helper()
	return func(p *stripe.Product, err error) *stripe.Product { return must(t, p, err) }
}

// customer makes a customer with a default card, or none when the number is empty.
func (w *world) customer(number string) *stripe.Customer {
	w.t.Helper()
	cus, err := w.api.Customers.New(&stripe.CustomerParams{Email: stripe.String("ada@example.com"), Name: stripe.String("Ada")})
	must(w.t, cus, err)
	if number != "" {
		if err := w.sim.UpdateCard(cus.ID, number); err != nil {
			w.t.Fatal(err)
		}
	}
	return cus
}

// subscribe starts a subscription by the API.
func (w *world) subscribe(cus *stripe.Customer, price *stripe.Price, quantity int64, change ...func(*stripe.SubscriptionParams)) *stripe.Subscription {
	w.t.Helper()
	p := &stripe.SubscriptionParams{
		Customer: &cus.ID, Items: []*stripe.SubscriptionItemsParams{{Price: &price.ID, Quantity: &quantity}},
	}
	for _, one := range change {
		one(p)
	}
	sub, err := w.api.Subscriptions.New(p)
	return must(w.t, sub, err)
}

func (w *world) reload(sub *stripe.Subscription) *stripe.Subscription {
	w.t.Helper()
	p := &stripe.SubscriptionParams{}
	p.AddExpand("latest_invoice.payment_intent")
	p.AddExpand("schedule")
	fresh, err := w.api.Subscriptions.Get(sub.ID, p)
	return must(w.t, fresh, err)
}

// happened lists the event types, oldest first.
func (w *world) happened() []string {
	events := w.sim.Events(0)
	slices.Reverse(events)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Type)
	}
	return kinds
}

// after drops what had happened before a mark.
func (w *world) after(mark int) []string { return w.happened()[mark:] }

func wantStatus(t *testing.T, sub *stripe.Subscription, want stripe.SubscriptionStatus) {
	t.Helper()
	if sub.Status != want {
		t.Fatalf("status is %s, want %s", sub.Status, want)
	}
}
