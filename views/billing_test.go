package views_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/internal/stripesim"
	"plinth/views"
	"plinth/views/ui"
	"plinth/views/ui/uitest"
)

func catalogue(t *testing.T) *billing.Catalogue {
	t.Helper()
	c, err := billing.LoadCatalogue("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// paying is the billing page of an organization on Team, changed as a test wants.
func paying(t *testing.T, change func(*views.BillingPage)) views.BillingPage {
	t.Helper()
	c := catalogue(t)
	team, _ := c.Plan("team")
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	end := now.AddDate(0, 0, 28)
	p := views.BillingPage{Plans: c.Plans(), Interval: "month", Overview: billing.Overview{
		Access: billing.Access{Plan: team, Status: "active"}, Customer: true, Members: 7, Projects: 3, Pending: 2, Now: now,
		Subscription: &billing.Subscription{Status: "active", Quantity: 7, UnitAmount: 900, Currency: "eur", Interval: "month", CurrentPeriodEnd: &end, Plan: "team"},
		Invoices:     []billing.Invoice{{ID: uuid.Max, Number: "PL-1", Status: "paid", Currency: "eur", Total: 6300, URL: "https://pay.example/i", PDF: "https://pay.example/i/pdf", IssuedAt: now}},
		Next:         &billing.InvoiceCursor{IssuedAt: now, ID: uuid.Max},
	}}
	if change != nil {
		change(&p)
	}
	return p
}

func owner() scope.Scope { return scope.Scope{Slug: "acme", Name: "Acme", Role: scope.Owner} }
func admin() scope.Scope { return scope.Scope{Slug: "acme", Name: "Acme", Role: scope.Admin} }

func TestBillingPages(t *testing.T) {
	t.Parallel()
	soon := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	of := func(status string) func(*views.BillingPage) {
		return func(p *views.BillingPage) {
			p.Subscription.Status, p.Access.Status = status, status
			p.Subscription.TrialEnd, p.Subscription.PastDueSince = &soon, &soon
			if status == "past_due" {
				p.Subscription.CardBrand, p.Subscription.CardLast4, p.Subscription.CardExpires = "visa", "4242", &soon
			}
			p.Failing = &billing.Invoice{AmountDue: 6300, Currency: "eur", IssuedAt: p.Now, NextAttemptAt: &soon, Attempts: 1}
		}
	}
	free := func(p *views.BillingPage) {
		p.Access = billing.Access{Plan: p.Plans[0]}
		p.Subscription, p.Customer, p.Invoices, p.Next, p.TrialFree = nil, false, nil, nil, true
	}
	preview := billing.Preview{ID: uuid.Max, From: catalogue(t).Free(), To: catalogue(t).Plans()[2], Choice: billing.Choice{Plan: "business", Interval: "month"},
		Seats: 7, Currency: "eur", Due: 500, Credit: -100, Then: 13300, Renews: soon, Lines: []billing.PreviewLine{{Text: "Rest of the month", Amount: 600}}}
	for name, c := range map[string]struct {
		page templ.Component
		says []string
	}{
		"free":        {views.Billing(owner(), paying(t, free)), []string{"Try Team", "Choose Business", "14 days free", "No invoices yet"}},
		"free, admin": {views.Billing(admin(), paying(t, free)), []string{"An owner can change the plan"}},
		"active":      {views.Billing(owner(), paying(t, nil)), []string{"€63.00", "a month for 7 seats", "Change to Business", "Pay by year, save €126", "7 of 25", "All invoices"}},
		"trialing":    {views.Billing(owner(), paying(t, of("trialing"))), []string{"Trial, 5 days left", "Add a card"}},
		"past due":    {views.Billing(owner(), paying(t, of("past_due"))), []string{"Payment failed", "The payment of €63.00", "Update the card", "read only, if still unpaid", "Visa ending in 4242", "expires 11/26", "expires before the next payment"}},
		"unpaid":      {views.Billing(owner(), paying(t, of("unpaid"))), []string{"Unpaid", "After the open payment"}},
		"incomplete":  {views.Billing(owner(), paying(t, of("incomplete"))), []string{"The first payment is not finished."}},
		"unknown":     {views.Billing(owner(), paying(t, of("hibernating"))), []string{"Being checked", "a state that this version does not know"}},
		"paused":      {views.Billing(owner(), paying(t, of("paused"))), []string{"Paused", "Add a card", "no card was on file"}},
		"ending": {views.Billing(owner(), paying(t, func(p *views.BillingPage) { p.Subscription.CancelAtPeriodEnd = true })),
			[]string{"Ends soon", "ends on 18 December 2026", "Keep Team"}},
		"given by staff": {views.Billing(owner(), paying(t, func(p *views.BillingPage) { p.Access.Override = true })), []string{"given by Plinth"}},
		"full": {views.Billing(owner(), paying(t, func(p *views.BillingPage) { p.Members, p.Projects = 25, 20 })),
			[]string{"All members of the plan are in use", "All projects of the plan are in use"}},
		"waiting": {views.Billing(owner(), paying(t, func(p *views.BillingPage) { free(p); p.From, p.Checkout = "checkout", true })),
			[]string{"Updating…", `http-equiv="refresh"`}},
		"Stripe away":  {views.Billing(owner(), paying(t, func(p *views.BillingPage) { p.StripeAway = true })), []string{"Stripe cannot be reached"}},
		"by year":      {views.Billing(owner(), paying(t, func(p *views.BillingPage) { p.Interval = "year" })), []string{"€90", "per member and year"}},
		"invoices":     {views.Invoices(owner(), paying(t, nil).Invoices, paying(t, nil).Next), []string{"PL-1", "Next"}},
		"none":         {views.Invoices(owner(), nil, nil), []string{"No invoices are here."}},
		"change":       {views.BillingChange(owner(), preview), []string{"Due today", "€5.00", "Credit from before", "−€1.00", "Pay €5.00 and change"}},
		"local Stripe": {views.DevStripe(views.DevStripePage{Now: soon}), []string{"25 November 2026", "Nothing has been sent yet."}},
		"local Stripe, busy": {views.DevStripe(views.DevStripePage{
			Customers: []stripesim.Customer{{ID: "cus_1", Name: "Acme", Delinquent: true}}, Subscriptions: []stripesim.Subscription{{ID: "sub_1", Status: "active"}},
			Invoices:   []stripesim.Invoice{{ID: "in_1", Number: "A-1", Status: "open", Currency: "eur", HostedInvoiceURL: "https://pay.example/i", NextPaymentAttempt: 1}},
			Deliveries: []stripesim.Delivery{{EventID: "evt_1", EventType: "invoice.paid", StatusCode: 200}, {EventID: "evt_2", EventType: "invoice.paid", Error: "refused"}},
			Pending:    []stripesim.PendingDelivery{{EventID: "evt_3", Held: true}}, Endpoints: []stripesim.Endpoint{{Chaos: stripesim.Chaos{Hold: true}}},
		}), []string{"owes", "A-1", "refused", "Send what is held"}},
		"local Stripe, event": {views.DevStripeOne(views.DevStripeEvent{Event: stripesim.Event{ID: "evt_1", Type: "invoice.paid",
			Object: map[string]any{"id": "in_1"}, Previous: map[string]any{"status": "open"}}, Deliveries: []stripesim.Delivery{{StatusCode: 200, Body: "OK"}}}),
			[]string{"in_1", "What was before"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := uitest.Check(t, ui.WithNav(context.Background(), ui.Nav{Org: &ui.NavOrg{Slug: "acme", Name: "Acme"}}), c.page)
			for _, want := range c.says {
				if !strings.Contains(got, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
		})
	}
}

func TestAnAdminGetsNoButtons(t *testing.T) {
	t.Parallel()
	got := uitest.Render(t, context.Background(), views.Billing(admin(), paying(t, nil)))
	for _, path := range []string{"billing/portal", "billing/checkout", "billing/trial", "billing/change"} {
		if strings.Contains(got, path) {
			t.Errorf("the page leads an admin to %s", path)
		}
	}
}
