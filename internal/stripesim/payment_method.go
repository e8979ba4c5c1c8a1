package stripesim

import (
	"crypto/sha256"
	"encoding/hex"
)

// PaymentMethod is a saved card.
type PaymentMethod struct {
	ID             string                `json:"id"`
	Created        int64                 `json:"created"`
	Customer       string                `json:"customer,omitempty"`
	BillingDetails BillingDetails        `json:"billing_details"`
	Card           Card                  `json:"card"`
	Metadata       map[string]string     `json:"metadata,omitempty"`
	Internal       paymentMethodInternal `json:"_sim"`
}

// Card is what Stripe shows of a card.
type Card struct {
	Brand        string `json:"brand"`
	DisplayBrand string `json:"display_brand"`
	ExpMonth     int64  `json:"exp_month"`
	ExpYear      int64  `json:"exp_year"`
	Last4        string `json:"last4"`
	Fingerprint  string `json:"fingerprint"`
}

// BillingDetails belong to a payment method.
type BillingDetails struct {
	Email string `json:"email,omitempty"`
	Name  string `json:"name,omitempty"`
}

type paymentMethodInternal struct {
	Number string `json:"number"` // a test number
	SetUp  bool   `json:"set_up"` // 3-D Secure was passed, later charges need none
}

func (s *Sim) paymentMethod(pm *PaymentMethod) obj { return s.shaped("payment_method", pm) }

func (s *Sim) paymentMethodEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/payment_methods":             s.createPaymentMethod,
		"GET /v1/payment_methods":              func(c *call) (obj, error) { return s.pageOfPaymentMethods(c, c.p.need("customer")) },
		"GET /v1/payment_methods/{id}":         s.getPaymentMethod,
		"POST /v1/payment_methods/{id}/attach": s.attachPaymentMethod,
		"POST /v1/payment_methods/{id}/detach": s.detachPaymentMethod,
	}
}

func (s *Sim) pageOfPaymentMethods(c *call, customer string) (obj, error) {
	kind := c.p.text("type")
	if customer != "" {
		if _, err := s.liveCustomer(customer, "customer"); err != nil {
			return nil, err
		}
	}
	rows := s.st.PaymentMethods.newest(func(pm *PaymentMethod) bool {
		return pm.Customer == customer && (kind == "" || kind == "card")
	})
	return page(c, "/v1/payment_methods", rows, func(pm *PaymentMethod) string { return pm.ID }, s.paymentMethod)
}

// newPaymentMethod makes an unattached card; the caller stores it.
func (s *Sim) newPaymentMethod(number string, month, year int64, details BillingDetails) *PaymentMethod {
	brand := "visa"
	if card, ok := testCard(number); ok {
		brand = card.Brand
	}
	sum := sha256.Sum256([]byte(number))
	return &PaymentMethod{
		ID: s.newID("pm_", 24), Created: s.now().Unix(), BillingDetails: details,
		Card: Card{
			Brand: brand, DisplayBrand: brand, ExpMonth: month, ExpYear: year,
			Last4: number[max(0, len(number)-4):], Fingerprint: hex.EncodeToString(sum[:8]),
		},
		Internal: paymentMethodInternal{Number: number},
	}
}

func (s *Sim) createPaymentMethod(c *call) (obj, error) {
	c.p.choice("type", "card", "card")
	card := c.p.at("card")
	number, month, year := digits(card.text("number")), card.number("exp_month"), card.number("exp_year")
	card.ignore("cvc")
	if token := card.text("token"); token != "" {
		named, ok := namedCard(token)
		if !ok {
			c.p.fail(noSuch("token", token, "card[token]"))
		}
		number = named
	}
	billing := c.p.at("billing_details")
	details := BillingDetails{Email: billing.text("email"), Name: billing.text("name")}
	billing.ignore("address", "phone")
	metadata := c.p.metadata(nil)
	if number == "" {
		c.p.fail(missingParam("card[number]"))
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if year == 0 {
		month, year = 12, int64(s.now().Year()+3)
	}
	pm := s.newPaymentMethod(number, month, year, details)
	pm.Metadata = metadata
	s.st.PaymentMethods.put(pm.ID, pm)
	return s.paymentMethod(pm), nil
}

func (s *Sim) getPaymentMethod(c *call) (obj, error) {
	pm := s.st.PaymentMethods.get(c.id)
	if pm == nil {
		return nil, noSuch("PaymentMethod", c.id, "")
	}
	return s.paymentMethod(pm), c.p.done()
}

func (s *Sim) attachPaymentMethod(c *call) (obj, error) {
	customer := c.p.need("customer")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if _, err := s.liveCustomer(customer, "customer"); err != nil {
		return nil, err
	}
	pm := s.st.PaymentMethods.get(c.id)
	if pm == nil {
		number, ok := namedCard(c.id)
		if !ok {
			return nil, noSuch("PaymentMethod", c.id, "")
		}
		pm = s.newPaymentMethod(number, 12, int64(s.now().Year()+3), BillingDetails{})
	}
	if problem := attachProblem(pm.Internal.Number); problem != nil {
		return nil, problem
	}
	if pm.Customer != "" && pm.Customer != customer {
		return nil, invalid("", "The payment method you provided has already been attached to a customer.")
	}
	s.attach(pm, customer)
	return s.paymentMethod(pm), nil
}

// attachProblem is why a number cannot be saved, or nil.
func attachProblem(number string) *apiError {
	card, known := testCard(number)
	if !known {
		return cardError("card_declined", "test_mode_live_card",
			"Your card was declined. Your request was in test mode, but used a non test card.")
	}
	return card.attachFails
}

func (s *Sim) attach(pm *PaymentMethod, customer string) {
	if pm.Customer == customer {
		return
	}
	pm.Customer = customer
	s.st.PaymentMethods.put(pm.ID, pm)
	s.emit("payment_method.attached", s.paymentMethod(pm), nil)
}

func (s *Sim) detachPaymentMethod(c *call) (obj, error) {
	pm := s.st.PaymentMethods.get(c.id)
	if pm == nil {
		return nil, noSuch("PaymentMethod", c.id, "")
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if pm.Customer == "" {
		return nil, invalid("", "The payment method you provided is not attached to a customer so detachment is impossible.")
	}
	s.detach(pm)
	return s.paymentMethod(pm), nil
}

func (s *Sim) detach(pm *PaymentMethod) {
	owner := s.st.Customers.get(pm.Customer)
	pm.Customer = ""
	s.emit("payment_method.detached", s.paymentMethod(pm), obj{"customer": owner.ID})
	if owner.InvoiceSettings.DefaultPaymentMethod == pm.ID {
		s.changeCustomer(owner, func() { owner.InvoiceSettings.DefaultPaymentMethod = "" })
	}
	for _, sub := range s.st.Subscriptions.oldest(func(sub *Subscription) bool { return sub.DefaultPaymentMethod == pm.ID }) {
		s.changeSubscription(sub, func() { sub.DefaultPaymentMethod = "" })
	}
}

// defaultMethod is the card that an invoice of the subscription is charged to, or nil.
func (s *Sim) defaultMethod(customer, subscription string) *PaymentMethod {
	if sub := s.st.Subscriptions.get(subscription); sub != nil && sub.DefaultPaymentMethod != "" {
		return s.st.PaymentMethods.get(sub.DefaultPaymentMethod)
	}
	if cus := s.st.Customers.get(customer); cus != nil && cus.InvoiceSettings.DefaultPaymentMethod != "" {
		return s.st.PaymentMethods.get(cus.InvoiceSettings.DefaultPaymentMethod)
	}
	return nil
}
