package stripesim_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v76"
)

func TestCheckoutTakesCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.code(w.coupon(percent(20, "once")), "SPRING")
	cs := w.checkout(func(p *stripe.CheckoutSessionParams) { p.AllowPromotionCodes = stripe.Bool(true) })
	press := func(change url.Values) shown {
		form := cardForm(paysCard)
		for key, value := range change {
			form[key] = value
		}
		return post(t, cs.URL, form)
	}
	for word, says := range map[string]string{"": "Enter a code.", "WINTER": "This code is invalid."} {
		page := press(url.Values{"act": {"apply"}, "promotion": {word}})
		if page.status != 422 || !strings.Contains(page.body, says) || !strings.Contains(page.body, `value="`+word+`"`) || !strings.Contains(page.body, "Ada Lovelace") {
			t.Errorf("%q: %d\n%s", word, page.status, page.body)
		}
	}
	// A code that was typed and not applied is applied, and nothing is paid yet.
	typed := press(url.Values{"promotion": {" spring "}})
	if typed.status != 200 || !strings.Contains(typed.body, "$237.60") || !strings.Contains(typed.body, "-$59.40") || !strings.Contains(typed.body, "SPRING") {
		t.Errorf("typed: %d\n%s", typed.status, typed.body)
	}
	if back := press(url.Values{"act": {"clear"}}); !strings.Contains(back.body, "$297.00") || strings.Contains(back.body, "SPRING") {
		t.Errorf("taken back:\n%s", back.body)
	}
	if err := w.sim.ApplyCode(cs.ID, "Spring"); err != nil {
		t.Fatal(err)
	}
	if paid := press(nil); paid.status != 303 {
		t.Fatalf("paying got %d", paid.status)
	}
	p := &stripe.CheckoutSessionParams{}
	p.AddExpand("subscription.latest_invoice")
	done, err := w.api.CheckoutSessions.Get(cs.ID, p)
	if inv := must(t, done, err).Subscription.LatestInvoice; inv.AmountPaid != 23760 || done.AmountTotal != 23760 || done.TotalDetails.AmountDiscount != 5940 || inv.Discount.CheckoutSession != cs.ID {
		t.Errorf("paid %d: %+v", inv.AmountPaid, done.TotalDetails)
	}
	pdf, page := get(t, done.Subscription.LatestInvoice.InvoicePDF).body, get(t, done.Subscription.LatestInvoice.HostedInvoiceURL).body
	if !strings.Contains(pdf, "20% off") || !strings.Contains(page, "20% off") || !strings.Contains(page, "-$59.40") {
		t.Errorf("the invoice does not show it:\n%s", page)
	}
}

func TestCheckoutWithADiscount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	free := w.coupon(func(p *stripe.CouponParams) { percent(100, "once")(p); p.MaxRedemptions = stripe.Int64(1) })
	with := func(p *stripe.CheckoutSessionParams) {
		p.Discounts = []*stripe.CheckoutSessionDiscountParams{{Coupon: &free.ID}}
		p.PaymentMethodCollection = stripe.String("if_required")
	}
	one, two := w.checkout(with), w.checkout(with)
	if one.AmountTotal != 0 || one.AmountSubtotal != 29700 {
		t.Errorf("%d of %d", one.AmountTotal, one.AmountSubtotal)
	}
	form := url.Values{"email": {"ada@example.com"}}
	if page := get(t, one.URL); strings.Contains(page.body, "Card number") || strings.Contains(page.body, `name="promotion"`) {
		t.Error("the page asks for a card or a code")
	}
	if paid := post(t, one.URL, form); paid.status != 303 {
		t.Errorf("paying got %d", paid.status)
	}
	if sub := w.sim.Subscriptions(1)[0]; sub.Status != "active" || w.sim.Invoices(1)[0].PaymentIntent != "" {
		t.Errorf("%s", sub.Status)
	}
	// The coupon is used up now: the total changes, and nothing is charged before it was seen.
	if late := post(t, two.URL, form); late.status != 422 || !strings.Contains(late.body, "maximum number of times") || !strings.Contains(late.body, "$297.00") {
		t.Errorf("%d\n%s", late.status, late.body)
	}
	problem := w.sim.ApplyCode(two.ID, "any")
	if problem == nil {
		t.Error("a code was taken where none is allowed")
	}
	if n := len(w.sim.Coupons(0)); n != 1 || len(w.sim.PromotionCodes(0)) != 0 {
		t.Errorf("%d coupons", n)
	}
}
