package stripesim_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/stripesim"
)

func TestStateOutlivesARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "stripe.json")
	keep := func(c *stripesim.Config) { c.StatePath = path }
	w := newWorld(t, keep)
	w.chaos(stripesim.Chaos{Hold: true})
	cus, price := w.customer(paysCard), w.price("Pro", 4900, "month")
	p := &stripe.SubscriptionParams{Customer: &cus.ID, Items: []*stripe.SubscriptionItemsParams{{Price: &price.ID}}}
	p.SetIdempotencyKey("start")
	sub, err := w.api.Subscriptions.New(p)
	must(t, sub, err)
	w.advance(begin().AddDate(0, 0, 3))
	before := []any{w.sim.Customers(0), w.sim.Subscriptions(0), w.sim.Invoices(0), w.sim.Events(0), w.sim.Now(), w.sim.Endpoints()[0].Chaos}
	w.stop()

	again := newWorld(t, keep)
	after := []any{again.sim.Customers(0), again.sim.Subscriptions(0), again.sim.Invoices(0), again.sim.Events(0), again.sim.Now(), again.sim.Endpoints()[0].Chaos}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	same, err := again.api.Subscriptions.New(p)
	if must(t, same, err).ID != sub.ID || len(again.sim.Subscriptions(0)) != 1 {
		t.Error("the idempotency key was forgotten")
	}
	again.chaos(stripesim.Chaos{})
	again.settle()
	if diff := cmp.Diff(again.made(), again.hook.ids()); diff != "" {
		t.Error(diff)
	}
	again.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(time.Hour))
	if inv := again.reload(sub).LatestInvoice; inv.BillingReason != "subscription_cycle" || inv.Status != "paid" {
		t.Errorf("renewal after the restart: %s %s", inv.BillingReason, inv.Status)
	}
}

func TestStateIsWrittenWhileRunning(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stripe.json")
	w := newWorld(t, func(c *stripesim.Config) { c.StatePath = path })
	w.customer("")
	deadline := time.Now().Add(10 * time.Second)
	for {
		if _, err := os.Stat(path); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was written")
		}
		<-time.After(5 * time.Millisecond)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".stripesim-*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 1 {
		t.Errorf("temporary files were left: %v", left)
	}
}

func TestBrokenStateIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stripe.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := stripesim.New(stripesim.Config{StatePath: path}); err == nil {
		t.Error("a broken file was taken")
	}
}
