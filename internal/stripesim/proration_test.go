package stripesim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"
)

// line is what the tests look at of an invoice line.
type line struct {
	Amount      int64
	Proration   bool
	Description string
}

func linesOf(inv *stripe.Invoice) []line {
	var lines []line
	for _, l := range inv.Lines.Data {
		lines = append(lines, line{l.Amount, l.Proration, l.Description})
	}
	return lines
}

// tenDaysIn makes a subscription of 2 × Pro and moves to day ten of its 31 days.
func tenDaysIn(t *testing.T) (*world, *stripe.Subscription, *stripe.Price) {
	t.Helper()
	w := newWorld(t)
	pro, team := w.price("Pro", 4900, "month"), w.price("Team", 9900, "month")
	sub := w.subscribe(w.customer(paysCard), pro, 2)
	w.advance(begin().AddDate(0, 0, 10))
	return w, sub, team
}

func change(sub *stripe.Subscription, price *stripe.Price, quantity int64, proration, payment string) *stripe.SubscriptionParams {
	p := &stripe.SubscriptionParams{
		Items:             []*stripe.SubscriptionItemsParams{{ID: &sub.Items.Data[0].ID, Quantity: &quantity}},
		ProrationBehavior: &proration,
	}
	if price != nil {
		p.Items[0].Price = &price.ID
	}
	if payment != "" {
		p.PaymentBehavior = &payment
	}
	return p
}

func TestUpcomingInvoice(t *testing.T) {
	t.Parallel()
	// 21 of 31 days are left: 9800 × 21/31 = 6638.7, 19800 × 21/31 = 13412.9.
	unused := line{-6639, true, "Unused time on 2 × Pro after 11 Jan 2026"}
	rest := line{13413, true, "Remaining time on 2 × Team after 11 Jan 2026"}
	for name, test := range map[string]struct {
		proration string
		want      []line
	}{
		"due now": {"always_invoice", []line{unused, rest}},
		"with the next period": {"create_prorations", []line{unused, rest,
			{19800, false, "2 × Team (at $99.00 / month)"}}},
		"without proration": {"none", []line{{19800, false, "2 × Team (at $99.00 / month)"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, sub, team := tenDaysIn(t)
			mark := len(w.happened())
			inv, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{
				Customer: &sub.Customer.ID, Subscription: &sub.ID, SubscriptionProrationBehavior: &test.proration,
				SubscriptionItems: []*stripe.SubscriptionItemsParams{{ID: &sub.Items.Data[0].ID, Price: &team.ID, Quantity: stripe.Int64(2)}},
			})
			must(t, inv, err)
			if diff := cmp.Diff(test.want, linesOf(inv)); diff != "" {
				t.Error(diff)
			}
			var sum int64
			for _, l := range test.want {
				sum += l.Amount
			}
			if inv.Total != sum || inv.AmountDue != sum {
				t.Errorf("total %d, due %d, want %d", inv.Total, inv.AmountDue, sum)
			}
			if got := w.after(mark); len(got) != 0 {
				t.Errorf("a preview made events: %v", got)
			}
		})
	}
}

func TestUpcomingAtADateEqualsWhatIsCharged(t *testing.T) {
	t.Parallel()
	w, sub, team := tenDaysIn(t)
	at := begin().AddDate(0, 0, 10).Add(-90 * time.Second).Unix()
	preview, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{
		Subscription: &sub.ID, SubscriptionProrationBehavior: stripe.String("always_invoice"), SubscriptionProrationDate: &at,
		SubscriptionItems: []*stripe.SubscriptionItemsParams{{ID: &sub.Items.Data[0].ID, Price: &team.ID}},
	})
	must(t, preview, err)
	p := change(sub, team, 2, "always_invoice", "pending_if_incomplete")
	p.ProrationDate = &at
	p.AddExpand("latest_invoice")
	changed, err := w.api.Subscriptions.Update(sub.ID, p)
	must(t, changed, err)
	if diff := cmp.Diff(linesOf(preview), linesOf(changed.LatestInvoice)); diff != "" {
		t.Error(diff)
	}
	if changed.LatestInvoice.AmountPaid != preview.AmountDue || changed.Items.Data[0].Price.ID != team.ID || changed.PendingUpdate != nil {
		t.Errorf("paid %d of %d for %s", changed.LatestInvoice.AmountPaid, preview.AmountDue, changed.Items.Data[0].Price.ID)
	}
	if changed.CurrentPeriodEnd != sub.CurrentPeriodEnd {
		t.Error("the period moved")
	}
}

func TestNothingUpcomingAfterTheEnd(t *testing.T) {
	t.Parallel()
	w, sub, _ := tenDaysIn(t)
	_, err := w.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true)})
	must(t, sub, err)
	_, err = w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{Subscription: &sub.ID})
	wantError(t, err, 404, stripe.ErrorCodeInvoiceUpcomingNone)
}

