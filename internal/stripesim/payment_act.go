package stripesim

// The acts of a bank and of the account's own people, for the developer's page and for tests and seeds.

// Dispute takes a paid charge back, as the holder of the card does at the bank. It returns the dispute's id.
func (s *Sim) Dispute(chargeID string) (string, error) {
	s.lockFor(chargeID)
	defer s.unlock()
	ch := s.st.Charges.get(chargeID)
	switch {
	case ch == nil:
		return "", noSuch("charge", chargeID, "")
	case !ch.Paid || ch.AmountRefunded == ch.Amount:
		return "", invalid("charge", "There is nothing of this charge to take back.")
	case ch.Dispute != "":
		return "", invalid("charge", "This charge is disputed already.")
	}
	s.touched()
	return s.dispute(ch, "fraudulent").ID, nil
}

// DecideDispute ends an open dispute, as the bank does.
func (s *Sim) DecideDispute(disputeID string, won bool) error {
	s.lockFor(disputeID)
	defer s.unlock()
	d := s.st.Disputes.get(disputeID)
	if d == nil {
		return noSuch("dispute", disputeID, "")
	}
	if !d.open() {
		return invalid("dispute", "This dispute is over: it was "+d.Status+".")
	}
	s.decide(d, won)
	s.touched()
	return nil
}

// Refund gives an amount of a charge back; 0 is all that is left.
func (s *Sim) Refund(chargeID string, amount int64) error {
	s.lockFor(chargeID)
	defer s.unlock()
	ch := s.st.Charges.get(chargeID)
	if ch == nil {
		return noSuch("charge", chargeID, "")
	}
	if _, problem := s.refundCharge(ch, Refund{Amount: amount}); problem != nil {
		return problem
	}
	s.touched()
	return nil
}

// Charges lists the newest charges, failed ones too; limit 0 means all.
func (s *Sim) Charges(limit int) []Charge { return snapshot(s, &s.st.Charges, limit) }

// Refunds lists the newest refunds.
func (s *Sim) Refunds(limit int) []Refund { return snapshot(s, &s.st.Refunds, limit) }

// Disputes lists the newest disputes.
func (s *Sim) Disputes(limit int) []Dispute { return snapshot(s, &s.st.Disputes, limit) }
