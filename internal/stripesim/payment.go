package stripesim

// PaymentIntent is one payment, usually of an invoice.
type PaymentIntent struct {
	ID               string            `json:"id"`
	Amount           int64             `json:"amount"`
	AmountReceived   int64             `json:"amount_received"`
	Created          int64             `json:"created"`
	Currency         string            `json:"currency"`
	Customer         string            `json:"customer,omitempty"`
	Description      string            `json:"description,omitempty"`
	Invoice          string            `json:"invoice,omitempty"`
	LastPaymentError *apiError         `json:"last_payment_error,omitempty"`
	LatestCharge     string            `json:"latest_charge,omitempty"`
	NextAction       obj               `json:"next_action,omitempty"`
	PaymentMethod    string            `json:"payment_method,omitempty"`
	Status           string            `json:"status"`
	ClientSecret     string            `json:"client_secret"`
	SetupFutureUsage string            `json:"setup_future_usage,omitempty"`
	CanceledAt       int64             `json:"canceled_at,omitempty"`
	Metadata         map[string]string `json:"metadata,omitempty"`
}

// SetupIntent saves a card for later.
type SetupIntent struct {
	ID            string            `json:"id"`
	Created       int64             `json:"created"`
	Customer      string            `json:"customer,omitempty"`
	PaymentMethod string            `json:"payment_method,omitempty"`
	Status        string            `json:"status"`
	ClientSecret  string            `json:"client_secret"`
	Usage         string            `json:"usage"`
	Metadata      map[string]string `json:"metadata,omitempty"`
}

// Charge is one attempt to take money from a card.
type Charge struct {
	ID             string         `json:"id"`
	Amount         int64          `json:"amount"`
	AmountCaptured int64          `json:"amount_captured"`
	AmountRefunded int64          `json:"amount_refunded"`
	BillingDetails BillingDetails `json:"billing_details"`
	Captured       bool           `json:"captured"`
	Created        int64          `json:"created"`
	Currency       string         `json:"currency"`
	Customer       string         `json:"customer,omitempty"`
	Description    string         `json:"description,omitempty"`
	Dispute        string         `json:"dispute,omitempty"`
	Disputed       bool           `json:"disputed"`
	FailureCode    string         `json:"failure_code,omitempty"`
	FailureMessage string         `json:"failure_message,omitempty"`
	Invoice        string         `json:"invoice,omitempty"`
	Paid           bool           `json:"paid"`
	PaymentIntent  string         `json:"payment_intent,omitempty"`
	PaymentMethod  string         `json:"payment_method,omitempty"`
	Details        obj            `json:"payment_method_details"`
	Refunded       bool           `json:"refunded"`
	Status         string         `json:"status"`
}

func (s *Sim) paymentIntent(pi *PaymentIntent) obj { return s.shaped("payment_intent", pi) }
func (s *Sim) setupIntent(si *SetupIntent) obj     { return s.shaped("setup_intent", si) }

func (s *Sim) charge(ch *Charge) obj {
	out := s.shaped("charge", ch)
	rows := []any{}
	for _, refund := range s.st.Refunds.newest(func(r *Refund) bool { return r.Charge == ch.ID }) {
		rows = append(rows, s.refund(refund))
	}
	out["refunds"] = listOf("/v1/charges/"+ch.ID+"/refunds", false, rows...)
	return out
}

func (s *Sim) paymentEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"GET /v1/payment_intents":      s.listIntents,
		"GET /v1/payment_intents/{id}": s.getIntent,
		"POST /v1/setup_intents":       s.createSetupIntent,
		"GET /v1/setup_intents/{id}":   s.getSetupIntent,
		"GET /v1/charges":              s.listCharges,
		"GET /v1/charges/{id}":         s.getCharge,
		"POST /v1/refunds":             s.createRefund,
		"GET /v1/refunds":              s.listRefunds,
		"GET /v1/refunds/{id}":         s.getRefund,
	}
}

func (s *Sim) getIntent(c *call) (obj, error) {
	pi := s.st.Intents.get(c.id)
	if pi == nil {
		return nil, noSuch("payment_intent", c.id, "")
	}
	c.p.ignore("client_secret")
	return s.paymentIntent(pi), c.p.done()
}

func (s *Sim) listIntents(c *call) (obj, error) {
	customer := c.p.text("customer")
	within := createdRange(c.p)
	rows := s.st.Intents.newest(func(pi *PaymentIntent) bool {
		return (customer == "" || pi.Customer == customer) && within(pi.Created)
	})
	return page(c, "/v1/payment_intents", rows, func(pi *PaymentIntent) string { return pi.ID }, s.paymentIntent)
}

func (s *Sim) getCharge(c *call) (obj, error) {
	ch := s.st.Charges.get(c.id)
	if ch == nil {
		return nil, noSuch("charge", c.id, "")
	}
	return s.charge(ch), c.p.done()
}

func (s *Sim) listCharges(c *call) (obj, error) {
	customer, intent := c.p.text("customer"), c.p.text("payment_intent")
	within := createdRange(c.p)
	rows := s.st.Charges.newest(func(ch *Charge) bool {
		return (customer == "" || ch.Customer == customer) && (intent == "" || ch.PaymentIntent == intent) && within(ch.Created)
	})
	return page(c, "/v1/charges", rows, func(ch *Charge) string { return ch.ID }, s.charge)
}

