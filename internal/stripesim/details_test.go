package stripesim_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/stripesim"
)

func TestTaxIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer(paysCard)
	id, err := w.api.TaxIDs.New(&stripe.TaxIDParams{Customer: &cus.ID, Type: stripe.String("eu_vat"), Value: stripe.String("de123456789")})
	if must(t, id, err); id.Value != "DE123456789" || id.Country != "DE" || id.Customer.ID != cus.ID {
		t.Errorf("tax id: %+v", id)
	}
	for kind, value := range map[string]string{"eu_vat": "DE12", "gb_vat": "123", "ch_vat": "CHE", "zz_vat": "1"} {
		_, err := w.api.TaxIDs.New(&stripe.TaxIDParams{Customer: &cus.ID, Type: &kind, Value: &value})
		if stripeError(t, err).HTTPStatusCode != 400 {
			t.Errorf("%s %s was taken", kind, value)
		}
	}
	for _, kind := range stripesim.TaxIDKinds() {
		if !kind.Valid(kind.Example) {
			t.Errorf("the example of %s is not valid", kind.Type)
		}
	}
	read, err := w.api.TaxIDs.Get(id.ID, &stripe.TaxIDParams{Customer: &cus.ID})
	must(t, read, err)
	sub := w.reload(w.subscribe(cus, w.price("Pro", 4900, "month"), 1))
	if ids := sub.LatestInvoice.CustomerTaxIDs; len(ids) != 1 || ids[0].Value != "DE123456789" {
		t.Errorf("the invoice has %+v", ids)
	}
	gone, err := w.api.TaxIDs.Del(id.ID, &stripe.TaxIDParams{Customer: &cus.ID})
	if must(t, gone, err); !gone.Deleted || len(w.sim.TaxIDs(cus.ID)) != 0 {
		t.Error("the tax id is still there")
	}
	other := w.customer("")
	_, err = w.api.TaxIDs.Get(id.ID, &stripe.TaxIDParams{Customer: &other.ID})
	wantError(t, err, 404, stripe.ErrorCodeResourceMissing)
	with, err := w.api.Customers.New(&stripe.CustomerParams{TaxIDData: []*stripe.CustomerTaxIDDataParams{{Type: stripe.String("ch_vat"), Value: stripe.String("CHE-123.456.789 MWST")}}})
	must(t, with, err)
	if list := w.api.TaxIDs.List(&stripe.TaxIDListParams{Customer: &with.ID}); !list.Next() || list.TaxID().Type != "ch_vat" {
		t.Errorf("list: %v", list.Err())
	}
}

func detailsForm() url.Values {
	return url.Values{"line1": {"Main Street 1"}, "city": {"Berlin"}, "postal_code": {"10115"}, "country": {"de"},
		"business": {"Analytical Engines"}, "tax_type": {"eu_vat"}, "tax_id": {"de123456789"}, "email": {"bills@example.com"}}
}

