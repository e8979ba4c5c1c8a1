package stripesim_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
)

func TestUpgradeThatIsDeclined(t *testing.T) {
	t.Parallel()
	w, sub, team := tenDaysIn(t)
	if err := w.sim.UpdateCard(sub.Customer.ID, laterCard); err != nil {
		t.Fatal(err)
	}
	_, err := w.api.Subscriptions.Update(sub.ID, change(sub, team, 2, "always_invoice", "error_if_incomplete"))
	wantError(t, err, 402, stripe.ErrorCodeCardDeclined)
	held, err := w.api.Subscriptions.Update(sub.ID, change(sub, team, 2, "always_invoice", "pending_if_incomplete"))
	must(t, held, err)
	if held.Status != "active" || held.Items.Data[0].Price.ID == team.ID || held.PendingUpdate == nil ||
		held.PendingUpdate.SubscriptionItems[0].Price.ID != team.ID || held.PendingUpdate.ExpiresAt != begin().AddDate(0, 0, 10).Add(23*time.Hour).Unix() {
		t.Fatalf("held: %s %+v", held.Status, held.PendingUpdate)
	}
	inv := w.reload(sub).LatestInvoice
	if inv.Status != "open" || inv.AmountDue != 6774 {
		t.Errorf("invoice %s over %d", inv.Status, inv.AmountDue)
	}
	t.Run("paid in time", func(t *testing.T) {
		if err := w.sim.PayInvoice(inv.ID, paysCard); err != nil {
			t.Fatal(err)
		}
		done := w.reload(sub)
		if done.PendingUpdate != nil || done.Items.Data[0].Price.ID != team.ID {
			t.Errorf("pending %+v, price %s", done.PendingUpdate, done.Items.Data[0].Price.ID)
		}
		if !slices.Contains(w.happened(), "customer.subscription.pending_update_applied") {
			t.Error("no event")
		}
	})
}

func TestPendingUpdateExpires(t *testing.T) {
	t.Parallel()
	w, sub, team := tenDaysIn(t)
	if err := w.sim.UpdateCard(sub.Customer.ID, laterCard); err != nil {
		t.Fatal(err)
	}
	_, err := w.api.Subscriptions.Update(sub.ID, change(sub, team, 2, "always_invoice", "pending_if_incomplete"))
	must(t, sub, err)
	w.advance(w.sim.Now().Add(23 * time.Hour))
	gone := w.reload(sub)
	if gone.PendingUpdate != nil || gone.Status != "active" || gone.Items.Data[0].Price.ID == team.ID || gone.LatestInvoice.Status != "void" {
		t.Errorf("after 23 hours: %+v, invoice %s", gone.PendingUpdate, gone.LatestInvoice.Status)
	}
	if !slices.Contains(w.happened(), "customer.subscription.pending_update_expired") {
		t.Error("no event")
	}
}

func TestTheEndOfATrialMayBePending(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub := w.subscribe(w.customer(laterCard), w.price("Pro", 4900, "month"), 1, func(p *stripe.SubscriptionParams) { p.TrialPeriodDays = stripe.Int64(14) })
	w.advance(begin().AddDate(0, 0, 3))
	held, err := w.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{
		TrialEndNow: stripe.Bool(true), PaymentBehavior: stripe.String("pending_if_incomplete"),
	})
	if must(t, held, err); held.PendingUpdate == nil || held.PendingUpdate.TrialEnd != begin().AddDate(0, 0, 3).Unix() || held.TrialEnd != sub.TrialEnd {
		t.Fatalf("pending: %+v", held.PendingUpdate)
	}
	wantStatus(t, held, stripe.SubscriptionStatusTrialing)
	if err := w.sim.PayInvoice(held.LatestInvoice.ID, paysCard); err != nil {
		t.Fatal(err)
	}
	paid := w.reload(sub)
	wantStatus(t, paid, stripe.SubscriptionStatusActive)
	if paid.PendingUpdate != nil || paid.LatestInvoice.AmountPaid != 4900 || paid.CurrentPeriodStart != begin().AddDate(0, 0, 3).Unix() {
		t.Errorf("paid %d for the period from %d", paid.LatestInvoice.AmountPaid, paid.CurrentPeriodStart)
	}
}
