package billing_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"plinth/internal/billing"
)

// deadlines notes until when each request to Stripe may take.
type deadlines struct {
	mu  sync.Mutex
	all []time.Time
}

func (d *deadlines) RoundTrip(r *http.Request) (*http.Response, error) {
	until, _ := r.Context().Deadline()
	d.mu.Lock()
	d.all = append(d.all, until)
	d.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// A person waits for Stripe ten seconds at most, however many questions an act has.
func TestAnActWaitsTenSecondsAtMost(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.exec(`delete from billing_customers`)
	b, noted := w.site.App.Billing, &deadlines{}
	backend := stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{
		HTTPClient: &http.Client{Transport: noted}, URL: stripe.String(w.st.URL), MaxNetworkRetries: stripe.Int64(0),
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	})
	b.Stripe = client.New("sk_live_1", &stripe.Backends{API: backend, Connect: backend, Uploads: backend})
	var shown billing.Preview
	for _, act := range []struct {
		name string
		do   func() error
	}{
		{"checkout", func() error {
			_, err := b.StartCheckout(w.ctx(), w.s, billing.Choice{Plan: "pro", Interval: "month"})
			return err
		}},
		{"portal", func() error { _, err := b.Portal(w.ctx(), w.s, billing.PortalHome); return err }},
		{"refresh", func() error { return b.Refresh(w.ctx(), w.s) }},
		{"trial", func() error { return b.StartTrial(w.ctx(), w.s, "pro") }},
		{"preview", func() (err error) {
			shown, err = b.PreviewChange(w.ctx(), w.s, billing.Choice{Plan: "team", Interval: "month"})
			return err
		}},
		{"change", func() error {
			_, err := b.ChangePlan(w.ctx(), w.s, billing.ChangeForm{
				ID: shown.ID, Plan: "team", Interval: "month", ProratedAt: shown.ProratedAt, Seats: shown.Seats,
			})
			return err
		}},
	} {
		noted.all = nil
		begun := time.Now()
		if err := act.do(); err != nil {
			t.Errorf("%s: %v", act.name, err)
		}
		if len(noted.all) == 0 {
			t.Errorf("%s asks nothing", act.name)
		}
		for _, until := range noted.all {
			if until.IsZero() || until.Sub(begun) > billing.APITimeout+time.Second || !until.Equal(noted.all[0]) {
				t.Errorf("%s: %d questions may take until %v", act.name, len(noted.all), noted.all)
				break
			}
		}
	}
}
