package billing_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"plinth/internal/billing"
	"plinth/internal/scope"
)

// Whoever waits for a Stripe that does not answer waits for their own question, not for everybody's before them.
func TestPricesAreAskedForSideBySide(t *testing.T) {
	t.Parallel()
	const people = 3
	var asking sync.WaitGroup
	asking.Add(people)
	stripe := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asking.Done()
		together := make(chan struct{})
		go func() { asking.Wait(); close(together) }()
		select {
		case <-together:
		case <-time.After(3 * time.Second):
			t.Error("one question waits for another")
		}
		http.Error(w, "{}", http.StatusInternalServerError)
	}))
	t.Cleanup(stripe.Close)
	plans, err := billing.LoadCatalogue("")
	if err != nil {
		t.Fatal(err)
	}
	b := &billing.Billing{Stripe: billing.NewStripe("sk_test_1", stripe.URL), Plans: plans, Now: time.Now}
	var all sync.WaitGroup
	for range people {
		all.Go(func() {
			if _, err := b.StartCheckout(t.Context(), scope.Scope{}, billing.Choice{Plan: "team", Interval: "month"}); err == nil {
				t.Error("a Stripe that fails sold something")
			}
		})
	}
	all.Wait()
}
