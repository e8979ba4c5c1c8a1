package stripesim

// Refund gives money of a charge back.
type Refund struct {
	ID            string            `json:"id"`
	Amount        int64             `json:"amount"`
	Charge        string            `json:"charge"`
	Created       int64             `json:"created"`
	Currency      string            `json:"currency"`
	PaymentIntent string            `json:"payment_intent,omitempty"`
	Reason        string            `json:"reason,omitempty"`
	Status        string            `json:"status"`
	Metadata      map[string]string `json:"metadata,omitempty"`
}

func (s *Sim) refund(r *Refund) obj { return s.shaped("refund", r) }

func (s *Sim) createRefund(c *call) (obj, error) {
	id, intent, amount := c.p.text("charge"), c.p.text("payment_intent"), c.p.number("amount")
	reason := c.p.choice("reason", "", "duplicate", "fraudulent", "requested_by_customer")
	metadata := c.p.metadata(nil)
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if pi := s.st.Intents.get(intent); pi != nil && id == "" {
		id = pi.LatestCharge
	}
	ch := s.st.Charges.get(id)
	if ch == nil {
		return nil, noSuch("charge", id, "charge")
	}
	left := ch.Amount - ch.AmountRefunded
	if amount == 0 {
		amount = left
	}
	if !ch.Paid || left == 0 {
		return nil, refused("charge_already_refunded", "Charge "+ch.ID+" has already been refunded.")
	}
	if amount < 0 || amount > left {
		return nil, invalid("amount", "Refund amount is greater than unrefunded amount on charge")
	}
	refund := &Refund{
		ID: s.newID("re_", 24), Amount: amount, Charge: ch.ID, Created: s.now().Unix(), Currency: ch.Currency,
		PaymentIntent: ch.PaymentIntent, Reason: reason, Status: "succeeded", Metadata: metadata,
	}
	before := s.charge(ch)
	s.st.Refunds.put(refund.ID, refund)
	ch.AmountRefunded += amount
	ch.Refunded = ch.AmountRefunded == ch.Amount
	s.emitUpdate("charge.refunded", before, s.charge(ch))
	s.emit("refund.created", s.refund(refund), nil)
	return s.refund(refund), nil
}

func (s *Sim) getRefund(c *call) (obj, error) {
	refund := s.st.Refunds.get(c.id)
	if refund == nil {
		return nil, noSuch("refund", c.id, "")
	}
	return s.refund(refund), c.p.done()
}

func (s *Sim) listRefunds(c *call) (obj, error) {
	charge, intent := c.p.text("charge"), c.p.text("payment_intent")
	within := createdRange(c.p)
	rows := s.st.Refunds.newest(func(r *Refund) bool {
		return (charge == "" || r.Charge == charge) && (intent == "" || r.PaymentIntent == intent) && within(r.Created)
	})
	return page(c, "/v1/refunds", rows, func(r *Refund) string { return r.ID }, s.refund)
}
