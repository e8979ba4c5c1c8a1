package stripesim_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v76"
)

func (w *world) portal(cus *stripe.Customer) *stripe.BillingPortalSession {
	w.t.Helper()
	session, err := w.api.BillingPortalSessions.New(&stripe.BillingPortalSessionParams{
		Customer: &cus.ID, ReturnURL: stripe.String("http://app.test/billing"),
	})
	return must(w.t, session, err)
}

func TestPortal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer(paysCard)
	sub := w.subscribe(cus, w.price("Pro", 4900, "month"), 2)
	session := w.portal(cus)
	page := get(t, session.URL)
	for _, text := range []string{"2 × $49.00 per month", "Your plan renews on 1 February 2026", "visa ending in 4242", "Cancel plan",
		`href="http://app.test/billing"`, "/pdf", "$98.00"} {
		if !strings.Contains(page.body, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	form := url.Values{"subscription": {sub.ID}}
	if answer := post(t, session.URL+"/cancel", form); answer.status != 303 {
		t.Fatalf("cancelling got %d", answer.status)
	}
	if !w.reload(sub).CancelAtPeriodEnd || !strings.Contains(get(t, session.URL).body, "Your plan ends on 1 February 2026") {
		t.Error("the plan does not end")
	}
	post(t, session.URL+"/renew", form)
	if w.reload(sub).CancelAtPeriodEnd {
		t.Error("the plan still ends")
	}
	if foreign := post(t, w.portal(w.customer("")).URL+"/cancel", form); foreign.status != 404 {
		t.Errorf("cancelling the plan of another customer got %d", foreign.status)
	}
}

func TestPortalCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer("")
	session := w.portal(cus)
	if refused := post(t, session.URL+"/card", cardForm(declinedCard)); refused.status != 422 || !strings.Contains(refused.body, "Your card was declined.") {
		t.Errorf("declined: %d", refused.status)
	}
	if saved := post(t, session.URL+"/card", cardForm("5555555555554444")); saved.status != 303 {
		t.Errorf("saving got %d", saved.status)
	}
	asked := post(t, session.URL+"/card", cardForm(secureCard))
	if done := post(t, w.url+asked.location, url.Values{"outcome": {"complete"}}); done.status != 303 || done.location != "/p/session/"+session.ID {
		t.Errorf("3-D Secure: %d to %s", done.status, done.location)
	}
	p := &stripe.CustomerParams{}
	p.AddExpand("invoice_settings.default_payment_method")
	read, err := w.api.Customers.Get(cus.ID, p)
	if must(t, read, err).InvoiceSettings.DefaultPaymentMethod.Card.Last4 != "3155" {
		t.Errorf("default is %s", read.InvoiceSettings.DefaultPaymentMethod.Card.Last4)
	}
	if lost := get(t, w.url+"/p/session/bps_none"); lost.status != 404 {
		t.Errorf("an unknown session got %d", lost.status)
	}
}

// A session made for one thing leads back where it was asked to when that is done.
func TestPortalFlowLeadsBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session, err := w.api.BillingPortalSessions.New(&stripe.BillingPortalSessionParams{
		Customer: &w.customer("").ID, ReturnURL: stripe.String("https://app.example/billing"),
		FlowData: &stripe.BillingPortalSessionFlowDataParams{
			Type: stripe.String("payment_method_update"),
			AfterCompletion: &stripe.BillingPortalSessionFlowDataAfterCompletionParams{
				Type:     stripe.String("redirect"),
				Redirect: &stripe.BillingPortalSessionFlowDataAfterCompletionRedirectParams{ReturnURL: stripe.String("https://app.example/billing?from=portal")},
			},
		},
	})
	page := must(t, session, err).URL
	if policy := get(t, page).header.Get("Content-Security-Policy"); !strings.Contains(policy, "https://app.example") {
		t.Errorf("the page's policy does not let its form end there: %s", policy)
	}
	if saved := post(t, page, cardForm(paysCard)); saved.location != "https://app.example/billing?from=portal" {
		t.Errorf("saving leads to %q", saved.location)
	}
	asked := post(t, page, cardForm(secureCard))
	if done := post(t, w.url+asked.location, url.Values{"outcome": {"complete"}}); done.location != "https://app.example/billing?from=portal" {
		t.Errorf("3-D Secure leads to %q", done.location)
	}
}

