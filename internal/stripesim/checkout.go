package stripesim

import (
	"net/url"
	"time"
)

// CheckoutSession is a hosted payment page for one subscription.
type CheckoutSession struct {
	ID                      string            `json:"id"`
	AllowPromotionCodes     bool              `json:"allow_promotion_codes,omitempty"`
	AmountSubtotal          int64             `json:"amount_subtotal"`
	AmountTotal             int64             `json:"amount_total"`
	CancelURL               string            `json:"cancel_url,omitempty"`
	ClientReferenceID       string            `json:"client_reference_id,omitempty"`
	Created                 int64             `json:"created"`
	Currency                string            `json:"currency"`
	Customer                string            `json:"customer,omitempty"`
	CustomerEmail           string            `json:"customer_email,omitempty"`
	CustomerDetails         *CustomerDetails  `json:"customer_details,omitempty"`
	ExpiresAt               int64             `json:"expires_at"`
	Invoice                 string            `json:"invoice,omitempty"`
	Locale                  string            `json:"locale,omitempty"`
	Metadata                map[string]string `json:"metadata,omitempty"`
	Mode                    string            `json:"mode"`
	PaymentMethodCollection string            `json:"payment_method_collection"`
	PaymentStatus           string            `json:"payment_status"`
	Status                  string            `json:"status"` // open, complete or expired
	Subscription            string            `json:"subscription,omitempty"`
	SuccessURL              string            `json:"success_url"`
	TotalDetails            CheckoutTotals    `json:"total_details"`
	URL                     string            `json:"url,omitempty"`
	Internal                checkoutInternal  `json:"_sim"`
}

// CustomerDetails are what the person typed.
type CustomerDetails struct {
	Address   *Address       `json:"address"`
	Email     string         `json:"email"`
	Name      string         `json:"name"`
	TaxExempt string         `json:"tax_exempt"`
	TaxIDs    []InvoiceTaxID `json:"tax_ids"`
}

type checkoutInternal struct {
	Items                []SubscriptionItem `json:"items"`
	TrialDays            int64              `json:"trial_days,omitempty"`
	TrialEnd             int64              `json:"trial_end,omitempty"`
	MissingMethod        string             `json:"missing_method,omitempty"`
	Collects             collects           `json:"collects"`
	Coupon               string             `json:"coupon,omitempty"`
	PromotionCode        string             `json:"promotion_code,omitempty"`
	Description          string             `json:"description,omitempty"`
	SubscriptionMetadata map[string]string  `json:"subscription_metadata,omitempty"`
	// Typed waits for the 3-D Secure page.
	Typed *CardForm `json:"typed,omitempty"`
}

func (s *Sim) checkout(cs *CheckoutSession) obj {
	out := s.shaped("checkout.session", cs)
	if cs.Status != "open" {
		out["url"] = nil
	}
	out["tax_id_collection"] = obj{"enabled": cs.Internal.Collects.TaxID}
	out["billing_address_collection"] = orNil(cs.Internal.Collects.Address)
	return out
}

func (s *Sim) checkoutEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/checkout/sessions":                s.createCheckout,
		"GET /v1/checkout/sessions":                 s.listCheckouts,
		"GET /v1/checkout/sessions/{id}":            s.getCheckout,
		"POST /v1/checkout/sessions/{id}/expire":    s.expireCheckoutNow,
		"GET /v1/checkout/sessions/{id}/line_items": s.listCheckoutItems,
	}
}

func (s *Sim) createCheckout(c *call) (obj, error) {
	cs, err := s.readCheckout(c.p)
	if err != nil {
		return nil, err
	}
	cs.ID = s.newID("cs_test_", 58)
	cs.URL = s.url("/c/pay/" + cs.ID)
	s.addUp(cs)
	s.st.Checkouts.put(cs.ID, cs)
	return s.checkout(cs), nil
}

func (s *Sim) readCheckout(p *params) (*CheckoutSession, error) {
	now := s.now()
	cs := &CheckoutSession{
		Mode: p.choice("mode", "", "subscription"), Created: now.Unix(), Customer: p.text("customer"),
		CustomerEmail: p.text("customer_email"), ClientReferenceID: p.text("client_reference_id"),
		SuccessURL: p.need("success_url"), CancelURL: p.text("cancel_url"), Locale: p.text("locale"),
		Metadata: p.metadata(nil), ExpiresAt: p.number("expires_at"), Status: "open", PaymentStatus: "unpaid",
		PaymentMethodCollection: p.choice("payment_method_collection", "always", "always", "if_required"),
	}
	p.need("mode")
	data := p.at("subscription_data")
	cs.Internal = checkoutInternal{
		Items: s.readNewItems(p, "line_items"), TrialDays: data.number("trial_period_days"),
		Description: data.text("description"), SubscriptionMetadata: data.metadata(nil),
	}
	cs.Internal.TrialEnd, cs.Internal.MissingMethod = s.readTrial(data)
	if cs.Internal.TrialDays > 0 {
		cs.Internal.TrialEnd = 0 // counted from the moment of payment
	}
	data.ignore("billing_cycle_anchor", "proration_behavior", "default_tax_rates", "invoice_settings")
	s.readPromotion(p, cs)
	readCollects(p, cs)
	p.ignore("automatic_tax", "payment_method_types", "ui_mode", "consent_collection", "custom_text", "submit_type", "currency", "phone_number_collection",
		"payment_method_options", "saved_payment_method_options", "customer_creation")
	if cs.Customer != "" && cs.CustomerEmail != "" {
		p.fail(invalid("customer_email", "You may only specify one of these parameters: customer, customer_email."))
	}
	s.checkExpiry(p, cs, now)
	if err := p.done(); err != nil {
		return nil, err
	}
	if cs.Customer != "" {
		if _, err := s.liveCustomer(cs.Customer, "customer"); err != nil {
			return nil, err
		}
	}
	cs.Currency = s.st.Prices.get(cs.Internal.Items[0].Price).Currency
	return cs, nil
}

