package bench

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stripe/stripe-go/v76/webhook"

	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// senders is how many deliveries are under way at once, and how many connections each way has.
const senders = 8

// inbox takes Stripe's deliveries in two ways: the product, and a handler that does nothing but verify and insert.
type inbox struct {
	ways map[string]http.Handler
	made atomic.Int64
	text string
}

func newInbox(t testing.TB, d *dbtest.Database) *inbox {
	t.Helper()
	site := webtest.On(t, d, []db.Options{{MaxConns: senders}})
	plain := webtest.On(t, d, []db.Options{{MaxConns: senders}})
	in := &inbox{text: strings.Repeat("an event has about three kilobytes of fields; ", 65)}
	in.ways = map[string]http.Handler{"plinth": site.Handler, "bare": bare(t, plain.App.DB.Pool())}
	return in
}

// bare is the least that keeps an event: read, verify, insert. Nothing works what it stores.
func bare(t testing.TB, pool *pgxpool.Pool) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 512<<10))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		e, err := webhook.ConstructEventWithOptions(body, r.Header.Get("Stripe-Signature"), webtest.WebhookSecret, webhook.ConstructEventOptions{IgnoreAPIVersionMismatch: true})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		object, _ := e.Data.Object["id"].(string)
		customer, _ := e.Data.Object["customer"].(string)
		_, err = pool.Exec(r.Context(), `insert into stripe_events (id, type, created, livemode, api_version, account, object_id, customer_id, payload, state, note)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', '') on conflict (id) do nothing`,
			e.ID, e.Type, time.Unix(e.Created, 0), e.Livemode, e.APIVersion, e.Account, object, customer, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
}

// post delivers a new event and returns how long the answer took.
func (in *inbox) post(t testing.TB, way string) time.Duration {
	body := fmt.Appendf(nil, `{"id":"evt_%s_%d","object":"event","type":"customer.subscription.updated","created":1767225600,"livemode":false,`+
		`"api_version":"2023-10-16","data":{"object":{"id":"sub_1","object":"subscription","customer":"cus_A","description":%q}}}`, way, in.made.Add(1), in.text)
	r := httptest.NewRequest(http.MethodPost, "http://"+webtest.Host+"/webhooks/stripe", bytes.NewReader(body))
	r.Header.Set("Stripe-Signature", webtest.Sign(body, webtest.WebhookSecret, time.Now()))
	w := httptest.NewRecorder()
	begun := time.Now()
	in.ways[way].ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("%s: %d %s", way, w.Code, w.Body)
	}
	return time.Since(begun)
}

// burst delivers n events by several senders at once; it returns each answer's time and that of all.
func (in *inbox) burst(t testing.TB, way string, n int) (each []time.Duration, all time.Duration) {
	var mu sync.Mutex
	var sending sync.WaitGroup
	begun := time.Now()
	for range senders {
		sending.Go(func() {
			for range n / senders {
				took := in.post(t, way)
				mu.Lock()
				each = append(each, took)
				mu.Unlock()
			}
		})
	}
	sending.Wait()
	return each, time.Since(begun)
}

// What is measured in the proof runs: both ways keep every event, and ours has a job for each.
func TestBothInboxesKeepEvents(t *testing.T) {
	t.Parallel()
	in := newInbox(t, dbtest.New(t))
	for way := range in.ways {
		if each, _ := in.burst(t, way, 2*senders); len(each) != 2*senders {
			t.Errorf("%s: %d answers", way, len(each))
		}
	}
}

func BenchmarkWebhook(b *testing.B) {
	in := newInbox(b, dbtest.OnDisk(b))
	for _, way := range []string{"plinth", "bare"} {
		b.Run(way, func(b *testing.B) {
			in.burst(b, way, 10*senders)
			b.ResetTimer()
			each, all := in.burst(b, way, max(b.N, senders))
			b.ReportMetric(float64(len(each))/all.Seconds(), "events/s")
		})
	}
}