func TestPortalConfigurations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer(paysCard)
	w.subscribe(cus, w.price("Pro", 4900, "month"), 1)
	config, err := w.api.BillingPortalConfigurations.New(&stripe.BillingPortalConfigurationParams{
		BusinessProfile: &stripe.BillingPortalConfigurationBusinessProfileParams{Headline: stripe.String("Plinth")},
		Features: &stripe.BillingPortalConfigurationFeaturesParams{
			SubscriptionCancel: &stripe.BillingPortalConfigurationFeaturesSubscriptionCancelParams{Enabled: stripe.Bool(false)},
			InvoiceHistory:     &stripe.BillingPortalConfigurationFeaturesInvoiceHistoryParams{Enabled: stripe.Bool(true)},
		},
	})
	must(t, config, err)
	if config.Features.SubscriptionCancel.Enabled || !config.Features.InvoiceHistory.Enabled || !config.IsDefault || config.BusinessProfile.Headline != "Plinth" {
		t.Errorf("configuration: %+v", config)
	}
	read, err := w.api.BillingPortalConfigurations.Get(config.ID, nil)
	if must(t, read, err).ID != config.ID {
		t.Error("another one")
	}
	if list := w.api.BillingPortalConfigurations.List(nil); !list.Next() || list.BillingPortalConfiguration().ID != config.ID {
		t.Errorf("list: %v", list.Err())
	}
	if page := get(t, w.portal(cus).URL); strings.Contains(page.body, "Cancel plan") {
		t.Error("the page offers what is switched off")
	}
}

func TestInvoicePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub := w.reload(w.subscribe(w.customer(laterCard), w.price("Pro", 4900, "month"), 1))
	inv := sub.LatestInvoice
	if page := get(t, inv.HostedInvoiceURL); !strings.Contains(page.body, inv.Number) || !strings.Contains(page.body, "Pay $49.00") {
		t.Errorf("the page says: %s", page.body)
	}
	asked := post(t, inv.HostedInvoiceURL, cardForm(secureCard))
	if failed := post(t, w.url+asked.location, url.Values{"outcome": {"fail"}}); failed.status != 422 {
		t.Errorf("failing got %d", failed.status)
	}
	asked = post(t, inv.HostedInvoiceURL, cardForm(secureCard))
	post(t, w.url+asked.location, url.Values{"outcome": {"complete"}})
	wantStatus(t, w.reload(sub), stripe.SubscriptionStatusActive)
	pdf := get(t, inv.InvoicePDF)
	if !strings.HasPrefix(pdf.body, "%PDF-1.4") || !strings.HasSuffix(pdf.body, "%%EOF\n") || pdf.header.Get("Content-Type") != "application/pdf" ||
		!strings.Contains(pdf.body, inv.Number) {
		t.Errorf("the PDF: %.40q", pdf.body)
	}
}

func TestPortalPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer(paysCard)
	low, high, other := w.price("Team", 900, "month"), w.price("Business", 1900, "month"), w.price("Other", 100, "month")
	sub := w.subscribe(cus, high, 2)
	config, err := w.api.BillingPortalConfigurations.New(&stripe.BillingPortalConfigurationParams{
		BusinessProfile: &stripe.BillingPortalConfigurationBusinessProfileParams{},
		Features: &stripe.BillingPortalConfigurationFeaturesParams{SubscriptionUpdate: &stripe.BillingPortalConfigurationFeaturesSubscriptionUpdateParams{
			Enabled: stripe.Bool(true), DefaultAllowedUpdates: stripe.StringSlice([]string{"price"}), ProrationBehavior: stripe.String("none"),
			Products: []*stripe.BillingPortalConfigurationFeaturesSubscriptionUpdateProductParams{
				{Product: &low.Product.ID, Prices: []*string{&low.ID}}, {Product: &high.Product.ID, Prices: []*string{&high.ID}},
			},
		}},
	})
	must(t, config, err)
	session, err := w.api.BillingPortalSessions.New(&stripe.BillingPortalSessionParams{Customer: &cus.ID, Configuration: &config.ID})
	must(t, session, err)
	page := get(t, session.URL).body
	if !strings.Contains(page, "Change to Team, $9.00 per month") || strings.Contains(page, "Change to Business") {
		t.Errorf("the page offers other plans:\n%s", page)
	}
	for _, c := range []struct {
		price string
		want  int
	}{{other.ID, 404}, {high.ID, 404}, {low.ID, 303}} {
		if got := post(t, session.URL+"/plan", url.Values{"subscription": {sub.ID}, "price": {c.price}}).status; got != c.want {
			t.Errorf("changing to %s got %d, want %d", c.price, got, c.want)
		}
	}
	if now := w.reload(sub).Items.Data[0]; now.Price.ID != low.ID || now.Quantity != 2 {
		t.Errorf("%d of %s, want 2 of %s", now.Quantity, now.Price.ID, low.ID)
	}
}
