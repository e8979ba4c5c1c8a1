package stripesim_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/stripesim"
)

func trial(days int64, missing string) func(*stripe.SubscriptionParams) {
	return func(p *stripe.SubscriptionParams) {
		p.TrialPeriodDays = &days
		if missing != "" {
			p.TrialSettings = &stripe.SubscriptionTrialSettingsParams{
				EndBehavior: &stripe.SubscriptionTrialSettingsEndBehaviorParams{MissingPaymentMethod: &missing},
			}
		}
	}
}

func TestTrialEnds(t *testing.T) {
	t.Parallel()
	end := begin().AddDate(0, 0, 14)
	for name, test := range map[string]struct {
		card, missing string
		atEnd, later  stripe.SubscriptionStatus
		events        []string
	}{
		"with a card": {card: paysCard, atEnd: "active", later: "active", events: []string{
			"customer.subscription.trial_will_end", "customer.subscription.updated", "invoice.created",
			"payment_intent.created", "invoice.finalized", "charge.succeeded", "payment_intent.succeeded", "invoice.updated",
			"invoice.paid", "invoice.payment_succeeded"}},
		"with a card that fails": {card: laterCard, atEnd: "active", later: "past_due", events: []string{
			"customer.subscription.trial_will_end", "customer.subscription.updated", "invoice.created",
			"payment_intent.created", "invoice.finalized", "charge.failed", "payment_intent.payment_failed",
			"invoice.updated", "invoice.payment_failed", "customer.updated", "customer.subscription.updated"}},
		"without a card, invoice": {missing: "create_invoice", atEnd: "active", later: "past_due", events: []string{
			"customer.subscription.trial_will_end", "customer.subscription.updated", "invoice.created",
			"payment_intent.created", "invoice.finalized", "invoice.updated", "invoice.payment_failed", "customer.updated",
			"customer.subscription.updated"}},
		"without a card, cancel": {missing: "cancel", atEnd: "canceled", later: "canceled", events: []string{
			"customer.subscription.trial_will_end", "customer.subscription.deleted"}},
		"without a card, pause": {missing: "pause", atEnd: "paused", later: "paused", events: []string{
			"customer.subscription.trial_will_end", "customer.subscription.updated", "customer.subscription.paused"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			sub := w.subscribe(w.customer(test.card), w.price("Pro", 4900, "month"), 2, trial(14, test.missing))
			wantStatus(t, sub, stripe.SubscriptionStatusTrialing)
			mark := len(w.happened())
			w.advance(end.Add(-time.Second))
			wantStatus(t, w.reload(sub), stripe.SubscriptionStatusTrialing)
			w.advance(end)
			wantStatus(t, w.reload(sub), test.atEnd)
			w.advance(end.Add(time.Hour))
			wantStatus(t, w.reload(sub), test.later)
			if diff := cmp.Diff(test.events, w.after(mark)); diff != "" {
				t.Error(diff)
			}
			warned := w.sim.Events(0)
			i := slices.IndexFunc(warned, func(e stripesim.Event) bool { return e.Type == "customer.subscription.trial_will_end" })
			if warned[i].Created != end.AddDate(0, 0, -3).Unix() {
				t.Errorf("warned at %d", warned[i].Created)
			}
		})
	}
}

func TestPausedIsResumed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer("")
	sub := w.subscribe(cus, w.price("Pro", 4900, "month"), 1, trial(14, "pause"))
	w.advance(begin().AddDate(0, 1, 0))
	wantStatus(t, w.reload(sub), stripe.SubscriptionStatusPaused)
	if err := w.sim.UpdateCard(cus.ID, paysCard); err != nil {
		t.Fatal(err)
	}
	mark := len(w.happened())
	resumed, err := w.api.Subscriptions.Resume(sub.ID, nil)
	wantStatus(t, must(t, resumed, err), stripe.SubscriptionStatusActive)
	if resumed.CurrentPeriodStart != begin().AddDate(0, 1, 0).Unix() {
		t.Errorf("period starts %d", resumed.CurrentPeriodStart)
	}
	if got := w.after(mark); !slices.Contains(got, "customer.subscription.resumed") {
		t.Errorf("events: %v", got)
	}
}

func TestRenewals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	w.advance(at)
	sub := w.subscribe(w.customer(paysCard), w.price("Pro", 4900, "month"), 1)
	mark := len(w.happened())
	w.advance(time.Date(2026, 2, 28, 10, 0, 0, 0, time.UTC))
	draft := w.reload(sub)
	if draft.LatestInvoice.Status != "draft" || draft.CurrentPeriodEnd != time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC).Unix() {
		t.Errorf("invoice %s, period to %s", draft.LatestInvoice.Status, time.Unix(draft.CurrentPeriodEnd, 0).UTC())
	}
	w.advance(time.Date(2026, 2, 28, 11, 0, 0, 0, time.UTC))
	if paid := w.reload(sub); paid.LatestInvoice.Status != "paid" || paid.LatestInvoice.Lines.Data[0].Period.Start != draft.CurrentPeriodStart {
		t.Errorf("invoice is %s", paid.LatestInvoice.Status)
	}
	want := []string{"invoice.upcoming", "customer.subscription.updated", "invoice.created", "payment_intent.created",
		"invoice.finalized", "charge.succeeded", "payment_intent.succeeded", "invoice.updated", "invoice.paid", "invoice.payment_succeeded"}
	if diff := cmp.Diff(want, w.after(mark)); diff != "" {
		t.Error(diff)
	}
	w.advance(at.AddDate(1, 0, 2))
	if n := len(w.sim.Invoices(0)); n != 13 {
		t.Errorf("%d invoices after a year, want 13", n)
	}
	var last int64
	events := w.sim.Events(0)
	slices.Reverse(events)
	for _, e := range events {
		if e.Created < last {
			t.Fatalf("%s at %d comes after %d", e.Type, e.Created, last)
		}
		last = e.Created
	}
}

