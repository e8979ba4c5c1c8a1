package stripesim_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v76"
)

func TestIdempotency(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	make := func(key, email string) (*stripe.Customer, error) {
		p := &stripe.CustomerParams{Email: &email}
		p.SetIdempotencyKey(key)
		return w.api.Customers.New(p)
	}
	first, err := make("one", "ada@example.com")
	must(t, first, err)
	if first.LastResponse.Header.Get("Idempotent-Replayed") != "" {
		t.Error("the first answer is marked as replayed")
	}
	again, err := make("one", "ada@example.com")
	must(t, again, err)
	if again.ID != first.ID || again.LastResponse.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("got %s and %q, want %s again", again.ID, again.LastResponse.Header.Get("Idempotent-Replayed"), first.ID)
	}
	_, err = make("one", "bob@example.com")
	wantError(t, err, 400, "")
	if problem := stripeError(t, err); problem.Type != stripe.ErrorTypeIdempotency {
		t.Errorf("type is %s", problem.Type)
	}
	p := &stripe.ProductParams{Name: stripe.String("Pro")}
	p.SetIdempotencyKey("one")
	_, err = w.api.Products.New(p)
	wantError(t, err, 400, "")
	other, err := make("two", "ada@example.com")
	if must(t, other, err).ID == first.ID {
		t.Error("another key gave the same customer")
	}
	if n := len(w.sim.Customers(0)); n != 2 {
		t.Errorf("%d customers", n)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, key := range []string{"sk_live_123", "sk_test_", "pk_test_123", "x"} {
		_, err := newAPI(w.url, key).Customers.New(nil)
		wantError(t, err, 401, "")
	}
	for name, test := range map[string]struct {
		authorize func(*http.Request)
		want      int
	}{
		"none":   {func(*http.Request) {}, 401},
		"basic":  {func(r *http.Request) { r.SetBasicAuth("sk_test_1", "") }, 200},
		"bearer": {func(r *http.Request) { r.Header.Set("Authorization", "Bearer sk_test_1") }, 200},
	} {
		r, err := http.NewRequest(http.MethodGet, w.url+"/v1/customers", nil)
		if err != nil {
			t.Fatal(err)
		}
		test.authorize(r)
		answer, err := browser().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, answer); got.status != test.want || got.header.Get("Request-Id") == "" {
			t.Errorf("%s: %d, want %d", name, got.status, test.want)
		}
	}
}

func TestMissingThings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus, price := w.customer(paysCard), w.price("Pro", 4900, "month")
	for name, ask := range map[string]func() error{
		"customer":     func() error { _, err := w.api.Customers.Get("cus_none", nil); return err },
		"subscription": func() error { _, err := w.api.Subscriptions.Get("sub_none", nil); return err },
		"invoice":      func() error { _, err := w.api.Invoices.Get("in_none", nil); return err },
		"schedule":     func() error { _, err := w.api.SubscriptionSchedules.Get("sub_sched_none", nil); return err },
		"session":      func() error { _, err := w.api.CheckoutSessions.Get("cs_test_none", nil); return err },
		"price":        func() error { _, err := w.api.Prices.Get("price_none", nil); return err },
		"product":      func() error { _, err := w.api.Products.Get("prod_none", nil); return err },
		"method":       func() error { _, err := w.api.PaymentMethods.Get("pm_none", nil); return err },
		"intent":       func() error { _, err := w.api.PaymentIntents.Get("pi_none", nil); return err },
		"event":        func() error { _, err := w.api.Events.Get("evt_none", nil); return err },
		"charge":       func() error { _, err := w.api.Charges.Get("ch_none", nil); return err },
	} {
		t.Run(name, func(t *testing.T) { wantError(t, ask(), 404, stripe.ErrorCodeResourceMissing) })
	}
	for name, p := range map[string]*stripe.SubscriptionParams{
		"customer": {Customer: stripe.String("cus_none"), Items: []*stripe.SubscriptionItemsParams{{Price: &price.ID}}},
		"price":    {Customer: &cus.ID, Items: []*stripe.SubscriptionItemsParams{{Price: stripe.String("price_none")}}},
	} {
		_, err := w.api.Subscriptions.New(p)
		t.Run("param "+name, func(t *testing.T) { wantError(t, err, 400, stripe.ErrorCodeResourceMissing) })
	}
	_, err := w.api.Subscriptions.New(&stripe.SubscriptionParams{Items: []*stripe.SubscriptionItemsParams{{Price: &price.ID}}})
	wantError(t, err, 400, stripe.ErrorCodeParameterMissing)
	if problem := stripeError(t, err); problem.Param != "customer" {
		t.Errorf("param is %s", problem.Param)
	}
	_, err = w.api.TaxRates.Get("none", nil)
	if err == nil || !strings.Contains(err.Error(), "does not imitate") {
		t.Errorf("an unknown endpoint: %v", err)
	}
}

func TestLookupKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	product, err := w.api.Products.New(&stripe.ProductParams{ID: stripe.String("prod_pro"), Name: stripe.String("Pro"), Metadata: map[string]string{"plan": "pro"}})
	must(t, product, err)
	add := func(amount int64, transfer bool) (*stripe.Price, error) {
		return w.api.Prices.New(&stripe.PriceParams{
			Product: &product.ID, Currency: stripe.String("usd"), UnitAmount: &amount, LookupKey: stripe.String("pro_m"),
			TransferLookupKey: &transfer, Recurring: &stripe.PriceRecurringParams{Interval: stripe.String("month")},
		})
	}
	old, err := add(4900, false)
	must(t, old, err)
	_, err = add(5900, false)
	wantError(t, err, 400, "")
	fresh, err := add(5900, true)
	must(t, fresh, err)
	list := w.api.Prices.List(&stripe.PriceListParams{LookupKeys: []*string{stripe.String("pro_m")}, Active: stripe.Bool(true)})
	if !list.Next() || list.Price().ID != fresh.ID || list.Next() {
		t.Errorf("found %v: %v", list.Price(), list.Err())
	}
	byProduct := w.api.Prices.List(&stripe.PriceListParams{Product: &product.ID})
	n := 0
	for byProduct.Next() {
		n++
	}
	if n != 2 {
		t.Errorf("%d prices of the product", n)
	}
	closed, err := w.api.Prices.Update(old.ID, &stripe.PriceParams{Active: stripe.Bool(false)})
	if must(t, closed, err).Active {
		t.Error("still active")
	}
}

func TestCustomersChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer(paysCard)
	sub := w.subscribe(cus, w.price("Pro", 4900, "month"), 1)
	p := &stripe.CustomerParams{Name: stripe.String("Ada Lovelace")}
	p.AddMetadata("tenant", "7")
	changed, err := w.api.Customers.Update(cus.ID, p)
	must(t, changed, err)
	if changed.Name != "Ada Lovelace" || changed.Email != "ada@example.com" || changed.Metadata["tenant"] != "7" {
		t.Errorf("customer: %+v", changed)
	}
	gone, err := w.api.Customers.Del(cus.ID, nil)
	if must(t, gone, err); !gone.Deleted {
		t.Error("not deleted")
	}
	read, err := w.api.Customers.Get(cus.ID, nil)
	if must(t, read, err); !read.Deleted {
		t.Error("not shown as deleted")
	}
	wantStatus(t, w.reload(sub), stripe.SubscriptionStatusCanceled)
	_, err = w.api.Customers.Update(cus.ID, p)
	wantError(t, err, 404, stripe.ErrorCodeResourceMissing)
}

// stripeError is the error as Stripe's client tells it.
func stripeError(t *testing.T, err error) *stripe.Error {
	t.Helper()
	var problem *stripe.Error
	if !errors.As(err, &problem) {
		t.Fatalf("%v is no error of Stripe", err)
	}
	return problem
}
