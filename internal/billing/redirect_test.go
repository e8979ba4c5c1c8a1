package billing_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing"
)

// The secret key goes to Stripe and to nobody Stripe's answer points at.
func TestStripeIsNotFollowedElsewhere(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(elsewhere.Close)
	there := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(there.Close)
	api := billing.NewStripe("sk_test_redirect", there.URL)
	if _, err := api.Customers.Get("cus_1", &stripe.CustomerParams{}); err == nil {
		t.Error("a redirect is taken for an answer")
	}
	if asked.Load() != 0 {
		t.Error("the redirect was followed")
	}
}