func TestDunning(t *testing.T) {
	t.Parallel()
	for end, want := range map[string]stripe.SubscriptionStatus{"cancel": "canceled", "unpaid": "unpaid", "past_due": "past_due"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *stripesim.Config) { c.DunningEnd = end })
			cus := w.customer(paysCard)
			sub := w.subscribe(cus, w.price("Pro", 4900, "month"), 1)
			if err := w.sim.UpdateCard(cus.ID, laterCard); err != nil {
				t.Fatal(err)
			}
			failure := time.Unix(sub.CurrentPeriodEnd, 0).Add(time.Hour)
			for i, days := range []int{0, 1, 3, 5} {
				w.advance(failure.AddDate(0, 0, days))
				late := w.reload(sub)
				wantStatus(t, late, stripe.SubscriptionStatusPastDue)
				next := failure.AddDate(0, 0, []int{1, 3, 5, 7}[i]).Unix()
				if inv := late.LatestInvoice; inv.AttemptCount != int64(i+1) || inv.NextPaymentAttempt != next {
					t.Errorf("attempt %d, next at %d, want %d and %d", inv.AttemptCount, inv.NextPaymentAttempt, i+1, next)
				}
			}
			w.advance(failure.AddDate(0, 0, 7))
			gone := w.reload(sub)
			wantStatus(t, gone, want)
			if gone.LatestInvoice.AttemptCount != 5 || gone.LatestInvoice.NextPaymentAttempt != 0 || gone.LatestInvoice.Status != "open" {
				t.Errorf("invoice: %d attempts, next %d, %s", gone.LatestInvoice.AttemptCount, gone.LatestInvoice.NextPaymentAttempt, gone.LatestInvoice.Status)
			}
			if end == "cancel" && gone.CancellationDetails.Reason != "payment_failed" {
				t.Errorf("reason is %s", gone.CancellationDetails.Reason)
			}
		})
	}
}

func TestRecoveryWhilePastDue(t *testing.T) {
	t.Parallel()
	for name, recover := range map[string]func(*world, *stripe.Customer, *stripe.Subscription){
		"a new card and the next retry": func(w *world, cus *stripe.Customer, sub *stripe.Subscription) {
			if err := w.sim.UpdateCard(cus.ID, paysCard); err != nil {
				w.t.Fatal(err)
			}
			w.advance(w.sim.Now().AddDate(0, 0, 1))
		},
		"the hosted invoice": func(w *world, _ *stripe.Customer, sub *stripe.Subscription) {
			page := post(w.t, sub.LatestInvoice.HostedInvoiceURL, cardForm(paysCard))
			if page.status != 303 {
				w.t.Fatalf("paying got %d: %s", page.status, page.body)
			}
		},
		"the API": func(w *world, cus *stripe.Customer, sub *stripe.Subscription) {
			if err := w.sim.UpdateCard(cus.ID, paysCard); err != nil {
				w.t.Fatal(err)
			}
			_, err := w.api.Invoices.Pay(sub.LatestInvoice.ID, nil)
			must(w.t, sub, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			cus := w.customer(paysCard)
			sub := w.subscribe(cus, w.price("Pro", 4900, "month"), 1)
			if err := w.sim.UpdateCard(cus.ID, laterCard); err != nil {
				t.Fatal(err)
			}
			w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(2 * time.Hour))
			late := w.reload(sub)
			wantStatus(t, late, stripe.SubscriptionStatusPastDue)
			if !w.sim.Customers(1)[0].Delinquent {
				t.Error("the customer is not delinquent")
			}
			recover(w, cus, late)
			wantStatus(t, w.reload(sub), stripe.SubscriptionStatusActive)
			if w.sim.Customers(1)[0].Delinquent {
				t.Error("the customer is still delinquent")
			}
		})
	}
}

func TestRenewalThatAsksForAuthentication(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer(paysCard)
	sub := w.subscribe(cus, w.price("Pro", 4900, "month"), 1)
	attach(t, w, cus, "pm_card_authenticationRequired")
	mark := len(w.happened())
	w.advance(time.Unix(sub.CurrentPeriodEnd, 0).Add(2 * time.Hour))
	late := w.reload(sub)
	wantStatus(t, late, stripe.SubscriptionStatusPastDue)
	if late.LatestInvoice.PaymentIntent.Status != "requires_action" {
		t.Errorf("intent is %s", late.LatestInvoice.PaymentIntent.Status)
	}
	if got := w.after(mark); !slices.Contains(got, "invoice.payment_action_required") || !slices.Contains(got, "invoice.payment_failed") {
		t.Errorf("events: %v", got)
	}
}

func TestClockMovesOnlyForward(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.advance(begin().Add(time.Hour))
	if err := w.sim.Advance(begin()); err == nil {
		t.Error("the clock went back")
	}
	if got := w.sim.Now(); !got.Equal(begin().Add(time.Hour)) {
		t.Errorf("now is %s", got)
	}
}
