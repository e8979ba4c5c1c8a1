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
	made, problem := s.refundCharge(ch, Refund{Amount: amount, Reason: reason, Metadata: metadata})
	if problem != nil {
		return nil, problem
	}
	return s.refund(made), nil
}

// refundCharge gives an amount of a charge back (0: all that is left), or says why not.
func (s *Sim) refundCharge(ch *Charge, wanted Refund) (*Refund, *apiError) {
	left := ch.Amount - ch.AmountRefunded
	d := s.st.Disputes.get(ch.Dispute)
	switch {
	case d != nil && d.Status != "won":
		return nil, refused("charge_disputed", "Charge "+ch.ID+" has been charged back; cannot issue a refund.")
	case !ch.Paid:
		return nil, invalid("charge", "Charge "+ch.ID+" was not paid.")
	case left == 0:
		return nil, refused("charge_already_refunded", "Charge "+ch.ID+" has already been refunded.")
	case wanted.Amount < 0 || wanted.Amount > left:
		return nil, invalid("amount", "Refund amount ("+money(wanted.Amount, ch.Currency)+") is greater than unrefunded amount on charge ("+money(left, ch.Currency)+")")
	}
	refund := &wanted
	if refund.Amount == 0 {
		refund.Amount = left
	}
	refund.ID, refund.Charge, refund.Created, refund.Currency = s.newID("re_", 24), ch.ID, s.now().Unix(), ch.Currency
	refund.PaymentIntent, refund.Status = ch.PaymentIntent, "succeeded"
	before := s.charge(ch)
	s.st.Refunds.put(refund.ID, refund)
	ch.AmountRefunded += refund.Amount
	ch.Refunded = ch.AmountRefunded == ch.Amount
	s.emitUpdate("charge.refunded", before, s.charge(ch))
	s.emit("refund.created", s.refund(refund), nil)
	return refund, nil
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
