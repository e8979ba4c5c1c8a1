package stripesim

import "slices"

// Invoice is Stripe's invoice. Amounts are in the currency's smallest unit.
type Invoice struct {
	ID                   string            `json:"id"`
	Created              int64             `json:"created"`
	Customer             string            `json:"customer"`
	CustomerEmail        string            `json:"customer_email,omitempty"`
	CustomerName         string            `json:"customer_name,omitempty"`
	CustomerAddress      *Address          `json:"customer_address,omitempty"`
	CustomerTaxIDs       []InvoiceTaxID    `json:"customer_tax_ids,omitempty"`
	Currency             string            `json:"currency"`
	AmountDue            int64             `json:"amount_due"`
	AmountPaid           int64             `json:"amount_paid"`
	AmountRemaining      int64             `json:"amount_remaining"`
	AttemptCount         int64             `json:"attempt_count"`
	Attempted            bool              `json:"attempted"`
	AutoAdvance          bool              `json:"auto_advance"`
	BillingReason        string            `json:"billing_reason"`
	Charge               string            `json:"charge,omitempty"`
	DefaultPaymentMethod string            `json:"default_payment_method,omitempty"`
	Description          string            `json:"description,omitempty"`
	Discount             string            `json:"discount,omitempty"`
	EffectiveAt          int64             `json:"effective_at,omitempty"`
	StartingBalance      int64             `json:"starting_balance"`
	EndingBalance        *int64            `json:"ending_balance,omitempty"`
	HostedInvoiceURL     string            `json:"hosted_invoice_url,omitempty"`
	InvoicePDF           string            `json:"invoice_pdf,omitempty"`
	Lines                []InvoiceLine     `json:"lines"`
	Metadata             map[string]string `json:"metadata,omitempty"`
	NextPaymentAttempt   int64             `json:"next_payment_attempt,omitempty"`
	Number               string            `json:"number,omitempty"`
	Paid                 bool              `json:"paid"`
	PaymentIntent        string            `json:"payment_intent,omitempty"`
	PeriodStart          int64             `json:"period_start"`
	PeriodEnd            int64             `json:"period_end"`
	Status               string            `json:"status"`
	StatusTransitions    StatusTransitions `json:"status_transitions"`
	Subscription         string            `json:"subscription,omitempty"`
	Subtotal             int64             `json:"subtotal"`
	Total                int64             `json:"total"`
	Internal             invoiceInternal   `json:"_sim"`
}

// StatusTransitions are the times of an invoice's life, 0 where it has not come to that.
type StatusTransitions struct {
	FinalizedAt           int64 `json:"finalized_at,omitempty"`
	MarkedUncollectibleAt int64 `json:"marked_uncollectible_at,omitempty"`
	PaidAt                int64 `json:"paid_at,omitempty"`
	VoidedAt              int64 `json:"voided_at,omitempty"`
}

type invoiceInternal struct {
	FinalizeAt   int64 `json:"finalize_at,omitempty"` // a draft that advances by itself
	FirstFailure int64 `json:"first_failure,omitempty"`
	Retries      int   `json:"retries,omitempty"`
	// Typed waits for the 3-D Secure page.
	Typed *CardForm `json:"typed,omitempty"`
	// Metadata of the subscription when the invoice was made.
	SubscriptionMetadata map[string]string `json:"subscription_metadata,omitempty"`
}

// InvoiceLine is one line of an invoice.
type InvoiceLine struct {
	ID               string            `json:"id"`
	Amount           int64             `json:"amount"`
	Currency         string            `json:"currency"`
	Description      string            `json:"description"`
	InvoiceItem      string            `json:"invoice_item,omitempty"`
	Metadata         map[string]string `json:"metadata,omitempty"`
	Period           Period            `json:"period"`
	Price            string            `json:"price"`
	Proration        bool              `json:"proration"`
	Quantity         int64             `json:"quantity"`
	Subscription     string            `json:"subscription,omitempty"`
	SubscriptionItem string            `json:"subscription_item,omitempty"`
	Type             string            `json:"type"`
	DiscountAmounts  []DiscountAmount  `json:"discount_amounts,omitempty"`
	Internal         lineInternal      `json:"_sim"`
}

type lineInternal struct {
	Discount string `json:"discount,omitempty"` // a proration's amount has it taken off already
}

// Period is a span of Unix seconds.
type Period struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
}

// InvoiceItem waits for the next invoice: here always a proration.
type InvoiceItem struct {
	ID               string       `json:"id"`
	Amount           int64        `json:"amount"`
	Currency         string       `json:"currency"`
	Customer         string       `json:"customer"`
	Date             int64        `json:"date"`
	Description      string       `json:"description"`
	Invoice          string       `json:"invoice,omitempty"`
	Period           Period       `json:"period"`
	Price            string       `json:"price"`
	Proration        bool         `json:"proration"`
	Quantity         int64        `json:"quantity"`
	Subscription     string       `json:"subscription,omitempty"`
	SubscriptionItem string       `json:"subscription_item,omitempty"`
	Internal         lineInternal `json:"_sim"`
}

