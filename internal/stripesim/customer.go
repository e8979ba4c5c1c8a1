package stripesim

import (
	"strings"
	"time"
)

// Customer is Stripe's customer, with the fields that mean something here.
type Customer struct {
	ID                  string            `json:"id"`
	Created             int64             `json:"created"`
	Email               string            `json:"email,omitempty"`
	Name                string            `json:"name,omitempty"`
	Description         string            `json:"description,omitempty"`
	Phone               string            `json:"phone,omitempty"`
	Address             *Address          `json:"address,omitempty"`
	Balance             int64             `json:"balance"` // negative: credit, taken off the next invoice
	Currency            string            `json:"currency,omitempty"`
	Delinquent          bool              `json:"delinquent"`
	InvoicePrefix       string            `json:"invoice_prefix"`
	NextInvoiceSequence int64             `json:"next_invoice_sequence"`
	InvoiceSettings     InvoiceSettings   `json:"invoice_settings"`
	Metadata            map[string]string `json:"metadata,omitempty"`
	PreferredLocales    []string          `json:"preferred_locales,omitempty"`
	Deleted             bool              `json:"deleted,omitempty"`
	Internal            customerInternal  `json:"_sim"`
}

type customerInternal struct {
	Ahead time.Duration `json:"ahead,omitempty"` // of the clock for all
}

// InvoiceSettings holds a customer's default payment method.
type InvoiceSettings struct {
	DefaultPaymentMethod string `json:"default_payment_method,omitempty"`
}

// Address is a postal address.
type Address struct {
	City       string `json:"city"`
	Country    string `json:"country"`
	Line1      string `json:"line1"`
	Line2      string `json:"line2"`
	PostalCode string `json:"postal_code"`
	State      string `json:"state"`
}

func (s *Sim) customer(c *Customer) obj {
	if c.Deleted {
		return obj{"id": c.ID, "object": "customer", "deleted": true}
	}
	return s.shaped("customer", c)
}

func (s *Sim) customerEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/customers":        s.createCustomer,
		"GET /v1/customers":         s.listCustomers,
		"GET /v1/customers/{id}":    s.getCustomer,
		"POST /v1/customers/{id}":   s.updateCustomer,
		"DELETE /v1/customers/{id}": s.deleteCustomer,
		"GET /v1/customers/{id}/payment_methods": func(c *call) (obj, error) {
			return s.pageOfPaymentMethods(c, c.id)
		},
	}
}

func (s *Sim) createCustomer(c *call) (obj, error) {
	cus := &Customer{
		ID: s.newID("cus_", 14), Created: s.now().Unix(),
		InvoicePrefix: strings.ToUpper(s.newID("", 8)), NextInvoiceSequence: 1,
	}
	var ids []InvoiceTaxID
	for _, at := range c.p.list("tax_id_data") {
		ids = append(ids, readTaxID(at))
	}
	if err := s.readCustomer(c.p, cus); err != nil {
		return nil, err
	}
	made := s.addCustomer(cus)
	for _, id := range ids {
		s.addTaxID(cus.ID, id)
	}
	return made, nil
}

func (s *Sim) addCustomer(cus *Customer) obj {
	s.st.Customers.put(cus.ID, cus)
	s.emit("customer.created", s.customer(cus), nil)
	return s.customer(cus)
}

