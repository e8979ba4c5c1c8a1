package billing_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"plinth/internal/billing"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/test/webtest"
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

// A catalogue that was changed and not set up sells nothing: what would be charged is not what is shown.
func TestWhatIsChargedIsWhatIsShown(t *testing.T) {
	t.Parallel()
	site, st := webtest.NewWithStripe(t, zero())
	owner := site.Org(t, site.Account(t, "Ada", "ada@example.com"), "acme", "Acme")
	b := site.App.Billing
	data, err := os.ReadFile("plans.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dearer, err := billing.ParseCatalogue(bytes.Replace(data, []byte("amount: 900,"), []byte("amount: 1200,"), 1))
	if err != nil {
		t.Fatal(err)
	}
	dearer.Now = b.Plans.Now
	b.Plans = dearer
	choice := billing.Choice{Plan: "team", Interval: "month"}
	if _, err := b.StartCheckout(t.Context(), owner, choice); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Team is sold at another price than shown: %v", err)
	}
	if n := st.Calls("POST /v1/checkout"); n != 0 {
		t.Errorf("%d checkouts", n)
	}
	if err := b.Setup(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	if _, err := b.StartCheckout(t.Context(), owner, choice); err != nil {
		t.Errorf("set up anew, it is not sold: %v", err)
	}
}