func (s *Sim) invoice(inv *Invoice) obj {
	out := s.shaped("invoice", inv)
	lines := []any{}
	for _, line := range inv.Lines {
		lines = append(lines, s.line(inv, line))
	}
	url := "/v1/invoices/" + inv.ID + "/lines"
	if inv.ID == "" {
		delete(out, "id")
		url = "/v1/invoices/upcoming/lines"
	}
	list := listOf(url, false, lines...)
	list["total_count"] = len(lines)
	out["lines"] = list
	out["subtotal_excluding_tax"], out["total_excluding_tax"] = inv.Subtotal, inv.Total
	if d := s.st.Discounts.get(inv.Discount); d != nil {
		out["discount"], out["discounts"] = s.discount(d), []any{d.ID}
		out["total_discount_amounts"] = []any{obj{"amount": inv.discounted(), "discount": d.ID}}
	}
	if inv.Subscription != "" {
		metadata := inv.Internal.SubscriptionMetadata
		if metadata == nil {
			metadata = map[string]string{}
		}
		out["subscription_details"] = obj{"metadata": metadata}
	}
	return out
}

func (s *Sim) line(inv *Invoice, line InvoiceLine) obj {
	out := s.shaped("line_item", line)
	out["invoice"] = orNil(inv.ID)
	out["amount_excluding_tax"], out["discountable"] = line.Amount, line.discountable()
	if price := s.st.Prices.get(line.Price); price != nil {
		out["price"] = s.price(price)
	} else {
		out["price"] = nil
	}
	return out
}

func (s *Sim) invoiceItem(item *InvoiceItem) obj {
	out := s.shaped("invoiceitem", item)
	out["discountable"] = !item.Proration
	if price := s.st.Prices.get(item.Price); price != nil {
		out["price"] = s.price(price)
	}
	return out
}

func (s *Sim) invoiceEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"GET /v1/invoices":                s.listInvoices,
		"GET /v1/invoices/{id}":           s.getInvoice,
		"GET /v1/invoices/{id}/lines":     s.listLines,
		"GET /v1/invoices/upcoming":       s.upcomingInvoice,
		"POST /v1/invoices/{id}/pay":      s.payInvoice,
		"POST /v1/invoices/{id}/void":     s.voidInvoice,
		"POST /v1/invoices/{id}/finalize": s.finalizeInvoice,
		"GET /v1/invoiceitems":            s.listInvoiceItems,
	}
}

func (s *Sim) getInvoice(c *call) (obj, error) {
	inv := s.st.Invoices.get(c.id)
	if inv == nil {
		return nil, noSuch("invoice", c.id, "")
	}
	return s.invoice(inv), c.p.done()
}

func (s *Sim) listLines(c *call) (obj, error) {
	inv := s.st.Invoices.get(c.id)
	if inv == nil {
		return nil, noSuch("invoice", c.id, "")
	}
	var lines []*InvoiceLine
	for i := range inv.Lines {
		lines = append(lines, &inv.Lines[i])
	}
	return page(c, "/v1/invoices/"+inv.ID+"/lines", lines, func(l *InvoiceLine) string { return l.ID },
		func(l *InvoiceLine) obj { return s.line(inv, *l) })
}

func (s *Sim) listInvoices(c *call) (obj, error) {
	customer, sub := c.p.text("customer"), c.p.text("subscription")
	status := c.p.choice("status", "", "draft", "open", "paid", "uncollectible", "void")
	within := createdRange(c.p)
	c.p.ignore("collection_method", "due_date")
	rows := s.st.Invoices.newest(func(inv *Invoice) bool {
		return (customer == "" || inv.Customer == customer) && (sub == "" || inv.Subscription == sub) &&
			(status == "" || inv.Status == status) && within(inv.Created)
	})
	return page(c, "/v1/invoices", rows, func(inv *Invoice) string { return inv.ID }, s.invoice)
}

func (s *Sim) listInvoiceItems(c *call) (obj, error) {
	customer, anyState, pending := c.p.text("customer"), !c.p.has("pending"), c.p.flag("pending")
	rows := s.st.InvoiceItems.newest(func(item *InvoiceItem) bool {
		return (customer == "" || item.Customer == customer) && (anyState || pending == (item.Invoice == ""))
	})
	return page(c, "/v1/invoiceitems", rows, func(item *InvoiceItem) string { return item.ID }, s.invoiceItem)
}

// changeInvoice applies a change and emits invoice.updated when it made a difference.
func (s *Sim) changeInvoice(inv *Invoice, change func()) {
	before := s.invoice(inv)
	change()
	s.emitUpdate("invoice.updated", before, s.invoice(inv))
}

func (s *Sim) pendingItems(sub *Subscription) []*InvoiceItem {
	return s.st.InvoiceItems.oldest(func(item *InvoiceItem) bool {
		return item.Subscription == sub.ID && item.Invoice == ""
	})
}

// openInvoices lists a subscription's finalized and unpaid invoices.
func (s *Sim) openInvoices(sub *Subscription) []*Invoice {
	return s.st.Invoices.oldest(func(inv *Invoice) bool {
		return inv.Subscription == sub.ID && slices.Contains([]string{"open", "draft"}, inv.Status)
	})
}
