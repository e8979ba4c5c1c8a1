package stripesim

import "strings"

// collects is what a session's page asks about who pays.
type collects struct {
	TaxID         bool   `json:"tax_id,omitempty"`
	Address       string `json:"address,omitempty"`        // billing_address_collection: auto or required
	UpdateAddress bool   `json:"update_address,omitempty"` // customer_update: kept on a customer that exists
	UpdateName    bool   `json:"update_name,omitempty"`
}

func readCollects(p *params, cs *CheckoutSession) {
	c := &cs.Internal.Collects
	c.TaxID = p.at("tax_id_collection").flag("enabled")
	c.Address = p.choice("billing_address_collection", "", "auto", "required")
	update := p.at("customer_update")
	c.UpdateAddress = update.choice("address", "never", "auto", "never") == "auto"
	c.UpdateName = update.choice("name", "never", "auto", "never") == "auto"
	update.choice("shipping", "never", "auto", "never")
	switch {
	case update.kids != nil && cs.Customer == "":
		p.fail(invalid("customer_update", "`customer_update` can only be used with `customer`."))
	case c.TaxID && cs.Customer != "" && !c.UpdateName:
		p.fail(invalid("customer_update", "Tax ID collection requires updating business name on the customer. "+
			"To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`."))
	}
}

// asks is what the page asks for; a business is asked for its address with its tax id.
func (cs *CheckoutSession) asks() detailsAsk {
	c := cs.Internal.Collects
	required := c.Address == "required"
	return detailsAsk{Name: c.TaxID, Address: required || c.TaxID, AddressNeeded: required, TaxID: c.TaxID}
}

// keeps is what of it the customer gets.
func (cs *CheckoutSession) keeps(fresh bool) detailsAsk {
	c, asks := cs.Internal.Collects, cs.asks()
	asks.Address = asks.Address && (fresh || c.UpdateAddress)
	asks.Name = asks.Name && (fresh || c.UpdateName)
	return asks
}

// noteDetails writes what was typed to the customer and the session.
func (s *Sim) noteDetails(cs *CheckoutSession, cus *Customer, form CardForm, fresh bool) {
	asks := cs.asks()
	s.store(cus, form.Details, cs.keeps(fresh), false)
	details := &CustomerDetails{Email: form.Email, Name: strings.TrimSpace(form.Name), TaxExempt: "none", TaxIDs: []InvoiceTaxID{}}
	if asks.Name && form.Details.Name != "" {
		details.Name = form.Details.Name
	}
	if asks.Address && form.Details.Address != (Address{}) {
		address := form.Details.Address
		details.Address = &address
	}
	if asks.TaxID && form.Details.TaxID != "" {
		details.TaxIDs = append(details.TaxIDs, InvoiceTaxID{Type: form.Details.TaxType, Value: form.Details.TaxID})
	}
	cs.CustomerDetails = details
}

func (s *Sim) checkoutDetails(cs *CheckoutSession) detailsFields {
	return detailsFields{Ask: cs.asks(), Details: s.detailsOf(s.st.Customers.get(cs.Customer)), Kinds: TaxIDKinds()}
}
