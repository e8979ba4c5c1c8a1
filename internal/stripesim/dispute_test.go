package stripesim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"
)

func TestDisputedCard(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end    func(*world, string) error
		status stripe.DisputeStatus
		net    int64
		kinds  []string
	}{
		"won by evidence": {func(w *world, id string) error {
			_, err := w.api.Disputes.Update(id, &stripe.DisputeParams{Evidence: &stripe.DisputeEvidenceParams{UncategorizedText: stripe.String("winning_evidence")}})
			return err
		}, "won", -1500, []string{"charge.dispute.updated", "charge.dispute.funds_reinstated", "charge.dispute.closed"}},
		"given up": {func(w *world, id string) error { _, err := w.api.Disputes.Close(id, nil); return err }, "lost", -6400, []string{"charge.dispute.closed"}},
		"lost":     {func(w *world, id string) error { return w.sim.DecideDispute(id, false) }, "lost", -6400, []string{"charge.dispute.closed"}},
		"won":      {func(w *world, id string) error { return w.sim.DecideDispute(id, true) }, "won", -1500, []string{"charge.dispute.funds_reinstated", "charge.dispute.closed"}},
		"answering": {func(w *world, id string) error {
			_, err := w.api.Disputes.Update(id, &stripe.DisputeParams{Evidence: &stripe.DisputeEvidenceParams{UncategorizedText: stripe.String("They used it.")}})
			return err
		}, "under_review", -6400, []string{"charge.dispute.updated"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			sub := w.subscribe(w.customer("4000000000000259"), w.price("Pro", 4900, "month"), 1)
			wantStatus(t, w.reload(sub), stripe.SubscriptionStatusActive)
			kinds := w.happened()
			if diff := cmp.Diff([]string{"charge.updated", "charge.dispute.created", "charge.dispute.funds_withdrawn"}, kinds[len(kinds)-3:]); diff != "" {
				t.Error(diff)
			}
			list := w.api.Disputes.List(nil)
			if !list.Next() {
				t.Fatal(list.Err())
			}
			d := list.Dispute()
			if d.Amount != 4900 || d.Status != "needs_response" || d.BalanceTransactions[0].Net != -6400 {
				t.Errorf("dispute: %+v", d)
			}
			_, err := w.api.Refunds.New(&stripe.RefundParams{Charge: &d.Charge.ID})
			wantError(t, err, 400, stripe.ErrorCodeChargeDisputed)
			mark := len(w.happened())
			if err := test.end(w, d.ID); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.kinds, w.after(mark)); diff != "" {
				t.Error(diff)
			}
			now, err := w.api.Disputes.Get(d.ID, nil)
			var net int64
			for _, entry := range must(t, now, err).BalanceTransactions {
				net += entry.Net
			}
			if now.Status != test.status || net != test.net {
				t.Errorf("%s with %d, want %s with %d", now.Status, net, test.status, test.net)
			}
			if over := test.status != "under_review"; over != (w.sim.DecideDispute(d.ID, true) != nil) {
				t.Error("deciding it again")
			}
		})
	}
}

func TestRefundsInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 1)
	charge := w.sim.Charges(1)[0].ID
	for _, amount := range []int64{1000, 0} {
		mark := len(w.happened())
		if err := w.sim.Refund(charge, amount); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"charge.refunded", "refund.created"}, w.after(mark)); diff != "" {
			t.Error(diff)
		}
	}
	ch, err := w.api.Charges.Get(charge, nil)
	if must(t, ch, err); !ch.Refunded || ch.AmountRefunded != 4900 || len(ch.Refunds.Data) != 2 || len(w.sim.Refunds(0)) != 2 {
		t.Errorf("refunded %d in %d", ch.AmountRefunded, len(ch.Refunds.Data))
	}
	for name, err := range map[string]error{
		"again": w.sim.Refund(charge, 1), "unknown": w.sim.Refund("ch_none", 1), "unknown dispute": w.sim.DecideDispute("dp_none", true),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := w.sim.Dispute(charge); err == nil {
		t.Error("a refunded charge was disputed")
	}
	if n := len(w.sim.Disputes(0)); n != 0 {
		t.Errorf("%d disputes", n)
	}
}
