package stripesim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"
)

func (w *world) coupon(change func(*stripe.CouponParams)) *stripe.Coupon {
	w.t.Helper()
	p := &stripe.CouponParams{Duration: stripe.String("once")}
	change(p)
	coupon, err := w.api.Coupons.New(p)
	return must(w.t, coupon, err)
}

func percent(off float64, duration string) func(*stripe.CouponParams) {
	return func(p *stripe.CouponParams) {
		p.PercentOff, p.Duration = &off, &duration
		if duration == "repeating" {
			p.DurationInMonths = stripe.Int64(2)
		}
	}
}

func fixed(off int64, duration string) func(*stripe.CouponParams) {
	return func(p *stripe.CouponParams) {
		p.AmountOff, p.Currency, p.Duration = &off, stripe.String("usd"), &duration
	}
}

func (w *world) code(coupon *stripe.Coupon, word string, change ...func(*stripe.PromotionCodeParams)) *stripe.PromotionCode {
	w.t.Helper()
	p := &stripe.PromotionCodeParams{Coupon: &coupon.ID, Code: &word}
	for _, one := range change {
		one(p)
	}
	code, err := w.api.PromotionCodes.New(p)
	return must(w.t, code, err)
}

func TestDiscountsOverMonths(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		coupon func(*stripe.CouponParams)
		want   []int64 // paid by the first four invoices of 98.00
		left   bool    // the subscription still has it
	}{
		"once":            {percent(25, "once"), []int64{7350, 9800, 9800, 9800}, false},
		"for two months":  {percent(12.5, "repeating"), []int64{8575, 8575, 9800, 9800}, false},
		"for ever":        {percent(50, "forever"), []int64{4900, 4900, 4900, 4900}, true},
		"an amount":       {fixed(1000, "forever"), []int64{8800, 8800, 8800, 8800}, true},
		"more than it is": {fixed(20000, "once"), []int64{0, 9800, 9800, 9800}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			coupon := w.coupon(test.coupon)
			mark := len(w.happened())
			sub := w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 2, func(p *stripe.SubscriptionParams) { p.Coupon = &coupon.ID })
			first := w.reload(sub).LatestInvoice
			if first.Subtotal != 9800 || first.Total != test.want[0] || first.Discount.Coupon.ID != coupon.ID ||
				first.TotalDiscountAmounts[0].Amount != 9800-test.want[0] || first.Lines.Data[0].DiscountAmounts[0].Amount != 9800-test.want[0] {
				t.Errorf("invoice: %+v", first)
			}
			if (first.PaymentIntent == nil) != (test.want[0] == 0) {
				t.Errorf("a payment intent for %d: %v", test.want[0], first.PaymentIntent)
			}
			for n := 1; n < 4; n++ {
				w.advance(begin().AddDate(0, n, 0).Add(-time.Hour))
				next, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{Subscription: &sub.ID})
				if must(t, next, err).AmountDue != test.want[n] {
					t.Errorf("month %d is previewed with %d, want %d", n, next.AmountDue, test.want[n])
				}
				w.advance(begin().AddDate(0, n, 0).Add(2 * time.Hour))
				if got := w.reload(sub).LatestInvoice.AmountPaid; got != test.want[n] {
					t.Errorf("month %d cost %d, want %d", n, got, test.want[n])
				}
			}
			if now := w.reload(sub); (now.Discount != nil) != test.left {
				t.Errorf("the discount: %+v", now.Discount)
			}
			kinds := strings.Join(w.after(mark), " ")
			if !strings.Contains(kinds, "customer.discount.created") || strings.Contains(kinds, "customer.discount.deleted") == test.left {
				t.Errorf("events: %s", kinds)
			}
			read, err := w.api.Coupons.Get(coupon.ID, nil)
			if must(t, read, err).TimesRedeemed != 1 {
				t.Errorf("redeemed %d times", read.TimesRedeemed)
			}
		})
	}
}

