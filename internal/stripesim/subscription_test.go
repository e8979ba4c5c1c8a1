package stripesim_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/stripesim"
)

func TestSubscriptionIsPaidAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	price, cus := w.price("Pro", 4900, "month"), w.customer(paysCard)
	mark := len(w.happened())
	sub := w.reload(w.subscribe(cus, price, 3))
	wantStatus(t, sub, stripe.SubscriptionStatusActive)
	if got, want := sub.CurrentPeriodEnd, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC).Unix(); got != want {
		t.Errorf("period ends %d, want %d", got, want)
	}
	inv := sub.LatestInvoice
	if inv.AmountPaid != 14700 || inv.Status != "paid" || inv.PaymentIntent.Status != "succeeded" || inv.BillingReason != "subscription_create" {
		t.Errorf("invoice: paid %d, %s, %s, %s", inv.AmountPaid, inv.Status, inv.PaymentIntent.Status, inv.BillingReason)
	}
	want := []string{"customer.subscription.created", "invoice.created", "payment_intent.created", "invoice.finalized",
		"charge.succeeded", "payment_intent.succeeded", "invoice.updated", "invoice.paid", "invoice.payment_succeeded",
		"customer.subscription.updated"}
	if diff := cmp.Diff(want, w.after(mark)); diff != "" {
		t.Error(diff)
	}
}

func TestFirstPayment(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		card, behavior string
		want           stripe.SubscriptionStatus
		code           stripe.ErrorCode
	}{
		"declined":               {card: laterCard, want: stripe.SubscriptionStatusIncomplete},
		"no card":                {want: stripe.SubscriptionStatusIncomplete},
		"not tried":              {card: paysCard, behavior: "default_incomplete", want: stripe.SubscriptionStatusIncomplete},
		"asks for authenticate":  {card: "4000002760003184", want: stripe.SubscriptionStatusIncomplete},
		"declined with an error": {card: laterCard, behavior: "error_if_incomplete", code: stripe.ErrorCodeCardDeclined},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			price, cus := w.price("Pro", 4900, "month"), w.customer("")
			if test.card == "4000002760003184" {
				attach(t, w, cus, "pm_card_authenticationRequired")
			} else if test.card != "" {
				if err := w.sim.UpdateCard(cus.ID, test.card); err != nil {
					t.Fatal(err)
				}
			}
			p := &stripe.SubscriptionParams{Customer: &cus.ID, Items: []*stripe.SubscriptionItemsParams{{Price: &price.ID}}}
			if test.behavior != "" {
				p.PaymentBehavior = &test.behavior
			}
			sub, err := w.api.Subscriptions.New(p)
			if test.code != "" {
				wantError(t, err, 402, test.code)
				if n := len(w.sim.Subscriptions(0)); n != 0 {
					t.Errorf("%d subscriptions were made", n)
				}
				return
			}
			wantStatus(t, must(t, sub, err), test.want)
			w.advance(begin().Add(23*time.Hour - time.Second))
			wantStatus(t, w.reload(sub), test.want)
			w.advance(begin().Add(23 * time.Hour))
			gone := w.reload(sub)
			wantStatus(t, gone, stripe.SubscriptionStatusIncompleteExpired)
			if gone.LatestInvoice.Status != "void" {
				t.Errorf("invoice is %s", gone.LatestInvoice.Status)
			}
		})
	}
}

func attach(t *testing.T, w *world, cus *stripe.Customer, name string) *stripe.PaymentMethod {
	t.Helper()
	pm, err := w.api.PaymentMethods.Attach(name, &stripe.PaymentMethodAttachParams{Customer: &cus.ID})
	must(t, pm, err)
	_, err = w.api.Customers.Update(cus.ID, &stripe.CustomerParams{
		InvoiceSettings: &stripe.CustomerInvoiceSettingsParams{DefaultPaymentMethod: &pm.ID},
	})
	return must(t, pm, err)
}

func wantError(t *testing.T, err error, status int, code stripe.ErrorCode) {
	t.Helper()
	var problem *stripe.Error
	if !errors.As(err, &problem) {
		t.Fatalf("got %v, want a Stripe error %s", err, code)
	}
	if problem.HTTPStatusCode != status || problem.Code != code {
		t.Fatalf("got %d %q (%s), want %d %q", problem.HTTPStatusCode, problem.Code, problem.Msg, status, code)
	}
	if problem.RequestID == "" {
		t.Error("no request id")
	}
}

func TestIncompleteIsFinishedByPayingItsInvoice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub := w.subscribe(w.customer(laterCard), w.price("Pro", 4900, "month"), 1)
	wantStatus(t, sub, stripe.SubscriptionStatusIncomplete)
	if err := w.sim.PayInvoice(sub.LatestInvoice.ID, paysCard); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, w.reload(sub), stripe.SubscriptionStatusActive)
}

func TestCancelNowAndTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub := w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 1)
	sub = must(t, sub, nil)
	gone, err := w.api.Subscriptions.Cancel(sub.ID, nil)
	must(t, gone, err)
	if gone.Status != "canceled" || gone.EndedAt != begin().Unix() || gone.CancellationDetails.Reason != "cancellation_requested" {
		t.Errorf("got %s at %d because of %s", gone.Status, gone.EndedAt, gone.CancellationDetails.Reason)
	}
	_, err = w.api.Subscriptions.Cancel(sub.ID, nil)
	wantError(t, err, 404, stripe.ErrorCodeResourceMissing)
}

func TestCancelAtPeriodEndAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub := w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 1)
	set := func(on bool) *stripe.Subscription {
		changed, err := w.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: &on})
		return must(t, changed, err)
	}
	if on := set(true); on.CancelAt != sub.CurrentPeriodEnd || on.CanceledAt == 0 || on.Status != "active" {
		t.Errorf("cancel at %d, canceled %d, %s", on.CancelAt, on.CanceledAt, on.Status)
	}
	if off := set(false); off.CancelAt != 0 || off.CanceledAt != 0 || off.CancelAtPeriodEnd {
		t.Errorf("still cancels at %d", off.CancelAt)
	}
	set(true)
	mark := len(w.happened())
	w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(48 * time.Hour))
	gone := w.reload(sub)
	if gone.Status != "canceled" || gone.EndedAt != sub.CurrentPeriodEnd {
		t.Errorf("%s at %d", gone.Status, gone.EndedAt)
	}
	if diff := cmp.Diff([]string{"customer.subscription.deleted"}, w.after(mark)); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownParameterIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := &stripe.CustomerParams{}
	p.AddExtra("surname", "Lovelace")
	_, err := w.api.Customers.New(p)
	wantError(t, err, 400, stripe.ErrorCodeParameterUnknown)
	if n := len(w.sim.Customers(0)); n != 0 {
		t.Errorf("%d customers were made", n)
	}
}

func TestProductionIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := stripesim.New(stripesim.Config{AppEnv: "production"}); !errors.Is(err, stripesim.ErrProduction) {
		t.Errorf("got %v", err)
	}
}
