package stripesim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/stripesim"
)

func TestCouponsByForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct {
		form  stripesim.CouponForm
		param string
	}{
		"too much":  {stripesim.CouponForm{Percent: "120", Duration: "once"}, "percent_off"},
		"a word":    {stripesim.CouponForm{Percent: "ten", Duration: "once"}, "percent_off"},
		"no months": {stripesim.CouponForm{Percent: "10", Duration: "repeating"}, "duration_in_months"},
		"both":      {stripesim.CouponForm{Percent: "10", Amount: "100", Currency: "eur", Duration: "once"}, ""},
		"a space":   {stripesim.CouponForm{Percent: "10", Duration: "once", Code: "A B"}, "code"},
	} {
		err := w.sim.MakeCoupon(test.form)
		if err == nil {
			t.Errorf("%s was taken", name)
			continue
		}
		if param, text := stripesim.Wrong(err); param != test.param || text == "" {
			t.Errorf("%s: %q is wrong: %s", name, param, text)
		}
	}
	good := stripesim.CouponForm{Name: "Spring", Amount: "300", Currency: "usd", Duration: "repeating", Months: "2", Code: "SPRING", Most: "5"}
	if err := w.sim.MakeCoupon(good); err != nil {
		t.Fatal(err)
	}
	if param, _ := stripesim.Wrong(w.sim.MakeCoupon(good)); param != "code" || len(w.sim.Coupons(0)) != 1 || w.sim.PromotionCodes(0)[0].Code != "SPRING" {
		t.Errorf("again: %q, %d coupons", param, len(w.sim.Coupons(0)))
	}
	sub := w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 2, func(p *stripe.SubscriptionParams) { p.Coupon = &w.sim.Coupons(1)[0].ID })
	if diff := cmp.Diff([]string{"2 × Pro, $49.00 / month", "Spring ($3.00 off)"}, w.sim.Describe(sub.ID)); diff != "" {
		t.Error(diff)
	}
	if err := w.sim.DropDiscount(sub.ID); err != nil || w.reload(sub).Discount != nil {
		t.Errorf("the discount: %v", err)
	}
	if w.sim.DropDiscount(sub.ID) == nil || w.sim.Describe("sub_none") != nil {
		t.Error("what is not there was found")
	}
}

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.chaos(stripesim.Chaos{Hold: true})
	cus := w.customer("")
	w.price("Pro", 100, "month")
	w.sim.ReleaseBackwards()
	w.settle()
	if got, want := w.hook.kinds(), []string{"price.created", "product.created", "customer.created"}; !slices.Equal(got, want) {
		t.Errorf("arrived: %v", got)
	}
	d := w.sim.Deliveries(1)[0]
	if len(d.Headers) != 3 || !strings.HasPrefix(d.Headers[2], "Stripe-Signature: t=") || d.URL == "" {
		t.Errorf("sent %q to %s", d.Headers, d.URL)
	}
	if payload := w.sim.Payload(d.EventID); !strings.Contains(payload, cus.ID) || w.sim.Payload("evt_none") != "" {
		t.Errorf("payload: %s", payload)
	}
	if got, ok := w.sim.Customer(cus.ID); !ok || got.Name != "Ada" {
		t.Errorf("customer: %+v", got)
	}
	if _, ok := w.sim.Customer("cus_none"); ok {
		t.Error("an unknown customer was found")
	}
}
