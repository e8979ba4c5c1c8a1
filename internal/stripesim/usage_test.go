package stripesim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"
)

// meter makes a metered monthly price of so much a unit.
func (w *world) meter(unit, aggregate string, change ...func(*stripe.PriceParams)) *stripe.Price {
	w.t.Helper()
	p := &stripe.PriceParams{
		Currency: stripe.String("usd"), ProductData: &stripe.PriceProductDataParams{Name: stripe.String("API calls")},
		Recurring: &stripe.PriceRecurringParams{Interval: stripe.String("month"), UsageType: stripe.String("metered"), AggregateUsage: &aggregate},
	}
	p.AddExtra("unit_amount_decimal", unit)
	for _, one := range change {
		one(p)
	}
	price, err := w.api.Prices.New(p)
	return must(w.t, price, err)
}

// metered subscribes to one Pro and a meter, and returns the metered item.
func (w *world) metered(meter *stripe.Price, change ...func(*stripe.SubscriptionParams)) (*stripe.Subscription, *stripe.SubscriptionItem) {
	w.t.Helper()
	sub := w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 1, change...)
	item, err := w.api.SubscriptionItems.New(&stripe.SubscriptionItemParams{Subscription: &sub.ID, Price: &meter.ID})
	return sub, must(w.t, item, err)
}

func (w *world) use(item string, quantity int64, at time.Time, action string) error {
	_, err := w.api.UsageRecords.New(&stripe.UsageRecordParams{
		SubscriptionItem: &item, Quantity: &quantity, Timestamp: stripe.Int64(at.Unix()), Action: &action,
	})
	return err
}

func TestUsageIsBilledWithTheRenewal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub, item := w.metered(w.meter("0.5", "sum"))
	if item.Quantity != 0 || item.Price.Recurring.AggregateUsage != "sum" || item.Price.UnitAmountDecimal != 0.5 {
		t.Errorf("item: %+v", item)
	}
	for day := range 3 {
		at := begin().AddDate(0, 0, day)
		w.advance(at)
		for range 2 { // the second one replaces the first
			if err := w.use(item.ID, 1001, at, "set"); err != nil {
				t.Fatal(err)
			}
		}
	}
	next, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{Subscription: &sub.ID})
	want := []line{{1502, false, "3003 × API calls (at 0.005 USD / month)"}, {4900, false, "1 × Pro (at $49.00 / month)"}}
	if diff := cmp.Diff(want, linesOf(must(t, next, err))); diff != "" || next.AmountDue != 6402 {
		t.Errorf("due %d: %s", next.AmountDue, diff)
	}
	end := time.Unix(sub.CurrentPeriodEnd, 0)
	w.advance(end.Add(4 * time.Minute)) // the period is over, its invoice a draft
	if err := w.use(item.ID, 1, end.Add(-time.Second), "increment"); err != nil {
		t.Errorf("within the grace: %v", err)
	}
	w.advance(end.Add(2 * time.Hour))
	wantError(t, w.use(item.ID, 1, end.Add(-time.Second), "increment"), 400, "")
	if inv := w.reload(sub).LatestInvoice; inv.AmountPaid != 6402 || inv.Lines.Data[0].Quantity != 3004 || inv.Lines.Data[0].Period.End != end.Unix() {
		t.Errorf("paid %d for %d", inv.AmountPaid, inv.Lines.Data[0].Quantity)
	}
	if err := w.use(item.ID, 7, end.Add(time.Hour), "increment"); err != nil {
		t.Fatal(err)
	}
	var totals []int64
	list := w.api.UsageRecordSummaries.List(&stripe.UsageRecordSummaryListParams{SubscriptionItem: &item.ID})
	for list.Next() {
		totals = append(totals, list.UsageRecordSummary().TotalUsage)
	}
	if diff := cmp.Diff([]int64{7, 3004}, totals); diff != "" || list.Err() != nil {
		t.Error(diff, list.Err())
	}
}

func TestUsageIsAggregated(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]int64{"sum": 90, "max": 50, "last_during_period": 40, "last_ever": 40} {
		w := newWorld(t)
		sub, item := w.metered(w.meter("1", how))
		w.advance(begin().Add(3 * time.Hour))
		for at, quantity := range map[int]int64{1: 50, 3: 40} {
			if err := w.use(item.ID, quantity, begin().Add(time.Duration(at)*time.Hour), "increment"); err != nil {
				t.Fatal(err)
			}
		}
		next, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{Subscription: &sub.ID})
		if got := must(t, next, err).Lines.Data[0].Quantity; got != want {
			t.Errorf("%s: %d, want %d", how, got, want)
		}
		w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(2 * time.Hour))
		next, err = w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{Subscription: &sub.ID})
		if got := must(t, next, err).Lines.Data[0].Quantity; (how == "last_ever") != (got == 40) {
			t.Errorf("%s: %d in a period without usage", how, got)
		}
	}
}

func TestUsageKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub, item := w.metered(w.meter("100", "sum", func(p *stripe.PriceParams) {
		p.TransformQuantity = &stripe.PriceTransformQuantityParams{DivideBy: stripe.Int64(1000), Round: stripe.String("up")}
	}))
	for range 3 {
		p := &stripe.UsageRecordParams{SubscriptionItem: &item.ID, Quantity: stripe.Int64(1200), Timestamp: stripe.Int64(begin().Unix())}
		p.SetIdempotencyKey("hour 1")
		record, err := w.api.UsageRecords.New(p)
		if must(t, record, err); record.Quantity != 1200 || record.SubscriptionItem != item.ID {
			t.Errorf("recorded %d", record.Quantity)
		}
	}
	next, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{Subscription: &sub.ID})
	if got := must(t, next, err).Lines.Data[0]; got.Quantity != 1200 || got.Amount != 200 {
		t.Errorf("%d cost %d", got.Quantity, got.Amount)
	}
}

func TestUsageThatIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub, item := w.metered(w.meter("1", "sum"))
	licensed := sub.Items.Data[0].ID
	wantError(t, w.use(licensed, 1, begin(), "set"), 400, "")
	wantError(t, w.use("si_none", 1, begin(), "set"), 404, stripe.ErrorCodeResourceMissing)
	wantError(t, w.use(item.ID, 1, begin().Add(-time.Second), "set"), 400, "")
	wantError(t, w.use(item.ID, 1, begin().Add(time.Hour), "set"), 400, "")
	wantError(t, w.use(item.ID, -1, begin(), "set"), 400, "")
	wantError(t, w.use(item.ID, 1, begin(), "add"), 400, "")
	_, err := w.api.SubscriptionItems.New(&stripe.SubscriptionItemParams{Subscription: &sub.ID, Price: &w.meter("1", "max").ID, Quantity: stripe.Int64(1)})
	wantError(t, err, 400, "")
	_, err = w.api.SubscriptionItems.New(&stripe.SubscriptionItemParams{Subscription: &sub.ID, Price: &w.price("Yearly", 100, "year").ID})
	wantError(t, err, 400, "")
	if err := w.use(item.ID, 5, begin(), "set"); err != nil {
		t.Fatal(err)
	}
	_, err = w.api.SubscriptionItems.Del(item.ID, nil)
	wantError(t, err, 400, "")
	gone, err := w.api.SubscriptionItems.Del(item.ID, &stripe.SubscriptionItemParams{ClearUsage: stripe.Bool(true)})
	if must(t, gone, err); !gone.Deleted || len(w.reload(sub).Items.Data) != 1 {
		t.Error("the item is still there")
	}
	_, err = w.api.SubscriptionItems.Del(licensed, nil)
	wantError(t, err, 400, "")
}

func TestUsageAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"now", "period", "now, not billed"} {
		w := newWorld(t)
		sub, item := w.metered(w.meter("10", "sum"))
		if err := w.use(item.ID, 30, begin(), "set"); err != nil {
			t.Fatal(err)
		}
		want := int64(300)
		switch end {
		case "period":
			_, err := w.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true)})
			must(t, sub, err)
			next, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{Subscription: &sub.ID})
			if must(t, next, err).AmountDue != want {
				t.Errorf("the last invoice is previewed with %d", next.AmountDue)
			}
			w.advance(time.Unix(sub.CurrentPeriodEnd, 0))
		default:
			_, err := w.api.Subscriptions.Cancel(sub.ID, &stripe.SubscriptionCancelParams{InvoiceNow: stripe.Bool(end == "now")})
			must(t, sub, err)
		}
		if end == "now, not billed" {
			want = 4900
		}
		over := w.reload(sub)
		wantStatus(t, over, stripe.SubscriptionStatusCanceled)
		if over.LatestInvoice.AmountPaid != want {
			t.Errorf("%s: paid %d, want %d", end, over.LatestInvoice.AmountPaid, want)
		}
		wantError(t, w.use(item.ID, 1, begin(), "set"), 400, "")
	}
}

func TestUsageInATrialIsFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub, item := w.metered(w.meter("10", "sum"), func(p *stripe.SubscriptionParams) { p.TrialPeriodDays = stripe.Int64(14) })
	if err := w.use(item.ID, 30, begin(), "set"); err != nil {
		t.Fatal(err)
	}
	now, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{Subscription: &sub.ID, SubscriptionTrialEndNow: stripe.Bool(true)})
	if must(t, now, err).AmountDue != 4900 {
		t.Errorf("ending it now costs %d", now.AmountDue)
	}
	w.advance(begin().AddDate(0, 0, 14).Add(2 * time.Hour))
	if inv := w.reload(sub).LatestInvoice; inv.AmountPaid != 4900 || len(inv.Lines.Data) != 1 {
		t.Errorf("paid %d for %d lines", inv.AmountPaid, len(inv.Lines.Data))
	}
}

func TestSchedulesKeepTheMeter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	meter, low := w.meter("10", "sum"), w.price("Team", 900, "month")
	sub, item := w.metered(meter)
	sched, err := w.api.SubscriptionSchedules.New(&stripe.SubscriptionScheduleParams{FromSubscription: &sub.ID})
	must(t, sched, err)
	first := sched.Phases[0]
	_, err = w.api.SubscriptionSchedules.Update(sched.ID, &stripe.SubscriptionScheduleParams{Phases: []*stripe.SubscriptionSchedulePhaseParams{
		{StartDate: &first.StartDate, EndDate: &first.EndDate, Items: []*stripe.SubscriptionSchedulePhaseItemParams{{Price: &meter.ID}, {Price: &first.Items[0].Price.ID, Quantity: stripe.Int64(1)}}},
		{Items: []*stripe.SubscriptionSchedulePhaseItemParams{{Price: &meter.ID}, {Price: &low.ID, Quantity: stripe.Int64(2)}}},
	}})
	must(t, sched, err)
	if err := w.use(item.ID, 3, begin(), "set"); err != nil {
		t.Fatal(err)
	}
	w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(2 * time.Hour))
	now := w.reload(sub)
	if now.Items.Data[0].ID != item.ID || now.Items.Data[0].Quantity != 0 || now.Items.Data[1].Quantity != 2 || now.LatestInvoice.AmountPaid != 30+1800 {
		t.Errorf("paid %d for %+v", now.LatestInvoice.AmountPaid, now.Items.Data)
	}
}
