// Package stripesim is a local Stripe: a stateful HTTP server that speaks the part of the Stripe API
// (version 2023-10-16) which Plinth calls, with hosted Checkout, Portal and invoice pages, test cards,
// a clock that can be moved forward and signed webhooks. It needs no account and no internet, holds
// no card data beyond test numbers, and refuses to start in production.
package stripesim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// APIVersion is the Stripe API version whose shapes and rules are imitated.
const APIVersion = "2023-10-16"

// ErrProduction is returned by New when the program runs in production.
var ErrProduction = errors.New("the local Stripe does not run in production")

// Config says how a Sim starts. The zero value of every field but AppEnv is usable.
type Config struct {
	// AppEnv is the program's APP_ENV; "production" is refused.
	AppEnv string
	// PublicURL is where browsers reach the hosted pages, without a trailing slash.
	PublicURL string
	// WebhookURL and WebhookSecret make the first webhook endpoint; an empty URL means none.
	WebhookURL    string
	WebhookSecret string
	// StatePath is the file that keeps everything over a restart; empty keeps nothing.
	StatePath string
	// Now is the real time that the clock starts from (default time.Now). Advance adds to it.
	Now func() time.Time
	// StartAt is what the clock of a fresh state shows (default: Now). A past time lets a seed live
	// through months and then Advance to the present.
	StartAt time.Time
	Logger  *slog.Logger
	// DunningEnd is what happens after the last failed retry: "cancel" (default), "unpaid" or "past_due".
	DunningEnd string
	// DunningAfter are the retries of a failed renewal, counted from the first failure (default 1, 3, 5, 7 days).
	DunningAfter []time.Duration
	// DraftFor is how long a renewal invoice stays a draft (default an hour, as Stripe; negative: not at all).
	DraftFor time.Duration
	// RetryDelays are the pauses before each further attempt of a webhook (default 1 s to 10 min, 8 retries).
	RetryDelays []time.Duration
	// Workers bounds how many webhooks are under way at once (default 4).
	Workers int
	// Client sends the webhooks (default: 10 s timeout, no redirects).
	Client *http.Client
	// Livemode makes every object a live one and asks for sk_live_ keys, for tests of such guards.
	Livemode bool
}

// Sim is one local Stripe account. All methods are safe for concurrent use.
type Sim struct {
	cfg    Config
	log    *slog.Logger
	shapes map[string]obj

	mu      sync.Mutex // guards all below
	st      *state
	frozen  time.Time     // while the clock passes: the moment being worked off
	acting  string        // the customer whom something is being done to: its time counts
	request requestInfo   // the API call being answered, for its events
	faults  []Fault       // injected API failures
	flights int           // webhooks under way
	changed chan struct{} // closed and replaced whenever a delivery changes
	dirty   chan struct{} // holds one signal while the state file is behind
	wake    chan struct{} // holds one signal when the dispatcher should look again
	stop    context.CancelFunc
	stopped chan struct{} // closed when Run has returned

	saveMu sync.Mutex // one writer of the state file at a time
}

type requestInfo struct{ id, key string }

// New makes a Sim and loads its state file if there is one. It starts nothing: serve Handler and call
// Run, then Close. It refuses production, a DunningEnd it does not know and a state file it cannot read.
func New(cfg Config) (*Sim, error) {
	if cfg.AppEnv == "production" {
		return nil, ErrProduction
	}
	cfg = withDefaults(cfg)
	switch cfg.DunningEnd {
	case "cancel", "unpaid", "past_due":
	default:
		return nil, fmt.Errorf("dunning end %q is none of cancel, unpaid, past_due", cfg.DunningEnd)
	}
	shapes, err := loadShapes()
	if err != nil {
		return nil, err
	}
	st, err := loadState(cfg.StatePath)
	if err != nil {
		return nil, err
	}
	s := &Sim{
		cfg: cfg, log: cfg.Logger, shapes: shapes, st: st,
		changed: make(chan struct{}), dirty: make(chan struct{}, 1), wake: make(chan struct{}, 1),
	}
	if !cfg.StartAt.IsZero() && len(st.Events.order) == 0 && st.Offset == 0 {
		st.Offset = cfg.StartAt.Sub(cfg.Now())
	}
	s.configureEndpoint()
	return s, nil
}

func withDefaults(cfg Config) Config {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.DunningEnd == "" {
		cfg.DunningEnd = "cancel"
	}
	if cfg.DunningAfter == nil {
		cfg.DunningAfter = []time.Duration{24 * time.Hour, 72 * time.Hour, 120 * time.Hour, 168 * time.Hour}
	}
	if cfg.DraftFor == 0 {
		cfg.DraftFor = time.Hour
	}
	if cfg.RetryDelays == nil {
		cfg.RetryDelays = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second,
			30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute}
	}
	if cfg.Workers <= 0 {
		cfg.Workers = 4
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return cfg
}

// Run delivers webhooks, lets the clock pass and keeps the state file until ctx ends or Close is
// called. It returns nil after a clean end, and an error when it already runs.
func (s *Sim) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	if s.stop != nil {
		s.mu.Unlock()
		return errors.New("the local Stripe runs already")
	}
	stopped := make(chan struct{})
	s.stop, s.stopped = cancel, stopped
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.stop = nil
		s.mu.Unlock()
		close(stopped)
	}()

	var work sync.WaitGroup
	work.Go(func() { s.dispatch(ctx) })
	work.Go(func() { s.tick(ctx) })
	work.Go(func() { s.keepSaving(ctx) })
	work.Wait()
	return s.save()
}

// Close ends Run if it runs, waits for it and writes the state file a last time.
func (s *Sim) Close() error {
	s.mu.Lock()
	stop, stopped := s.stop, s.stopped
	s.mu.Unlock()
	if stop != nil {
		stop()
		<-stopped
	}
	return s.save()
}
