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
