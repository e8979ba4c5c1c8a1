package stripesim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/stripesim"
)

func TestClockOfOneCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	price := w.price("Pro", 4900, "month")
	ada, bob := w.customer(paysCard), w.customer(paysCard)
	his := w.subscribe(bob, price, 1)
	hers := w.subscribe(ada, price, 1, func(p *stripe.SubscriptionParams) { p.TrialPeriodDays = stripe.Int64(14) })
	to := begin().AddDate(0, 0, 20)
	if err := w.sim.AdvanceCustomer(ada.ID, to); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, w.reload(hers), stripe.SubscriptionStatusActive)
	if got := w.reload(his); got.CurrentPeriodStart != begin().Unix() || !w.sim.Now().Equal(begin()) || !w.sim.CustomerNow(bob.ID).Equal(begin()) || !w.sim.CustomerNow(ada.ID).Equal(to) {
		t.Errorf("the others moved: %d, %s, %s", got.CurrentPeriodStart, w.sim.Now(), w.sim.CustomerNow(ada.ID))
	}
	// What is done to her from now on happens at her time, by the API and on pages.
	inv, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{
		Subscription: &hers.ID, SubscriptionProrationBehavior: stripe.String("always_invoice"),
		SubscriptionItems: []*stripe.SubscriptionItemsParams{{ID: &hers.Items.Data[0].ID, Quantity: stripe.Int64(2)}},
	})
	if must(t, inv, err).Lines.Data[0].Period.Start != to.Unix() {
		t.Errorf("previewed at %d", inv.Lines.Data[0].Period.Start)
	}
	gone, err := w.api.Subscriptions.Update(hers.ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true)})
	if must(t, gone, err).CanceledAt != to.Unix() || w.sim.Events(1)[0].Created != to.Unix() {
		t.Errorf("cancelled at %d", gone.CanceledAt)
	}
	if page := get(t, w.portal(ada).URL); !strings.Contains(page.body, "21 January 2026") {
		t.Errorf("the page says:\n%s", page.body)
	}
	// The clock for all takes her along.
	w.advance(begin().AddDate(0, 0, 5))
	if got := w.sim.CustomerNow(ada.ID); !got.Equal(to.AddDate(0, 0, 5)) {
		t.Errorf("her time is %s", got)
	}
	w.advance(begin().AddDate(0, 1, 0).Add(2 * time.Hour))
	wantStatus(t, w.reload(hers), stripe.SubscriptionStatusCanceled)
	if got := w.reload(his).CurrentPeriodStart; got != begin().AddDate(0, 1, 0).Unix() {
		t.Errorf("his period began %d", got)
	}
	for name, err := range map[string]error{"back": w.sim.AdvanceCustomer(ada.ID, begin()), "unknown": w.sim.AdvanceCustomer("cus_none", to)} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestMomentsOfAClock(t *testing.T) {
	t.Parallel()
	for _, all := range []bool{true, false} {
		w := newWorld(t)
		cus := w.customer(paysCard)
		sub := w.subscribe(cus, w.price("Pro", 4900, "month"), 1, func(p *stripe.SubscriptionParams) { p.TrialPeriodDays = stripe.Int64(14) })
		id := cus.ID
		if all {
			id = ""
		}
		go4 := func(moment stripesim.Moment, want stripe.SubscriptionStatus, invoice string) {
			t.Helper()
			at, coming, err := w.sim.AdvanceTo(moment, id)
			if err != nil || !coming {
				t.Fatalf("to %s: %v %v", moment, coming, err)
			}
			if !all != (w.sim.Now().Equal(begin())) || !w.sim.CustomerNow(cus.ID).Equal(at) {
				t.Errorf("to %s: it is %s", moment, w.sim.Now())
			}
			wantStatus(t, w.reload(sub), want)
			if got := string(w.reload(sub).LatestInvoice.Status); got != invoice {
				t.Errorf("after %s the invoice is %s, want %s", moment, got, invoice)
			}
		}
		for _, moment := range []stripesim.Moment{stripesim.Renewal, stripesim.Retry, stripesim.DunningEnd} {
			if _, coming, err := w.sim.AdvanceTo(moment, id); coming || err != nil {
				t.Errorf("%s is coming: %v", moment, err)
			}
		}
		go4(stripesim.TrialEnd, "active", "paid")
		go4(stripesim.Renewal, "active", "paid")
		if err := w.sim.UpdateCard(cus.ID, laterCard); err != nil {
			t.Fatal(err)
		}
		go4(stripesim.Renewal, "past_due", "open")
		go4(stripesim.Retry, "past_due", "open")
		if n := w.reload(sub).LatestInvoice.AttemptCount; n != 2 {
			t.Errorf("%d attempts", n)
		}
		go4(stripesim.DunningEnd, "canceled", "open")
		if n := w.reload(sub).LatestInvoice.AttemptCount; n != 5 || !slices.Contains(w.happened(), "customer.subscription.deleted") {
			t.Errorf("%d attempts", n)
		}
	}
}