func TestCheckoutCollectsDetails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer("")
	_, err := w.api.CheckoutSessions.New(&stripe.CheckoutSessionParams{
		Mode: stripe.String("subscription"), SuccessURL: stripe.String("http://app.test/"), Customer: &cus.ID,
		LineItems:       []*stripe.CheckoutSessionLineItemParams{{Price: &w.price("Pro", 100, "month").ID, Quantity: stripe.Int64(1)}},
		TaxIDCollection: &stripe.CheckoutSessionTaxIDCollectionParams{Enabled: stripe.Bool(true)},
	})
	wantError(t, err, 400, "")
	cs := w.checkout(func(p *stripe.CheckoutSessionParams) {
		p.Customer, p.BillingAddressCollection = &cus.ID, stripe.String("required")
		p.TaxIDCollection = &stripe.CheckoutSessionTaxIDCollectionParams{Enabled: stripe.Bool(true)}
		p.CustomerUpdate = &stripe.CheckoutSessionCustomerUpdateParams{Address: stripe.String("auto"), Name: stripe.String("auto")}
	})
	form := cardForm(paysCard)
	form.Set("tax_id", "DE1")
	form.Set("tax_type", "eu_vat")
	refused := post(t, cs.URL, form)
	for _, text := range []string{"Enter the street and number.", "Enter the city.", "two letters", "no valid EU VAT number", `value="DE1"`, "Ada Lovelace"} {
		if refused.status != 422 || !strings.Contains(refused.body, text) {
			t.Errorf("%d: the page lacks %q", refused.status, text)
		}
	}
	for key, value := range detailsForm() {
		form[key] = value
	}
	if paid := post(t, cs.URL, form); paid.status != 303 {
		t.Fatalf("paying got %d:\n%s", paid.status, paid.body)
	}
	p := &stripe.CheckoutSessionParams{}
	p.AddExpand("customer")
	p.AddExpand("invoice")
	done, err := w.api.CheckoutSessions.Get(cs.ID, p)
	must(t, done, err)
	if got := done.Customer; got.Name != "Analytical Engines" || got.Address.City != "Berlin" || got.Address.Country != "DE" || got.Email != "ada@example.com" {
		t.Errorf("customer: %+v", got)
	}
	if got := done.CustomerDetails; got.Address.PostalCode != "10115" || got.TaxIDs[0].Value != "DE123456789" {
		t.Errorf("details: %+v", got)
	}
	page, pdf := get(t, done.Invoice.HostedInvoiceURL).body, get(t, done.Invoice.InvoicePDF).body
	for _, text := range []string{"Analytical Engines", "10115 Berlin", "EU VAT DE123456789"} {
		if !strings.Contains(page, text) || !strings.Contains(pdf, text) {
			t.Errorf("the invoice lacks %q", text)
		}
	}
}

func TestPortalChangesDetails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cus := w.customer(paysCard)
	if page := get(t, w.portal(cus).URL); strings.Contains(page.body, "Update billing details") {
		t.Error("the page offers what is switched off")
	}
	if page := get(t, w.portal(cus).URL+"/details"); page.status != 404 {
		t.Errorf("the form got %d", page.status)
	}
	config, err := w.api.BillingPortalConfigurations.New(&stripe.BillingPortalConfigurationParams{
		BusinessProfile: &stripe.BillingPortalConfigurationBusinessProfileParams{},
		Features: &stripe.BillingPortalConfigurationFeaturesParams{CustomerUpdate: &stripe.BillingPortalConfigurationFeaturesCustomerUpdateParams{
			Enabled: stripe.Bool(true), AllowedUpdates: stripe.StringSlice([]string{"email", "address", "tax_id", "name"}),
		}},
	})
	must(t, config, err)
	session, err := w.api.BillingPortalSessions.New(&stripe.BillingPortalSessionParams{Customer: &cus.ID, Configuration: &config.ID})
	must(t, session, err)
	if page := get(t, session.URL+"/details"); !strings.Contains(page.body, `value="ada@example.com"`) {
		t.Errorf("the form says:\n%s", page.body)
	}
	wrong := detailsForm()
	wrong.Set("email", "nobody")
	wrong.Del("city")
	if page := post(t, session.URL+"/details", wrong); page.status != 422 || !strings.Contains(page.body, "Enter the city.") || !strings.Contains(page.body, "Enter an e-mail") {
		t.Errorf("%d:\n%s", page.status, page.body)
	}
	mark := len(w.happened())
	if saved := post(t, session.URL+"/details", detailsForm()); saved.status != 303 {
		t.Fatalf("saving got %d", saved.status)
	}
	if diff := cmp.Diff([]string{"customer.updated", "customer.tax_id.created"}, w.after(mark)); diff != "" {
		t.Error(diff)
	}
	if page := get(t, session.URL).body; !strings.Contains(page, "Main Street 1") || !strings.Contains(page, "EU VAT DE123456789") || !strings.Contains(page, "bills@example.com") {
		t.Errorf("the page says:\n%s", page)
	}
	cleared := detailsForm()
	cleared.Del("tax_id")
	post(t, session.URL+"/details", cleared)
	if ids := w.sim.TaxIDs(cus.ID); len(ids) != 0 {
		t.Errorf("the tax ids: %+v", ids)
	}
}
