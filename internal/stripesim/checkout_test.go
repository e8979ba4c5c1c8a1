package stripesim_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
)

// browser follows no redirect: the tests look at each.
func browser() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type shown struct {
	status   int
	location string
	body     string
	header   http.Header
}

func get(t *testing.T, address string) shown {
	t.Helper()
	answer, err := browser().Get(address)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, answer)
}

func post(t *testing.T, address string, form url.Values) shown {
	t.Helper()
	answer, err := browser().PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, answer)
}

func read(t *testing.T, answer *http.Response) shown {
	t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return shown{answer.StatusCode, answer.Header.Get("Location"), string(body), answer.Header}
}

func cardForm(number string) url.Values {
	return url.Values{"email": {"ada@example.com"}, "number": {number}, "expiry": {"12 / 30"}, "cvc": {"123"}, "name": {"Ada Lovelace"}}
}

func (w *world) checkout(change ...func(*stripe.CheckoutSessionParams)) *stripe.CheckoutSession {
	w.t.Helper()
	price := w.price("Team", 9900, "month")
	p := &stripe.CheckoutSessionParams{
		Mode: stripe.String("subscription"), SuccessURL: stripe.String("http://app.test/done?session={CHECKOUT_SESSION_ID}"),
		CancelURL: stripe.String("http://app.test/plans"), ClientReferenceID: stripe.String("tenant-1"),
		LineItems: []*stripe.CheckoutSessionLineItemParams{{Price: &price.ID, Quantity: stripe.Int64(3)}},
	}
	for _, one := range change {
		one(p)
	}
	cs, err := w.api.CheckoutSessions.New(p)
	return must(w.t, cs, err)
}

