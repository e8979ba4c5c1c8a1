package stripesim_test

import (
	"testing"

	"github.com/stripe/stripe-go/v76"
)

func TestPaymentMethods(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer("")
	pm := attach(t, w, cus, "pm_card_mastercard")
	if pm.Card.Brand != "mastercard" || pm.Card.Last4 != "4444" || pm.Customer.ID != cus.ID {
		t.Errorf("card: %+v", pm.Card)
	}
	_, err := w.api.PaymentMethods.Attach("pm_card_chargeDeclined", &stripe.PaymentMethodAttachParams{Customer: &cus.ID})
	wantError(t, err, 402, stripe.ErrorCodeCardDeclined)
	own, err := w.api.PaymentMethods.New(&stripe.PaymentMethodParams{
		Type: stripe.String("card"), Card: &stripe.PaymentMethodCardParams{Token: stripe.String("tok_visa")},
	})
	if must(t, own, err).Customer != nil {
		t.Error("attached to somebody")
	}
	list := w.api.PaymentMethods.List(&stripe.PaymentMethodListParams{Customer: &cus.ID, Type: stripe.String("card")})
	if !list.Next() || list.PaymentMethod().ID != pm.ID || list.Next() {
		t.Errorf("list: %v", list.Err())
	}
	loose, err := w.api.PaymentMethods.Detach(pm.ID, nil)
	if must(t, loose, err).Customer != nil || w.sim.Customers(1)[0].InvoiceSettings.DefaultPaymentMethod != "" {
		t.Error("still the default")
	}
	si, err := w.api.SetupIntents.New(&stripe.SetupIntentParams{Customer: &cus.ID, PaymentMethod: &own.ID, Confirm: stripe.Bool(true)})
	if must(t, si, err).Status != "succeeded" {
		t.Errorf("setup is %s", si.Status)
	}
}

func TestRefunds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub := w.reload(w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 1))
	intent := sub.LatestInvoice.PaymentIntent.ID
	part, err := w.api.Refunds.New(&stripe.RefundParams{PaymentIntent: &intent, Amount: stripe.Int64(900)})
	if must(t, part, err).Status != "succeeded" {
		t.Errorf("refund is %s", part.Status)
	}
	_, err = w.api.Refunds.New(&stripe.RefundParams{PaymentIntent: &intent, Amount: stripe.Int64(4001)})
	wantError(t, err, 400, "")
	rest, err := w.api.Refunds.New(&stripe.RefundParams{PaymentIntent: &intent})
	if must(t, rest, err).Amount != 4000 {
		t.Errorf("the rest is %d", rest.Amount)
	}
	_, err = w.api.Refunds.New(&stripe.RefundParams{PaymentIntent: &intent})
	wantError(t, err, 400, stripe.ErrorCodeChargeAlreadyRefunded)
	charge, err := w.api.Charges.Get(sub.LatestInvoice.PaymentIntent.LatestCharge.ID, nil)
	if must(t, charge, err); !charge.Refunded || charge.AmountRefunded != 4900 {
		t.Errorf("charge: %v %d", charge.Refunded, charge.AmountRefunded)
	}
	wantStatus(t, w.reload(sub), stripe.SubscriptionStatusActive)
}
