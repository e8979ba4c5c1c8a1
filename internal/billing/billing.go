package billing

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"plinth/internal/db"
	"plinth/internal/limit"
	"plinth/jobs"
)

// APITimeout is how long one request to Stripe may take, and all requests together that a person waits for.
const APITimeout = 10 * time.Second

// Billing has the operations. Its fields are set once, where the program is put together.
type Billing struct {
	DB       *db.DB
	Queue    *jobs.Queue
	Stripe   *client.API
	Plans    *Catalogue
	URL      string   // APP_URL
	Secrets  []string // of the webhook, newest first
	Livemode bool     // whether the key is a live one; events of the other mode are ignored
	Log      *slog.Logger
	// Limits hold up whoever makes us ask Stripe too often.
	Limits *limit.Limiter
	// Stored says how many bytes of files an organization keeps, which plans with MeterStorage charge for.
	Stored func(ctx context.Context, tenant uuid.UUID) (int64, error)
	// Now is the clock that trials, periods and grace run by: the real one, or the local Stripe's.
	Now func() time.Time

	prices priceCache
}

// NewStripe returns a client of Stripe's API, or of what answers at url when it is not empty. It never repeats a
// request by itself: jobs do, with the same idempotency key.
func NewStripe(key, url string) *client.API {
	config := &stripe.BackendConfig{
		HTTPClient: &http.Client{Timeout: APITimeout, CheckRedirect: stay}, MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false),
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	}
	if url != "" {
		config.URL = stripe.String(url)
	}
	backend := stripe.GetBackendWithConfig(stripe.APIBackend, config)
	return client.New(key, &stripe.Backends{API: backend, Connect: backend, Uploads: backend})
}

// stay follows no redirect: the key goes to Stripe and nowhere else.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// ask are the parameters of a read.
func ask(ctx context.Context, expand ...string) stripe.Params {
	p := stripe.Params{Context: ctx}
	for _, path := range expand {
		p.AddExpand(path)
	}
	return p
}

// order are the parameters of a change: its key comes from what we have written down, so that a second try is the
// same order to Stripe.
func order(ctx context.Context, key string, expand ...string) stripe.Params {
	p := ask(ctx, expand...)
	p.IdempotencyKey = stripe.String("plinth_" + key)
	return p
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// unix turns Stripe's seconds into a time; zero is none.
func unix(seconds int64) *time.Time {
	if seconds == 0 {
		return nil
	}
	t := time.Unix(seconds, 0).UTC()
	return &t
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