func TestSeatsAreProratedOnTheNextInvoice(t *testing.T) {
	t.Parallel()
	w, sub, _ := tenDaysIn(t)
	for _, quantity := range []int64{5, 3} {
		_, err := w.api.Subscriptions.Update(sub.ID, change(sub, nil, quantity, "create_prorations", ""))
		must(t, sub, err)
	}
	if n := len(w.sim.Invoices(0)); n != 1 {
		t.Errorf("%d invoices before the period ends", n)
	}
	w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(time.Hour))
	want := []line{
		{-6639, true, "Unused time on 2 × Pro after 11 Jan 2026"},
		{16597, true, "Remaining time on 5 × Pro after 11 Jan 2026"},
		{-16597, true, "Unused time on 5 × Pro after 11 Jan 2026"},
		{9958, true, "Remaining time on 3 × Pro after 11 Jan 2026"},
		{14700, false, "3 × Pro (at $49.00 / month)"},
	}
	inv := w.reload(sub).LatestInvoice
	if diff := cmp.Diff(want, linesOf(inv)); diff != "" {
		t.Error(diff)
	}
	if inv.AmountPaid != 18019 {
		t.Errorf("paid %d", inv.AmountPaid)
	}
}

func TestCreditIsUsedUp(t *testing.T) {
	t.Parallel()
	w, sub, _ := tenDaysIn(t)
	_, err := w.api.Subscriptions.Update(sub.ID, change(sub, nil, 1, "always_invoice", ""))
	must(t, sub, err)
	inv := w.reload(sub).LatestInvoice
	if inv.Total != -3320 || inv.AmountDue != 0 || inv.Status != "paid" || inv.PaymentIntent != nil {
		t.Errorf("credit invoice: %d, due %d, %s", inv.Total, inv.AmountDue, inv.Status)
	}
	if cus := w.sim.Customers(1)[0]; cus.Balance != -3320 {
		t.Errorf("balance %d", cus.Balance)
	}
	w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(time.Hour))
	next := w.reload(sub).LatestInvoice
	if next.Total != 4900 || next.AmountPaid != 1580 || next.StartingBalance != -3320 || next.EndingBalance != 0 {
		t.Errorf("next: total %d paid %d from %d to %d", next.Total, next.AmountPaid, next.StartingBalance, next.EndingBalance)
	}
}

func TestIntervalChangeBeginsANewPeriod(t *testing.T) {
	t.Parallel()
	w, sub, _ := tenDaysIn(t)
	year := w.price("Pro yearly", 49000, "year")
	p := change(sub, year, 2, "create_prorations", "")
	p.AddExpand("latest_invoice")
	changed, err := w.api.Subscriptions.Update(sub.ID, p)
	must(t, changed, err)
	want := []line{
		{-6639, true, "Unused time on 2 × Pro after 11 Jan 2026"},
		{98000, false, "2 × Pro yearly (at $490.00 / year)"},
	}
	if diff := cmp.Diff(want, linesOf(changed.LatestInvoice)); diff != "" {
		t.Error(diff)
	}
	if end := begin().AddDate(1, 0, 10).Unix(); changed.CurrentPeriodEnd != end || changed.BillingCycleAnchor != begin().AddDate(0, 0, 10).Unix() {
		t.Errorf("period ends %d, want %d", changed.CurrentPeriodEnd, end)
	}
}

func TestChangesDuringATrialCostNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub := w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 1, trial(14, ""))
	_, err := w.api.Subscriptions.Update(sub.ID, change(sub, nil, 4, "always_invoice", "pending_if_incomplete"))
	must(t, sub, err)
	if n := len(w.sim.Invoices(0)); n != 1 {
		t.Errorf("%d invoices", n)
	}
	preview, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{Subscription: &sub.ID, SubscriptionTrialEndNow: stripe.Bool(true)})
	if must(t, preview, err).AmountDue != 19600 {
		t.Errorf("ending the trial would cost %d", preview.AmountDue)
	}
	ended, err := w.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{TrialEndNow: stripe.Bool(true)})
	wantStatus(t, must(t, ended, err), stripe.SubscriptionStatusActive)
	if inv := w.reload(sub).LatestInvoice; inv.AmountPaid != 19600 {
		t.Errorf("paid %d", inv.AmountPaid)
	}
}

func TestPreviousAttributes(t *testing.T) {
	t.Parallel()
	w, sub, _ := tenDaysIn(t)
	_, err := w.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true)})
	must(t, sub, err)
	list := w.api.Events.List(&stripe.EventListParams{Type: stripe.String("customer.subscription.updated")})
	if !list.Next() {
		t.Fatalf("no event: %v", list.Err())
	}
	want := map[string]any{"cancel_at": nil, "cancel_at_period_end": false, "canceled_at": nil, "cancellation_details": map[string]any{"reason": nil}}
	if diff := cmp.Diff(want, list.Event().Data.PreviousAttributes); diff != "" {
		t.Error(diff)
	}
}