func TestDiscountsAreProrated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pro, team := w.price("Pro", 4900, "month"), w.price("Team", 9900, "month")
	sub := w.subscribe(w.customer(paysCard), pro, 2)
	coupon := w.coupon(percent(20, "forever"))
	w.advance(begin().AddDate(0, 0, 10))
	// 21 of 31 days are left. The old price was paid in full, the new one has 20% off: 19800 × 0.8 × 21/31.
	want := []line{{-6639, true, "Unused time on 2 × Pro after 11 Jan 2026"}, {10730, true, "Remaining time on 2 × Team after 11 Jan 2026 (with 20% off)"}}
	preview, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{
		Subscription: &sub.ID, SubscriptionProrationBehavior: stripe.String("always_invoice"), Coupon: &coupon.ID,
		SubscriptionItems: []*stripe.SubscriptionItemsParams{{ID: &sub.Items.Data[0].ID, Price: &team.ID}},
	})
	if diff := cmp.Diff(want, linesOf(must(t, preview, err))); diff != "" || w.reload(sub).Discount != nil {
		t.Errorf("the preview: %s", diff)
	}
	p := change(sub, team, 2, "always_invoice", "")
	p.Coupon = &coupon.ID
	changed, err := w.api.Subscriptions.Update(sub.ID, p)
	must(t, changed, err)
	if inv := w.reload(sub).LatestInvoice; inv.AmountPaid != preview.AmountDue {
		t.Errorf("paid %d, previewed %d", inv.AmountPaid, preview.AmountDue)
	}
	if changed.Discount.Coupon.ID != coupon.ID || changed.Discount.Subscription != sub.ID {
		t.Errorf("discount: %+v", changed.Discount)
	}
	w.advance(begin().AddDate(0, 1, 0).Add(2 * time.Hour))
	w.advance(begin().AddDate(0, 1, 14))
	// Now half of the 28 days of a period sold at 158.40 is given back.
	back, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{
		Subscription: &sub.ID, SubscriptionProrationBehavior: stripe.String("always_invoice"),
		SubscriptionItems: []*stripe.SubscriptionItemsParams{{ID: &sub.Items.Data[0].ID, Quantity: stripe.Int64(1)}},
	})
	if got := must(t, back, err).Lines.Data[0].Amount; got != -7920 || back.Lines.Data[1].Amount != 3960 {
		t.Errorf("credited %d and charged %d", got, back.Lines.Data[1].Amount)
	}
	gone, err := w.api.Subscriptions.DeleteDiscount(sub.ID, nil)
	if must(t, gone, err); gone.ID != changed.Discount.ID || w.reload(sub).Discount != nil {
		t.Error("the discount is still there")
	}
	_, err = w.api.Subscriptions.DeleteDiscount(sub.ID, nil)
	wantError(t, err, 404, stripe.ErrorCodeResourceMissing)
}

func TestDiscountsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus, price := w.customer(paysCard), w.price("Pro", 4900, "month")
	sub := w.subscribe(cus, price, 1)
	for name, change := range map[string]func(*stripe.CouponParams){
		"nothing off": func(*stripe.CouponParams) {}, "too much": percent(101, "once"), "no months": func(p *stripe.CouponParams) {
			p.PercentOff, p.Duration = stripe.Float64(1), stripe.String("repeating")
		}, "no currency": func(p *stripe.CouponParams) { p.AmountOff = stripe.Int64(1) },
		"over": func(p *stripe.CouponParams) {
			p.PercentOff, p.RedeemBy = stripe.Float64(1), stripe.Int64(begin().Unix())
		},
	} {
		p := &stripe.CouponParams{}
		change(p)
		if _, err := w.api.Coupons.New(p); stripeError(t, err).HTTPStatusCode != 400 {
			t.Errorf("%s was taken", name)
		}
	}
	ten := w.coupon(percent(10, "once"))
	once := w.code(ten, "ONCE", func(p *stripe.PromotionCodeParams) { p.MaxRedemptions = stripe.Int64(1) })
	first := w.code(ten, "FIRST", func(p *stripe.PromotionCodeParams) {
		p.Restrictions = &stripe.PromotionCodeRestrictionsParams{FirstTimeTransaction: stripe.Bool(true)}
	})
	short := w.code(ten, "SHORT", func(p *stripe.PromotionCodeParams) { p.ExpiresAt = stripe.Int64(begin().Add(time.Hour).Unix()) })
	euros := w.coupon(func(p *stripe.CouponParams) { p.AmountOff, p.Currency = stripe.Int64(100), stripe.String("eur") })
	_, err := w.api.PromotionCodes.New(&stripe.PromotionCodeParams{Coupon: &ten.ID, Code: stripe.String("once")})
	wantError(t, err, 400, "")
	if got, err := w.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{PromotionCode: &once.ID}); must(t, got, err).Discount.PromotionCode.ID != once.ID {
		t.Errorf("discount: %+v", got.Discount)
	}
	w.advance(begin().Add(time.Hour))
	for name, p := range map[string]*stripe.SubscriptionParams{
		"used up": {PromotionCode: &once.ID}, "first": {PromotionCode: &first.ID}, "expired": {PromotionCode: &short.ID},
		"currency": {Coupon: &euros.ID}, "unknown": {Coupon: stripe.String("none")},
		"pending": {Coupon: &ten.ID, PaymentBehavior: stripe.String("pending_if_incomplete")},
	} {
		if _, err := w.api.Subscriptions.Update(sub.ID, p); stripeError(t, err).HTTPStatusCode != 400 {
			t.Errorf("%s was taken", name)
		}
	}
	list, found := w.api.PromotionCodes.List(&stripe.PromotionCodeListParams{Code: stripe.String("once"), Active: stripe.Bool(false)}), 0
	for list.Next() {
		found++
	}
	if found != 1 || list.Err() != nil {
		t.Errorf("%d codes: %v", found, list.Err())
	}
	off, err := w.api.PromotionCodes.Update(first.ID, &stripe.PromotionCodeParams{Active: stripe.Bool(false)})
	if must(t, off, err).Active {
		t.Error("still active")
	}
	gone, err := w.api.Coupons.Del(ten.ID, nil)
	if must(t, gone, err); !gone.Deleted || w.reload(sub).Discount.Coupon.ID != ten.ID {
		t.Error("the coupon")
	}
	_, err = w.api.Coupons.Get(ten.ID, nil)
	wantError(t, err, 404, stripe.ErrorCodeResourceMissing)
	removed, err := w.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{Coupon: stripe.String("")})
	if must(t, removed, err).Discount != nil {
		t.Error("the discount is still there")
	}
}
