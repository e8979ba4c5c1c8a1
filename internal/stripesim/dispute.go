package stripesim

import "slices"

// disputeFee is what Stripe keeps of a dispute, in the smallest unit.
const disputeFee = 1500

// Dispute is a charge that the card's holder takes back at the bank.
type Dispute struct {
	ID                  string            `json:"id"`
	Amount              int64             `json:"amount"`
	BalanceTransactions []BalanceEntry    `json:"balance_transactions"`
	Charge              string            `json:"charge"`
	Created             int64             `json:"created"`
	Currency            string            `json:"currency"`
	Evidence            map[string]string `json:"evidence,omitempty"`
	EvidenceDetails     EvidenceDetails   `json:"evidence_details"`
	Metadata            map[string]string `json:"metadata,omitempty"`
	PaymentIntent       string            `json:"payment_intent,omitempty"`
	Reason              string            `json:"reason"`
	Status              string            `json:"status"` // needs_response, under_review, won or lost
}

// BalanceEntry is money that a dispute takes from the account's balance, or gives back.
type BalanceEntry struct {
	ID                string `json:"id"`
	Object            string `json:"object"`
	Amount            int64  `json:"amount"`
	Created           int64  `json:"created"`
	Currency          string `json:"currency"`
	Description       string `json:"description"`
	Fee               int64  `json:"fee"`
	Net               int64  `json:"net"`
	ReportingCategory string `json:"reporting_category"`
	Source            string `json:"source"`
	Status            string `json:"status"`
	Type              string `json:"type"`
}

// EvidenceDetails say until when and how often evidence was sent.
type EvidenceDetails struct {
	DueBy           int64 `json:"due_by,omitempty"`
	HasEvidence     bool  `json:"has_evidence"`
	PastDue         bool  `json:"past_due"`
	SubmissionCount int64 `json:"submission_count"`
}

func (d *Dispute) open() bool { return d.Status == "needs_response" || d.Status == "under_review" }

func (s *Sim) disputeObject(d *Dispute) obj { return s.shaped("dispute", d) }

// dispute takes a charge back, and its money with a fee.
func (s *Sim) dispute(ch *Charge, reason string) *Dispute {
	now := s.now()
	d := &Dispute{
		ID: s.newID("dp_", 24), Amount: ch.Amount - ch.AmountRefunded, Charge: ch.ID, Created: now.Unix(), Currency: ch.Currency,
		PaymentIntent: ch.PaymentIntent, Reason: reason, Status: "needs_response",
		EvidenceDetails: EvidenceDetails{DueBy: now.AddDate(0, 0, 9).Unix()},
	}
	s.st.Disputes.put(d.ID, d)
	before := s.charge(ch)
	ch.Disputed, ch.Dispute = true, d.ID
	s.emitUpdate("charge.updated", before, s.charge(ch))
	s.emit("charge.dispute.created", s.disputeObject(d), nil)
	old := s.disputeObject(d)
	s.book(d, -d.Amount, disputeFee, "Chargeback withdrawal for "+ch.ID, "dispute")
	s.emitUpdate("charge.dispute.funds_withdrawn", old, s.disputeObject(d))
	return d
}

func (s *Sim) book(d *Dispute, amount, fee int64, description, category string) {
	d.BalanceTransactions = append(d.BalanceTransactions, BalanceEntry{
		ID: s.newID("txn_", 24), Object: "balance_transaction", Amount: amount, Created: s.now().Unix(), Currency: d.Currency,
		Description: description, Fee: fee, Net: amount - fee, ReportingCategory: category, Source: d.ID, Status: "available", Type: "adjustment",
	})
}

// decide ends a dispute. Won, its money comes back; the fee does not.
func (s *Sim) decide(d *Dispute, won bool) {
	before := s.disputeObject(d)
	d.Status = "lost"
	if won {
		d.Status = "won"
		s.book(d, d.Amount, 0, "Chargeback reversal for "+d.Charge, "dispute_reversal")
		s.emit("charge.dispute.funds_reinstated", s.disputeObject(d), nil)
	}
	s.emitUpdate("charge.dispute.closed", before, s.disputeObject(d))
}

func (s *Sim) disputeEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"GET /v1/disputes":             s.listDisputes,
		"GET /v1/disputes/{id}":        s.getDispute,
		"POST /v1/disputes/{id}":       s.updateDispute,
		"POST /v1/disputes/{id}/close": s.closeDispute,
	}
}

func (s *Sim) getDispute(c *call) (obj, error) {
	d := s.st.Disputes.get(c.id)
	if d == nil {
		return nil, noSuch("dispute", c.id, "")
	}
	return s.disputeObject(d), c.p.done()
}

func (s *Sim) listDisputes(c *call) (obj, error) {
	charge, intent := c.p.text("charge"), c.p.text("payment_intent")
	within := createdRange(c.p)
	rows := s.st.Disputes.newest(func(d *Dispute) bool {
		return (charge == "" || d.Charge == charge) && (intent == "" || d.PaymentIntent == intent) && within(d.Created)
	})
	return page(c, "/v1/disputes", rows, func(d *Dispute) string { return d.ID }, s.disputeObject)
}

// updateDispute takes evidence. As in Stripe's test mode, the text winning_evidence or losing_evidence decides.
func (s *Sim) updateDispute(c *call) (obj, error) {
	d := s.st.Disputes.get(c.id)
	if d == nil {
		return nil, noSuch("dispute", c.id, "")
	}
	evidence := map[string]string{}
	for key := range c.p.at("evidence").kids {
		evidence[key] = c.p.at("evidence").text(key)
	}
	submit := !c.p.has("submit") || c.p.flag("submit")
	metadata := c.p.metadata(d.Metadata)
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if !d.open() && len(evidence) > 0 {
		return nil, invalid("", "This dispute is already closed.")
	}
	before := s.disputeObject(d)
	d.Metadata = metadata
	if len(evidence) > 0 {
		d.Evidence, d.EvidenceDetails.HasEvidence = evidence, true
		if submit {
			d.Status = "under_review"
			d.EvidenceDetails.SubmissionCount++
		}
	}
	s.emitUpdate("charge.dispute.updated", before, s.disputeObject(d))
	if text := evidence["uncategorized_text"]; submit && slices.Contains([]string{"winning_evidence", "losing_evidence"}, text) {
		s.decide(d, text == "winning_evidence")
	}
	return s.disputeObject(d), nil
}

// closeDispute gives a dispute up.
func (s *Sim) closeDispute(c *call) (obj, error) {
	d := s.st.Disputes.get(c.id)
	if d == nil {
		return nil, noSuch("dispute", c.id, "")
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if !d.open() {
		return nil, invalid("", "This dispute is already closed.")
	}
	s.decide(d, false)
	return s.disputeObject(d), nil
}