func TestCheckoutPays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cs := w.checkout()
	first := get(t, cs.URL)
	for _, text := range []string{"Subscribe to Team", "$297.00", "Quantity 3", "4242 4242 4242 4242", `href="http://app.test/plans"`} {
		if !strings.Contains(first.body, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	paid := post(t, cs.URL, cardForm("4242 4242 4242 4242"))
	if want := "http://app.test/done?session=" + cs.ID; paid.status != 303 || paid.location != want {
		t.Fatalf("%d to %q, want 303 to %q: %s", paid.status, paid.location, want, paid.body)
	}
	p := &stripe.CheckoutSessionParams{}
	p.AddExpand("subscription.latest_invoice")
	p.AddExpand("customer")
	p.AddExpand("line_items")
	done, err := w.api.CheckoutSessions.Get(cs.ID, p)
	must(t, done, err)
	if done.Status != "complete" || done.PaymentStatus != "paid" || done.Subscription.Status != "active" ||
		done.Customer.Email != "ada@example.com" || done.Subscription.LatestInvoice.AmountPaid != 29700 ||
		done.LineItems.Data[0].Quantity != 3 || done.ClientReferenceID != "tenant-1" || done.URL != "" {
		t.Errorf("session: %+v", done)
	}
	if closed := get(t, cs.URL); !strings.Contains(closed.body, "This payment is complete") {
		t.Errorf("the finished page says: %s", closed.body)
	}
	w.settle()
	if kinds := w.hook.kinds(); kinds[len(kinds)-1] != "checkout.session.completed" {
		t.Errorf("last webhook is %s", kinds[len(kinds)-1])
	}
}

func TestCheckoutIsDeclinedAndTriedAgain(t *testing.T) {
	t.Parallel()
	for _, card := range []string{declinedCard, laterCard} {
		w := newWorld(t)
		cs := w.checkout()
		refused := post(t, cs.URL, cardForm(card))
		for _, text := range []string{"Your card was declined.", card, "Ada Lovelace", `value="12 / 30"`, "ada@example.com"} {
			if !strings.Contains(refused.body, text) {
				t.Errorf("%s: the page lacks %q", card, text)
			}
		}
		if refused.status != 422 || len(w.sim.Subscriptions(0)) != 0 {
			t.Errorf("%s: %d with %d subscriptions", card, refused.status, len(w.sim.Subscriptions(0)))
		}
		if paid := post(t, cs.URL, cardForm(paysCard)); paid.status != 303 {
			t.Errorf("%s: the next card got %d", card, paid.status)
		}
	}
}

func TestCheckoutNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := cardForm("4242424242424241")
	form.Set("expiry", "12 / 20")
	form.Set("cvc", "1")
	form.Set("name", " ")
	form.Set("email", "nobody")
	page := post(t, w.checkout().URL, form)
	for _, text := range []string{"Your card number is invalid.", "expiration date is in the past", "security code is incomplete",
		"Enter the name on the card.", "Enter an e-mail address", `aria-describedby="error-number"`} {
		if !strings.Contains(page.body, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

func TestCheckoutWith3DSecure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cs := w.checkout()
	asked := post(t, cs.URL, cardForm(secureCard))
	if asked.status != 303 || asked.location != "/c/pay/"+cs.ID+"/authenticate" {
		t.Fatalf("%d to %s", asked.status, asked.location)
	}
	bank := w.url + asked.location
	if page := get(t, bank); !strings.Contains(page.body, "Complete") || !strings.Contains(page.body, "Fail") {
		t.Errorf("the bank's page says: %s", page.body)
	}
	failed := post(t, bank, url.Values{"outcome": {"fail"}})
	if failed.status != 422 || !strings.Contains(failed.body, "unable to authenticate") || !strings.Contains(failed.body, "Ada Lovelace") {
		t.Errorf("failing: %d %s", failed.status, failed.body)
	}
	post(t, cs.URL, cardForm(secureCard))
	if done := post(t, bank, url.Values{"outcome": {"complete"}}); done.status != 303 || !strings.Contains(done.location, cs.ID) {
		t.Errorf("completing: %d to %s", done.status, done.location)
	}
	// Having been set up, the card pays the renewal without asking.
	sub := w.sim.Subscriptions(1)[0]
	w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(2 * time.Hour))
	if inv := w.sim.Invoices(1)[0]; inv.BillingReason != "subscription_cycle" || inv.Status != "paid" {
		t.Errorf("renewal is %s, %s", inv.BillingReason, inv.Status)
	}
}

func TestCheckoutPressedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cs := w.checkout()
	var presses sync.WaitGroup
	for range 8 {
		presses.Go(func() {
			answer, err := browser().PostForm(cs.URL, cardForm(paysCard))
			if err != nil {
				t.Error(err)
				return
			}
			defer answer.Body.Close()
			if answer.StatusCode != 303 || !strings.HasPrefix(answer.Header.Get("Location"), "http://app.test/done") {
				t.Errorf("%d to %s", answer.StatusCode, answer.Header.Get("Location"))
			}
		})
	}
	presses.Wait()
	if subs, customers := len(w.sim.Subscriptions(0)), len(w.sim.Customers(0)); subs != 1 || customers != 1 {
		t.Errorf("%d subscriptions, %d customers", subs, customers)
	}
}

func TestCheckoutExpires(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cs := w.checkout()
	w.advance(begin().Add(24 * time.Hour))
	if page := get(t, cs.URL); page.status != 410 || !strings.Contains(page.body, "This page has expired") {
		t.Errorf("%d %s", page.status, page.body)
	}
	if page := post(t, cs.URL, cardForm(paysCard)); page.status != 410 {
		t.Errorf("paying an expired page got %d", page.status)
	}
	gone, err := w.api.CheckoutSessions.Get(cs.ID, nil)
	if must(t, gone, err).Status != "expired" {
		t.Errorf("status is %s", gone.Status)
	}
	other := w.checkout()
	ended, err := w.api.CheckoutSessions.Expire(other.ID, nil)
	if must(t, ended, err).Status != "expired" {
		t.Errorf("status is %s", ended.Status)
	}
	if unknown := get(t, w.url+"/c/pay/cs_test_nothing"); unknown.status != 404 {
		t.Errorf("an unknown page got %d", unknown.status)
	}
}
