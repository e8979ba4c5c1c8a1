package stripesim_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
)

func TestCheckoutTrialWithoutCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer("")
	cs := w.checkout(func(p *stripe.CheckoutSessionParams) {
		p.Customer = &cus.ID
		p.PaymentMethodCollection = stripe.String("if_required")
		p.SubscriptionData = &stripe.CheckoutSessionSubscriptionDataParams{
			TrialPeriodDays: stripe.Int64(14), Metadata: map[string]string{"tenant": "1"},
			TrialSettings: &stripe.CheckoutSessionSubscriptionDataTrialSettingsParams{
				EndBehavior: &stripe.CheckoutSessionSubscriptionDataTrialSettingsEndBehaviorParams{MissingPaymentMethod: stripe.String("pause")},
			},
		}
	})
	page := get(t, cs.URL)
	if strings.Contains(page.body, "Card number") || !strings.Contains(page.body, "Start trial") || !strings.Contains(page.body, "15 January 2026") {
		t.Errorf("the page says: %s", page.body)
	}
	if done := post(t, cs.URL, url.Values{}); done.status != 303 {
		t.Fatalf("got %d: %s", done.status, done.body)
	}
	sub := w.sim.Subscriptions(1)[0]
	if sub.Status != "trialing" || sub.TrialEnd != begin().AddDate(0, 0, 14).Unix() || sub.Metadata["tenant"] != "1" ||
		sub.TrialSettings.EndBehavior.MissingPaymentMethod != "pause" {
		t.Errorf("subscription: %+v", sub)
	}
	done, err := w.api.CheckoutSessions.Get(cs.ID, nil)
	if must(t, done, err).PaymentStatus != "no_payment_required" {
		t.Errorf("payment is %s", done.PaymentStatus)
	}
}

func TestCardSetUpDuringATrialPaysLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cs := w.checkout(func(p *stripe.CheckoutSessionParams) {
		p.SubscriptionData = &stripe.CheckoutSessionSubscriptionDataParams{TrialPeriodDays: stripe.Int64(14)}
	})
	asked := post(t, cs.URL, cardForm(secureCard))
	if done := post(t, w.url+asked.location, url.Values{"outcome": {"complete"}}); done.status != 303 {
		t.Fatalf("got %d: %s", done.status, done.body)
	}
	w.advance(begin().AddDate(0, 0, 14).Add(time.Hour))
	if inv := w.sim.Invoices(1)[0]; inv.Status != "paid" || inv.AmountPaid != 29700 {
		t.Errorf("after the trial: %s, paid %d", inv.Status, inv.AmountPaid)
	}
}
