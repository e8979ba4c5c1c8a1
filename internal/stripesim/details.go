package stripesim

import (
	"cmp"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
)

// DetailsForm is what a person types about who pays.
type DetailsForm struct {
	Name    string  `json:"name,omitempty"` // of the person or the business
	Email   string  `json:"email,omitempty"`
	Address Address `json:"address"`
	TaxType string  `json:"tax_type,omitempty"`
	TaxID   string  `json:"tax_id,omitempty"`
}

// detailsAsk says which of them a page asks for.
type detailsAsk struct{ Name, Email, Address, AddressNeeded, TaxID bool }

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

func readDetails(r *http.Request) DetailsForm {
	typed := func(key string) string { return strings.TrimSpace(r.PostFormValue(key)) }
	return DetailsForm{
		Name: typed("business"), Email: typed("email"), TaxType: typed("tax_type"), TaxID: strings.ToUpper(typed("tax_id")),
		Address: Address{
			Line1: typed("line1"), Line2: typed("line2"), City: typed("city"), State: typed("state"),
			PostalCode: typed("postal_code"), Country: strings.ToUpper(typed("country")),
		},
	}
}

// check adds what is wrong with the asked fields.
func (f DetailsForm) check(ask detailsAsk, wrong fieldErrors) {
	if ask.Email {
		if _, err := mail.ParseAddress(f.Email); err != nil {
			wrong["email"] = "Enter an e-mail address such as name@example.com."
		}
	}
	if ask.Address && (ask.AddressNeeded || f.Address != Address{}) {
		for key, value := range map[string]string{"line1": f.Address.Line1, "city": f.Address.City, "postal_code": f.Address.PostalCode} {
			if value == "" {
				wrong[key] = "Enter " + map[string]string{"line1": "the street and number.", "city": "the city.", "postal_code": "the postal code."}[key]
			}
		}
		if !countryCode.MatchString(f.Address.Country) {
			wrong["country"] = "Enter the country's two letters, such as DE."
		}
	}
	if ask.TaxID && f.TaxID != "" {
		kind, known := taxIDKind(f.TaxType)
		switch {
		case !known:
			wrong["tax_id"] = "Choose the kind of tax id."
		case !kind.Valid(f.TaxID):
			wrong["tax_id"] = "This is no valid " + kind.Name + " number. It looks like " + kind.Example + "."
		case ask.Name && f.Name == "":
			wrong["business"] = "Enter the business's name."
		}
	}
}

// store writes the asked fields to a customer. A tax id replaces the ones there were when only is set.
func (s *Sim) store(cus *Customer, f DetailsForm, ask detailsAsk, only bool) {
	s.changeCustomer(cus, func() {
		if ask.Email {
			cus.Email = f.Email
		}
		if ask.Name && f.Name != "" {
			cus.Name = f.Name
		}
		if ask.Address && f.Address != (Address{}) {
			address := f.Address
			cus.Address = &address
		}
	})
	if !ask.TaxID {
		return
	}
	for _, old := range s.taxIDsOf(cus.ID) {
		if only && (old.Type != f.TaxType || old.Value != f.TaxID) {
			s.removeTaxID(old)
		}
	}
	if f.TaxID != "" {
		s.addTaxID(cus.ID, InvoiceTaxID{Type: f.TaxType, Value: f.TaxID})
	}
}

// detailsOf is the form filled with what is known of a customer.
func (s *Sim) detailsOf(cus *Customer) DetailsForm {
	f := DetailsForm{TaxType: "eu_vat"}
	if cus == nil {
		return f
	}
	f.Name, f.Email = cus.Name, cus.Email
	if cus.Address != nil {
		f.Address = *cus.Address
	}
	if ids := s.taxIDsOf(cus.ID); len(ids) > 0 {
		f.TaxType, f.TaxID = ids[0].Type, ids[0].Value
	}
	return f
}

// lines is an address as it stands on a letter.
func (a *Address) lines() []string {
	if a == nil {
		return nil
	}
	city := strings.TrimSpace(a.PostalCode + " " + a.City)
	return slices.DeleteFunc([]string{a.Line1, a.Line2, city, a.State, a.Country}, func(line string) bool { return line == "" })
}

// taxLines are tax ids for people: EU VAT DE123456789.
func taxLines(ids []InvoiceTaxID) []string {
	var lines []string
	for _, id := range ids {
		kind, _ := taxIDKind(id.Type)
		lines = append(lines, cmp.Or(kind.Name, id.Type)+" "+id.Value)
	}
	return lines
}

// detailsFields is the shared part of pages that ask for details.
type detailsFields struct {
	Ask     detailsAsk
	Details DetailsForm
	Kinds   []TaxIDKind
}