func (s *Sim) checkExpiry(p *params, cs *CheckoutSession, now time.Time) {
	earliest, latest := now.Add(30*time.Minute).Unix(), now.Add(24*time.Hour).Unix()
	switch {
	case cs.ExpiresAt == 0:
		cs.ExpiresAt = latest
	case cs.ExpiresAt < earliest || cs.ExpiresAt > latest:
		p.fail(invalid("expires_at", "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."))
	}
	for _, link := range []struct{ name, value string }{{"success_url", cs.SuccessURL}, {"cancel_url", cs.CancelURL}} {
		if u, err := url.Parse(link.value); link.value != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https") {
			p.fail(&apiError{status: 400, Type: "invalid_request_error", Code: "url_invalid", Param: link.name,
				Message: "Not a valid URL: it must begin with http or https."})
		}
	}
}

func (s *Sim) getCheckout(c *call) (obj, error) {
	cs := s.st.Checkouts.get(c.id)
	if cs == nil {
		return nil, noSuch("checkout.session", c.id, "")
	}
	out := s.checkout(cs)
	out["line_items"] = listOf("/v1/checkout/sessions/"+cs.ID+"/line_items", false, s.checkoutItems(cs)...)
	wanted := false
	for _, path := range c.p.texts("expand") {
		wanted = wanted || len(path) >= 10 && path[:10] == "line_items"
	}
	if !wanted {
		delete(out, "line_items") // Stripe leaves it out unless it is asked for
	}
	return out, c.p.done()
}

func (s *Sim) checkoutItems(cs *CheckoutSession) []any {
	rows := []any{}
	for _, item := range cs.Internal.Items {
		price := s.st.Prices.get(item.Price)
		row := s.shaped("item", obj{
			"id": "li_" + cs.ID[len("cs_test_"):], "currency": price.Currency, "description": s.productName(price),
			"quantity": item.Quantity, "amount_subtotal": price.cost(item.Quantity), "amount_total": price.cost(item.Quantity),
		})
		if price.metered() {
			delete(row, "quantity")
		}
		row["price"] = s.price(price)
		rows = append(rows, row)
	}
	return rows
}

func (s *Sim) listCheckoutItems(c *call) (obj, error) {
	cs := s.st.Checkouts.get(c.id)
	if cs == nil {
		return nil, noSuch("checkout.session", c.id, "")
	}
	c.p.ignore("limit", "starting_after", "ending_before")
	return listOf("/v1/checkout/sessions/"+cs.ID+"/line_items", false, s.checkoutItems(cs)...), c.p.done()
}

func (s *Sim) listCheckouts(c *call) (obj, error) {
	customer, sub := c.p.text("customer"), c.p.text("subscription")
	status := c.p.choice("status", "", "open", "complete", "expired")
	within := createdRange(c.p)
	rows := s.st.Checkouts.newest(func(cs *CheckoutSession) bool {
		return (customer == "" || cs.Customer == customer) && (sub == "" || cs.Subscription == sub) &&
			(status == "" || cs.Status == status) && within(cs.Created)
	})
	return page(c, "/v1/checkout/sessions", rows, func(cs *CheckoutSession) string { return cs.ID }, s.checkout)
}

func (s *Sim) expireCheckoutNow(c *call) (obj, error) {
	cs := s.st.Checkouts.get(c.id)
	if cs == nil {
		return nil, noSuch("checkout.session", c.id, "")
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if cs.Status != "open" {
		return nil, invalid("", "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of "+cs.Status+".")
	}
	s.expireCheckout(cs)
	return s.checkout(cs), nil
}

func (s *Sim) expireCheckout(cs *CheckoutSession) {
	cs.Status, cs.Internal.Typed = "expired", nil
	s.emit("checkout.session.expired", s.checkout(cs), nil)
}

func (s *Sim) checkoutDue(cs *CheckoutSession, consider func(int64, func())) {
	if cs.Status == "open" {
		consider(cs.ExpiresAt, func() { s.expireCheckout(cs) })
	}
}