func (s *Sim) readCustomer(p *params, cus *Customer) error {
	for key, field := range map[string]*string{
		"email": &cus.Email, "name": &cus.Name, "description": &cus.Description, "phone": &cus.Phone,
	} {
		if p.has(key) {
			*field = p.text(key)
		}
	}
	if p.has("address") {
		a := p.at("address")
		cus.Address = &Address{
			City: a.text("city"), Country: a.text("country"), Line1: a.text("line1"), Line2: a.text("line2"),
			PostalCode: a.text("postal_code"), State: a.text("state"),
		}
	}
	if p.has("balance") {
		cus.Balance = p.number("balance")
	}
	if p.has("preferred_locales") {
		cus.PreferredLocales = p.texts("preferred_locales")
	}
	settings := p.at("invoice_settings")
	settings.ignore("custom_fields", "footer", "rendering_options")
	if settings.has("default_payment_method") {
		id := settings.text("default_payment_method")
		pm := s.st.PaymentMethods.get(id)
		if id != "" && (pm == nil || pm.Customer != cus.ID) {
			p.fail(noSuch("PaymentMethod", id, "invoice_settings[default_payment_method]"))
		}
		cus.InvoiceSettings.DefaultPaymentMethod = id
	}
	cus.Metadata = p.metadata(cus.Metadata)
	p.ignore("shipping", "tax", "tax_exempt", "invoice_prefix", "next_invoice_sequence", "cash_balance")
	return p.done()
}

func (s *Sim) liveCustomer(id, param string) (*Customer, error) {
	cus := s.st.Customers.get(id)
	if cus == nil || cus.Deleted && param != "" {
		return nil, noSuch("customer", id, param)
	}
	return cus, nil
}

func (s *Sim) getCustomer(c *call) (obj, error) {
	cus, err := s.liveCustomer(c.id, "")
	if err != nil {
		return nil, err
	}
	return s.customer(cus), c.p.done()
}

func (s *Sim) updateCustomer(c *call) (obj, error) {
	cus, err := s.liveCustomer(c.id, "")
	if err != nil || cus.Deleted {
		return nil, noSuch("customer", c.id, "")
	}
	changed := *cus
	if err := s.readCustomer(c.p, &changed); err != nil {
		return nil, err
	}
	s.changeCustomer(cus, func() { *cus = changed })
	return s.customer(cus), nil
}

// changeCustomer applies a change and emits customer.updated when it made a difference.
func (s *Sim) changeCustomer(cus *Customer, change func()) {
	before := s.customer(cus)
	change()
	s.emitUpdate("customer.updated", before, s.customer(cus))
}

func (s *Sim) deleteCustomer(c *call) (obj, error) {
	cus, err := s.liveCustomer(c.id, "")
	if err != nil || cus.Deleted {
		return nil, noSuch("customer", c.id, "")
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	for _, sub := range s.st.Subscriptions.oldest(func(sub *Subscription) bool { return sub.Customer == cus.ID && !sub.ended() }) {
		s.cancelNow(sub, "cancellation_requested")
	}
	s.emit("customer.deleted", s.customer(cus), nil)
	cus.Deleted = true
	return s.customer(cus), nil
}

func (s *Sim) listCustomers(c *call) (obj, error) {
	email := c.p.text("email")
	within := createdRange(c.p)
	rows := s.st.Customers.newest(func(cus *Customer) bool {
		return !cus.Deleted && (email == "" || cus.Email == email) && within(cus.Created)
	})
	return page(c, "/v1/customers", rows, func(cus *Customer) string { return cus.ID }, s.customer)
}

// createdRange reads created=…, created[gte]=… and so on as a test of a Unix time.
func createdRange(p *params) func(int64) bool {
	at := p.at("created")
	tests := []func(int64) bool{}
	add := func(name string, holds func(value, bound int64) bool) {
		if at.has(name) {
			bound := at.number(name)
			tests = append(tests, func(value int64) bool { return holds(value, bound) })
		}
	}
	add("gt", func(v, b int64) bool { return v > b })
	add("gte", func(v, b int64) bool { return v >= b })
	add("lt", func(v, b int64) bool { return v < b })
	add("lte", func(v, b int64) bool { return v <= b })
	if at.value != "" {
		exact := p.number("created")
		tests = append(tests, func(v int64) bool { return v == exact })
	}
	return func(value int64) bool {
		for _, holds := range tests {
			if !holds(value) {
				return false
			}
		}
		return true
	}
}
