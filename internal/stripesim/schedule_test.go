package stripesim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"
)

// downgrade plans a change to a cheaper price at the end of the period, as the app does.
func downgrade(t *testing.T, w *world, sub *stripe.Subscription, price *stripe.Price) *stripe.SubscriptionSchedule {
	t.Helper()
	sched, err := w.api.SubscriptionSchedules.New(&stripe.SubscriptionScheduleParams{FromSubscription: &sub.ID})
	must(t, sched, err)
	now := sched.Phases[0]
	planned, err := w.api.SubscriptionSchedules.Update(sched.ID, &stripe.SubscriptionScheduleParams{
		EndBehavior: stripe.String("release"),
		Phases: []*stripe.SubscriptionSchedulePhaseParams{
			{StartDate: &now.StartDate, EndDate: &now.EndDate, Items: []*stripe.SubscriptionSchedulePhaseItemParams{{Price: &now.Items[0].Price.ID, Quantity: &now.Items[0].Quantity}}},
			{Iterations: stripe.Int64(1), ProrationBehavior: stripe.String("none"), Items: []*stripe.SubscriptionSchedulePhaseItemParams{{Price: &price.ID, Quantity: stripe.Int64(2)}}},
		},
	})
	return must(t, planned, err)
}

func scheduled(t *testing.T) (*world, *stripe.Subscription, *stripe.Price, *stripe.SubscriptionSchedule) {
	t.Helper()
	w := newWorld(t)
	team, pro := w.price("Team", 9900, "month"), w.price("Pro", 4900, "month")
	sub := w.subscribe(w.customer(paysCard), team, 2)
	return w, sub, pro, downgrade(t, w, sub, pro)
}

func TestDowngradeAtPeriodEnd(t *testing.T) {
	t.Parallel()
	w, sub, pro, sched := scheduled(t)
	if sched.Status != "active" || len(sched.Phases) != 2 || sched.Phases[1].StartDate != sub.CurrentPeriodEnd ||
		sched.Phases[1].EndDate != time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Unix() || sched.CurrentPhase.EndDate != sub.CurrentPeriodEnd {
		t.Errorf("schedule: %s %+v", sched.Status, sched.Phases)
	}
	now := w.reload(sub)
	if now.Schedule.ID != sched.ID || now.Schedule.Phases[1].Items[0].Price.ID != pro.ID || now.Items.Data[0].Price.ID == pro.ID {
		t.Errorf("subscription has %s and %s", now.Schedule.ID, now.Items.Data[0].Price.ID)
	}
	upcoming, err := w.api.Invoices.Upcoming(&stripe.InvoiceUpcomingParams{Subscription: &sub.ID})
	if must(t, upcoming, err).Total != 9800 {
		t.Errorf("next invoice is over %d", upcoming.Total)
	}
	w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(time.Hour))
	changed := w.reload(sub)
	if changed.Items.Data[0].Price.ID != pro.ID || changed.LatestInvoice.AmountPaid != 9800 || changed.Items.Data[0].ID != sub.Items.Data[0].ID {
		t.Errorf("price %s, paid %d", changed.Items.Data[0].Price.ID, changed.LatestInvoice.AmountPaid)
	}
	w.advance(time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC))
	free := w.reload(sub)
	over, err := w.api.SubscriptionSchedules.Get(sched.ID, nil)
	must(t, over, err)
	if free.Schedule != nil || over.Status != "released" || over.ReleasedSubscription.ID != sub.ID || free.Status != "active" || free.LatestInvoice.AmountPaid != 9800 {
		t.Errorf("after the last phase: %s, %s, paid %d", over.Status, free.Status, free.LatestInvoice.AmountPaid)
	}
}

func TestDowngradeIsWithdrawn(t *testing.T) {
	t.Parallel()
	w, sub, _, sched := scheduled(t)
	mark := len(w.happened())
	free, err := w.api.SubscriptionSchedules.Release(sched.ID, nil)
	must(t, free, err)
	if free.Status != "released" || free.ReleasedSubscription.ID != sub.ID || free.Subscription != nil {
		t.Errorf("released: %s", free.Status)
	}
	if diff := cmp.Diff([]string{"customer.subscription.updated", "subscription_schedule.released"}, w.after(mark)); diff != "" {
		t.Error(diff)
	}
	_, err = w.api.SubscriptionSchedules.Release(sched.ID, nil)
	wantError(t, err, 400, "")
	w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(time.Hour))
	if paid := w.reload(sub).LatestInvoice.AmountPaid; paid != 19800 {
		t.Errorf("paid %d", paid)
	}
}

func TestSeatsChangeWhileScheduled(t *testing.T) {
	t.Parallel()
	w, sub, pro, sched := scheduled(t)
	first := sched.Phases[0]
	_, err := w.api.SubscriptionSchedules.Update(sched.ID, &stripe.SubscriptionScheduleParams{
		ProrationBehavior: stripe.String("none"),
		Phases: []*stripe.SubscriptionSchedulePhaseParams{
			{StartDate: &first.StartDate, EndDate: &first.EndDate, Items: []*stripe.SubscriptionSchedulePhaseItemParams{{Price: &first.Items[0].Price.ID, Quantity: stripe.Int64(7)}}},
			{Iterations: stripe.Int64(1), Items: []*stripe.SubscriptionSchedulePhaseItemParams{{Price: &pro.ID, Quantity: stripe.Int64(7)}}},
		},
	})
	must(t, sched, err)
	if quantity := w.reload(sub).Items.Data[0].Quantity; quantity != 7 {
		t.Errorf("quantity %d", quantity)
	}
	w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(time.Hour))
	if paid := w.reload(sub).LatestInvoice.AmountPaid; paid != 7*4900 {
		t.Errorf("paid %d", paid)
	}
}

func TestScheduledSubscriptionGuardsItsEnd(t *testing.T) {
	t.Parallel()
	w, sub, _, sched := scheduled(t)
	_, err := w.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true)})
	wantError(t, err, 400, "")
	_, err = w.api.Subscriptions.Cancel(sub.ID, nil)
	must(t, sub, err)
	over, err := w.api.SubscriptionSchedules.Get(sched.ID, nil)
	if must(t, over, err).Status != "canceled" {
		t.Errorf("schedule is %s", over.Status)
	}
}
