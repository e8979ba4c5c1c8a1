package views_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"plinth/internal/stripesim"
	"plinth/views"
	"plinth/views/ui"
	"plinth/views/ui/uitest"
)

func TestDevStripePages(t *testing.T) {
	t.Parallel()
	cus := stripesim.Customer{ID: "cus_1", Name: "Acme", Email: "dana@acme.example", Metadata: map[string]string{"tenant_id": "0190"}, Address: &stripesim.Address{City: "Berlin"}, Balance: -500, Currency: "eur"}
	events := []stripesim.Event{{ID: "evt_1", Type: "invoice.paid"}, {ID: "evt_2", Type: "invoice.created", Waiting: []string{"we_1"}}, {ID: "evt_3", Type: "price.created"}, {ID: "evt_4", Type: "charge.failed"}}
	for name, c := range map[string]struct {
		page templ.Component
		says []string
	}{
		"nothing yet": {views.DevStripe(views.DevStripePage{}), []string{"Nothing has happened yet.", "There is no endpoint", "No invoices yet.", "None yet. Make one below"}},
		"events of every kind": {views.DevStripe(views.DevStripePage{
			Events: events, Endpoints: []stripesim.Endpoint{{Chaos: stripesim.Chaos{Hold: true, DropTypes: []string{"invoice.paid"}}}},
			Pending: []stripesim.PendingDelivery{{EventID: "evt_1", Held: true}, {EventID: "evt_1", Held: true}, {EventID: "evt_4"}},
			Coupons: []stripesim.Coupon{{ID: "c1", PercentOff: 20, Duration: "forever", TimesRedeemed: 1}, {ID: "c2", AmountOff: 300, Currency: "eur", Duration: "repeating", DurationInMonths: 2, MaxRedemptions: 5}, {ID: "c3", PercentOff: 5, Duration: "once"}},
			Codes:   []stripesim.PromotionCode{{Coupon: "c1", Code: "SPRING", Active: true}},
		}), []string{"held", "not delivered", "delivered", "on its way", "1 on their way, 1 held", "SPRING", "used once", "€3.00 off", "used 0 of 5 times", "not as they should be", `value="invoice.paid"`}},
		"a wrong form": {views.DevStripe(views.DevStripePage{Chaos: ui.Form{Errors: map[string]string{"delay": "Too long."}}, Coupon: ui.Form{Errors: map[string]string{"percent_off": "Too much."}}}), []string{"Too long.", "Too much."}},
		"a customer": {views.DevStripeOneCustomer(views.DevStripeCustomer{
			Customer: cus, Ahead: 50 * time.Hour, TaxIDs: []stripesim.TaxID{{Type: "eu_vat", Value: "DE123456789"}},
			Subscriptions: []stripesim.Subscription{{ID: "sub_1", Status: "trialing", Discount: "di_1", Schedule: "sub_sched_1"}, {ID: "sub_2", Status: "canceled", EndedAt: 1}, {ID: "sub_3", Status: "active", CancelAt: 1}, {ID: "sub_4", Status: "past_due"}},
			Items:         map[string][]string{"sub_1": {"3 × Team"}},
			Charges: []stripesim.Charge{{ID: "ch_1", Amount: 900, Currency: "eur", Paid: true, AmountRefunded: 100, Status: "succeeded"}, {ID: "ch_2", Amount: 900, Currency: "eur", Paid: true, Dispute: "dp_1"},
				{ID: "ch_3", Amount: 900, Currency: "eur", Status: "failed", FailureMessage: "Your card was declined."}, {ID: "ch_4", Amount: 900, Currency: "eur", Paid: true, AmountRefunded: 900, Refunded: true}, {ID: "ch_5", Amount: 900, Currency: "eur", Paid: true, Dispute: "dp_2"}},
			Disputes: map[string]stripesim.Dispute{"dp_1": {ID: "dp_1", Status: "needs_response"}, "dp_2": {ID: "dp_2", Status: "lost"}},
		}), []string{"2 days ahead", "3 × Team", "A change is planned", "Take the discount off", "€1.00 given back", "Win the dispute", "dispute lost", "Your card was declined.", "DE123456789", "€5.00", "/admin/organizations/0190"}},
		"a deleted customer":  {views.DevStripeOneCustomer(views.DevStripeCustomer{Customer: stripesim.Customer{ID: "cus_2", Deleted: true}, Ahead: 2 * time.Hour}), []string{"cus_2", "Nothing has been paid yet.", "no subscription", "Plinth has not made this customer"}},
		"an event that waits": {views.DevStripeOne(views.DevStripeEvent{Event: events[0], Payload: "{}"}), []string{"has not been sent yet"}},
		"an event that was sent": {views.DevStripeOne(views.DevStripeEvent{Event: events[0], Deliveries: []stripesim.Delivery{{StatusCode: 500, URL: "http://app.test/webhooks", Headers: []string{"Stripe-Signature: t=1"}, Body: "no"}}}),
			[]string{"POST http://app.test/webhooks", "Stripe-Signature: t=1", "Answer:", "500"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := uitest.Check(t, context.Background(), c.page)
			for _, want := range c.says {
				if !strings.Contains(got, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
		})
	}
}