func (s *Sim) createSetupIntent(c *call) (obj, error) {
	si := &SetupIntent{
		ID: s.newID("seti_", 24), Created: s.now().Unix(), Customer: c.p.text("customer"),
		PaymentMethod: c.p.text("payment_method"), Status: "requires_payment_method",
		Usage: c.p.choice("usage", "off_session", "off_session", "on_session"), Metadata: c.p.metadata(nil),
	}
	confirm := c.p.flag("confirm")
	c.p.ignore("payment_method_types", "automatic_payment_methods", "return_url", "description", "payment_method_options")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	si.ClientSecret = si.ID + "_secret_" + s.newID("", 24)
	if si.PaymentMethod != "" {
		pm := s.st.PaymentMethods.get(si.PaymentMethod)
		if pm == nil {
			return nil, noSuch("PaymentMethod", si.PaymentMethod, "payment_method")
		}
		si.Status = "requires_confirmation"
		if confirm {
			if problem := attachProblem(pm.Internal.Number); problem != nil {
				return nil, problem
			}
			si.Status, pm.Internal.SetUp = "succeeded", true
		}
	}
	s.st.SetupIntents.put(si.ID, si)
	s.emit("setup_intent.created", s.setupIntent(si), nil)
	if si.Status == "succeeded" {
		s.emit("setup_intent.succeeded", s.setupIntent(si), nil)
	}
	return s.setupIntent(si), nil
}

func (s *Sim) getSetupIntent(c *call) (obj, error) {
	si := s.st.SetupIntents.get(c.id)
	if si == nil {
		return nil, noSuch("setupintent", c.id, "")
	}
	c.p.ignore("client_secret")
	return s.setupIntent(si), c.p.done()
}

// outcome is how charging a card goes.
type outcome struct {
	failure      *apiError // nil: it is paid, or waits for the person
	authenticate bool      // 3-D Secure is asked for
}

// foresee says how charging would go, without doing it. passed: the person has just passed 3-D Secure.
func foresee(pm *PaymentMethod, passed bool) outcome {
	if pm == nil {
		return outcome{failure: refused("resource_missing", "This customer has no attached payment source or default payment method.")}
	}
	card, known := testCard(pm.Internal.Number)
	if !known {
		return outcome{failure: attachProblem(pm.Internal.Number)}
	}
	asks := card.authenticate == "always" || card.authenticate == "once" && !pm.Internal.SetUp
	if asks && !passed {
		return outcome{authenticate: true}
	}
	return outcome{failure: card.chargeFails}
}

// confirm charges the intent and emits what happened to it and to the charge.
func (s *Sim) confirm(pi *PaymentIntent, pm *PaymentMethod, passed bool) outcome {
	result := foresee(pm, passed)
	pi.LastPaymentError, pi.NextAction = nil, nil
	if pm != nil {
		pi.PaymentMethod = pm.ID
	}
	if result.authenticate {
		pi.Status = "requires_action"
		pi.NextAction = obj{"type": "use_stripe_sdk", "use_stripe_sdk": obj{"type": "three_d_secure_redirect"}}
		s.emit("payment_intent.requires_action", s.paymentIntent(pi), nil)
		return result
	}
	if result.failure != nil {
		s.fail(pi, pm, result.failure)
		return result
	}
	pm.Internal.SetUp = pm.Internal.SetUp || passed
	ch := s.newCharge(pi, pm)
	ch.Paid, ch.Captured, ch.AmountCaptured, ch.Status = true, true, pi.Amount, "succeeded"
	pi.Status, pi.AmountReceived, pi.LatestCharge = "succeeded", pi.Amount, ch.ID
	s.emit("charge.succeeded", s.charge(ch), nil)
	s.emit("payment_intent.succeeded", s.paymentIntent(pi), nil)
	return result
}

// fail notes a failed payment: a failed charge when there was a card to charge.
func (s *Sim) fail(pi *PaymentIntent, pm *PaymentMethod, failure *apiError) {
	pi.Status, pi.LastPaymentError, pi.PaymentMethod = "requires_payment_method", failure, ""
	if pm == nil {
		return
	}
	ch := s.newCharge(pi, pm)
	ch.Status, ch.FailureCode, ch.FailureMessage = "failed", failure.Code, failure.Message
	pi.LatestCharge = ch.ID
	s.emit("charge.failed", s.charge(ch), nil)
	s.emit("payment_intent.payment_failed", s.paymentIntent(pi), nil)
}

func (s *Sim) newIntent(amount int64, currency, customer, description string) *PaymentIntent {
	pi := &PaymentIntent{
		ID: s.newID("pi_", 24), Amount: amount, Created: s.now().Unix(), Currency: currency, Customer: customer,
		Description: description, Status: "requires_payment_method", SetupFutureUsage: "off_session",
	}
	pi.ClientSecret = pi.ID + "_secret_" + s.newID("", 24)
	s.st.Intents.put(pi.ID, pi)
	return pi
}

func (s *Sim) newCharge(pi *PaymentIntent, pm *PaymentMethod) *Charge {
	ch := &Charge{
		ID: s.newID("ch_", 24), Amount: pi.Amount, Created: s.now().Unix(), Currency: pi.Currency,
		Customer: pi.Customer, Description: pi.Description, Invoice: pi.Invoice, PaymentIntent: pi.ID,
		PaymentMethod: pm.ID, BillingDetails: pm.BillingDetails,
		Details: obj{"type": "card", "card": obj{
			"brand": pm.Card.Brand, "exp_month": pm.Card.ExpMonth, "exp_year": pm.Card.ExpYear,
			"last4": pm.Card.Last4, "fingerprint": pm.Card.Fingerprint, "network": pm.Card.Brand,
		}},
	}
	s.st.Charges.put(ch.ID, ch)
	return ch
}
