package stripesim

import (
	"regexp"
	"strings"
)

// TaxID is a number under which a customer pays taxes. Nobody is asked whether it exists: only its shape is looked at.
type TaxID struct {
	ID       string `json:"id"`
	Country  string `json:"country,omitempty"`
	Created  int64  `json:"created"`
	Customer string `json:"customer"`
	Type     string `json:"type"`
	Value    string `json:"value"`
}

// InvoiceTaxID is a tax id as it stands on an invoice.
type InvoiceTaxID struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// TaxIDKind is a type of tax id that the local Stripe knows.
type TaxIDKind struct {
	Type, Name, Example string
	shape               *regexp.Regexp
	country             string // empty: the first two letters of the value
}

// TaxIDKinds lists the types in the order that people see.
func TaxIDKinds() []TaxIDKind {
	return []TaxIDKind{
		{"eu_vat", "EU VAT", "DE123456789", regexp.MustCompile(`^(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z]{8,12}$`), ""},
		{"gb_vat", "UK VAT", "GB123456789", regexp.MustCompile(`^GB([0-9]{9}|[0-9]{12}|(GD|HA)[0-9]{3})$`), "GB"},
		{"ch_vat", "Swiss VAT", "CHE-123.456.789 MWST", regexp.MustCompile(`^CHE-?[0-9]{3}\.?[0-9]{3}\.?[0-9]{3} ?(MWST|TVA|IVA)$`), "CH"},
		{"no_vat", "Norwegian VAT", "123456789MVA", regexp.MustCompile(`^[0-9]{9}MVA$`), "NO"},
		{"us_ein", "US EIN", "12-3456789", regexp.MustCompile(`^[0-9]{2}-?[0-9]{7}$`), "US"},
		{"ca_bn", "Canadian BN", "123456789", regexp.MustCompile(`^[0-9]{9}$`), "CA"},
		{"au_abn", "Australian ABN", "12345678912", regexp.MustCompile(`^[0-9]{11}$`), "AU"},
		{"nz_gst", "New Zealand GST", "123456789", regexp.MustCompile(`^[0-9]{8,9}$`), "NZ"},
		{"jp_trn", "Japanese registration number", "T1234567891234", regexp.MustCompile(`^T[0-9]{13}$`), "JP"},
		{"in_gst", "Indian GST", "12ABCDE1234F1Z5", regexp.MustCompile(`^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]$`), "IN"},
	}
}

func taxIDKind(kind string) (TaxIDKind, bool) {
	for _, one := range TaxIDKinds() {
		if one.Type == kind {
			return one, true
		}
	}
	return TaxIDKind{}, false
}

// Valid reports whether a value has the shape of the type.
func (k TaxIDKind) Valid(value string) bool { return k.shape.MatchString(value) }

func (s *Sim) taxID(id *TaxID) obj {
	out := s.shaped("tax_id", id)
	out["owner"] = obj{"type": "customer", "customer": id.Customer}
	return out
}

func (s *Sim) taxIDEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/customers/{id}/tax_ids":         s.createTaxID,
		"GET /v1/customers/{id}/tax_ids":          s.listTaxIDs,
		"GET /v1/customers/{id}/tax_ids/{sub}":    s.getTaxID,
		"DELETE /v1/customers/{id}/tax_ids/{sub}": s.deleteTaxID,
	}
}

// readTaxID reads type and value, and checks the shape.
func readTaxID(p *params) InvoiceTaxID {
	id := InvoiceTaxID{Type: p.need("type"), Value: strings.ToUpper(strings.TrimSpace(p.need("value")))}
	kind, known := taxIDKind(id.Type)
	switch {
	case p.root.err != nil:
	case !known:
		p.fail(invalid(p.at("type").name, "Invalid type: the local Stripe does not know "+id.Type+"."))
	case !kind.Valid(id.Value):
		problem := invalid(p.at("value").name, "Invalid value for "+id.Type+".")
		problem.Code = "tax_id_invalid"
		p.fail(problem)
	}
	return id
}

func (s *Sim) createTaxID(c *call) (obj, error) {
	id := readTaxID(c.p)
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if cus, err := s.liveCustomer(c.id, ""); err != nil || cus.Deleted {
		return nil, noSuch("customer", c.id, "")
	}
	return s.taxID(s.addTaxID(c.id, id)), nil
}

// addTaxID gives the customer a tax id; the same one is there only once.
func (s *Sim) addTaxID(customer string, given InvoiceTaxID) *TaxID {
	for _, old := range s.taxIDsOf(customer) {
		if old.Type == given.Type && old.Value == given.Value {
			return old
		}
	}
	kind, _ := taxIDKind(given.Type)
	id := &TaxID{ID: s.newID("txi_", 24), Country: kind.country, Created: s.now().Unix(), Customer: customer, Type: given.Type, Value: given.Value}
	if id.Country == "" {
		id.Country = given.Value[:2]
	}
	s.st.TaxIDs.put(id.ID, id)
	s.emit("customer.tax_id.created", s.taxID(id), nil)
	return id
}

func (s *Sim) removeTaxID(id *TaxID) {
	s.emit("customer.tax_id.deleted", s.taxID(id), nil)
	s.st.TaxIDs.remove(id.ID)
}

func (s *Sim) taxIDsOf(customer string) []*TaxID {
	return s.st.TaxIDs.oldest(func(id *TaxID) bool { return id.Customer == customer })
}

// invoiceTaxIDs are the tax ids that a new invoice of the customer shows.
func (s *Sim) invoiceTaxIDs(customer string) []InvoiceTaxID {
	var ids []InvoiceTaxID
	for _, id := range s.taxIDsOf(customer) {
		ids = append(ids, InvoiceTaxID{Type: id.Type, Value: id.Value})
	}
	return ids
}

func (s *Sim) findTaxID(c *call) (*TaxID, error) {
	id := s.st.TaxIDs.get(c.sub)
	if id == nil || id.Customer != c.id {
		return nil, noSuch("tax_id", c.sub, "")
	}
	return id, c.p.done()
}

func (s *Sim) getTaxID(c *call) (obj, error) {
	id, err := s.findTaxID(c)
	if err != nil {
		return nil, err
	}
	return s.taxID(id), nil
}

func (s *Sim) deleteTaxID(c *call) (obj, error) {
	id, err := s.findTaxID(c)
	if err != nil {
		return nil, err
	}
	s.removeTaxID(id)
	return obj{"id": id.ID, "object": "tax_id", "deleted": true}, nil
}

func (s *Sim) listTaxIDs(c *call) (obj, error) {
	if _, err := s.liveCustomer(c.id, ""); err != nil {
		return nil, err
	}
	rows := s.st.TaxIDs.newest(func(id *TaxID) bool { return id.Customer == c.id })
	return page(c, "/v1/customers/"+c.id+"/tax_ids", rows, func(id *TaxID) string { return id.ID }, s.taxID)
}

// TaxIDs lists a customer's tax ids.
func (s *Sim) TaxIDs(customerID string) []TaxID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []TaxID
	for _, id := range s.taxIDsOf(customerID) {
		ids = append(ids, *id)
	}
	return ids
}
