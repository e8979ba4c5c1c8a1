package stripesim

import (
	"fmt"
	"net/http"
)

// newInvoice makes a draft from lines and the subscription's pending items.
func (s *Sim) newInvoice(sub *Subscription, reason string, period Period, lines []InvoiceLine) *Invoice {
	cus := s.st.Customers.get(sub.Customer)
	inv := &Invoice{
		ID: s.newID("in_", 24), Created: s.now().Unix(), Customer: sub.Customer, CustomerEmail: cus.Email,
		CustomerName: cus.Name, CustomerAddress: cus.Address, CustomerTaxIDs: s.invoiceTaxIDs(cus.ID),
		Currency: sub.Currency, AutoAdvance: true, BillingReason: reason,
		PeriodStart: period.Start, PeriodEnd: period.End, Status: "draft", Subscription: sub.ID,
		Internal: invoiceInternal{SubscriptionMetadata: copyMap(sub.Metadata)},
	}
	pending := s.pendingItems(sub)
	inv.Lines = append(lineOfItems(pending), lines...)
	for _, item := range pending {
		item.Invoice = inv.ID
	}
	for i := range inv.Lines {
		inv.Lines[i].ID = s.newID("il_", 24)
		inv.Lines[i].Metadata = copyMap(sub.Metadata)
	}
	s.useDiscount(sub, inv, inv.Created)
	s.noteUse(sub, inv)
	inv.addUp(cus.Balance)
	s.st.Invoices.put(inv.ID, inv)
	return inv
}

func lineOfItems(items []*InvoiceItem) []InvoiceLine {
	var lines []InvoiceLine
	for _, item := range items {
		lines = append(lines, InvoiceLine{
			Amount: item.Amount, Currency: item.Currency, Description: item.Description, InvoiceItem: item.ID,
			Period: item.Period, Price: item.Price, Proration: item.Proration, Quantity: item.Quantity,
			Subscription: item.Subscription, SubscriptionItem: item.SubscriptionItem, Type: "invoiceitem",
			Internal: item.Internal,
		})
	}
	return lines
}

// addUp sets the totals: a negative total becomes credit, and credit pays later invoices first.
func (inv *Invoice) addUp(balance int64) {
	inv.Subtotal = 0
	for _, line := range inv.Lines {
		inv.Subtotal += line.Amount
	}
	inv.Total = inv.Subtotal - inv.discounted()
	inv.StartingBalance = balance
	inv.AmountDue = max(0, inv.Total+balance)
	inv.AmountRemaining = inv.AmountDue
}

// finalize opens a draft, takes the customer's credit into account and makes its payment intent.
func (s *Sim) finalize(inv *Invoice) {
	cus := s.st.Customers.get(inv.Customer)
	inv.CustomerName, inv.CustomerEmail, inv.CustomerAddress, inv.CustomerTaxIDs = cus.Name, cus.Email, cus.Address, s.invoiceTaxIDs(cus.ID)
	s.countAgain(inv)
	s.takeOff(inv)
	inv.addUp(cus.Balance)
	if ending := cus.Balance + inv.Total - inv.AmountDue; ending != cus.Balance {
		s.changeCustomer(cus, func() { cus.Balance = ending })
	}
	ending := cus.Balance
	inv.EndingBalance = &ending
	inv.Number = fmt.Sprintf("%s-%04d", cus.InvoicePrefix, cus.NextInvoiceSequence)
	cus.NextInvoiceSequence++
	inv.Status, inv.EffectiveAt, inv.StatusTransitions.FinalizedAt = "open", s.now().Unix(), s.now().Unix()
	inv.Internal.FinalizeAt, inv.NextPaymentAttempt = 0, 0
	inv.HostedInvoiceURL = s.url("/i/" + inv.ID)
	inv.InvoicePDF = s.url("/i/" + inv.ID + "/pdf")
	if inv.AmountDue > 0 {
		pi := s.newIntent(inv.AmountDue, inv.Currency, inv.Customer, describeReason(inv.BillingReason))
		pi.Invoice, inv.PaymentIntent = inv.ID, pi.ID
		s.emit("payment_intent.created", s.paymentIntent(pi), nil)
	}
	s.emit("invoice.finalized", s.invoice(inv), nil)
	s.dropUsed(inv)
}

func describeReason(reason string) string {
	switch reason {
	case "subscription_create":
		return "Subscription creation"
	case "subscription_cycle":
		return "Subscription renewal"
	}
	return "Subscription update"
}

// collect tries to pay an open invoice with a card (nil: the default one) and follows up on what
// happens. It returns the failure, if there was one.
func (s *Sim) collect(inv *Invoice, pm *PaymentMethod, passed bool) outcome {
	if inv.AmountDue == 0 {
		s.paid(inv)
		return outcome{}
	}
	if pm == nil {
		pm = s.defaultMethod(inv.Customer, inv.Subscription)
	}
	pi := s.st.Intents.get(inv.PaymentIntent)
	pi.Invoice = inv.ID
	result := s.confirm(pi, pm, passed)
	before := s.invoice(inv)
	inv.Attempted, inv.Charge = true, pi.LatestCharge
	inv.AttemptCount++
	if result.failure != nil || result.authenticate {
		s.unpaid(inv, before, result)
		return result
	}
	inv.AmountPaid, inv.AmountRemaining = inv.AmountDue, 0
	s.paidAfter(inv, before)
	return result
}

func (s *Sim) paid(inv *Invoice) { s.paidAfter(inv, s.invoice(inv)) }

func (s *Sim) paidAfter(inv *Invoice, before obj) {
	inv.Paid, inv.Status, inv.Attempted, inv.AutoAdvance = true, "paid", true, false
	inv.StatusTransitions.PaidAt, inv.NextPaymentAttempt = s.now().Unix(), 0
	s.emitUpdate("invoice.updated", before, s.invoice(inv))
	s.emit("invoice.paid", s.invoice(inv), nil)
	s.emit("invoice.payment_succeeded", s.invoice(inv), nil)
	s.setDelinquent(inv.Customer)
	if sub := s.st.Subscriptions.get(inv.Subscription); sub != nil {
		s.afterPaid(sub, inv)
	}
	if ch := s.st.Charges.get(inv.Charge); ch != nil && ch.Paid && ch.Dispute == "" {
		if pm := s.st.PaymentMethods.get(ch.PaymentMethod); pm != nil {
			if card, _ := testCard(pm.Internal.Number); card.disputes {
				s.dispute(ch, "fraudulent")
			}
		}
	}
}

// unpaid notes a failed attempt, plans the next one and tells the subscription.
func (s *Sim) unpaid(inv *Invoice, before obj, result outcome) {
	sub := s.st.Subscriptions.get(inv.Subscription)
	lasts := s.planRetry(inv, sub)
	s.emitUpdate("invoice.updated", before, s.invoice(inv))
	if result.authenticate {
		s.emit("invoice.payment_action_required", s.invoice(inv), nil)
	}
	s.emit("invoice.payment_failed", s.invoice(inv), nil)
	s.setDelinquent(inv.Customer)
	if sub != nil {
		s.afterUnpaid(sub, lasts)
	}
}

func (s *Sim) setDelinquent(customer string) {
	owes := len(s.st.Invoices.oldest(func(inv *Invoice) bool {
		return inv.Customer == customer && inv.Status == "open" && inv.AttemptCount > 0 && inv.BillingReason != "subscription_create"
	})) > 0
	cus := s.st.Customers.get(customer)
	s.changeCustomer(cus, func() { cus.Delinquent = owes })
}

func (s *Sim) payInvoice(c *call) (obj, error) {
	inv := s.st.Invoices.get(c.id)
	if inv == nil {
		return nil, noSuch("invoice", c.id, "")
	}
	method, outOfBand := c.p.text("payment_method"), c.p.flag("paid_out_of_band")
	c.p.ignore("off_session", "forgive", "mandate", "source")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	pm := s.st.PaymentMethods.get(method)
	if method != "" && (pm == nil || pm.Customer != inv.Customer) {
		return nil, noSuch("PaymentMethod", method, "payment_method")
	}
	if inv.Status == "paid" {
		return nil, refused("invoice_already_paid", "Invoice is already paid")
	}
	if inv.Status == "void" {
		return nil, refused("invoice_not_editable", "This invoice is void and can no longer be paid.")
	}
	if inv.Status == "draft" {
		s.finalize(inv)
	}
	if outOfBand {
		inv.AmountPaid, inv.AmountRemaining = inv.AmountDue, 0
		s.paid(inv)
		return s.invoice(inv), nil
	}
	return s.invoiceOrError(inv, s.collect(inv, pm, false))
}

func (s *Sim) invoiceOrError(inv *Invoice, result outcome) (obj, error) {
	if result.authenticate {
		problem := refused("invoice_payment_intent_requires_action", "The payment needs the customer's authentication.")
		problem.status = http.StatusPaymentRequired
		return nil, problem
	}
	if result.failure != nil {
		problem := *result.failure
		problem.Charge = inv.Charge
		return nil, &problem
	}
	return s.invoice(inv), nil
}

func (s *Sim) finalizeInvoice(c *call) (obj, error) {
	inv := s.st.Invoices.get(c.id)
	if inv == nil {
		return nil, noSuch("invoice", c.id, "")
	}
	c.p.ignore("auto_advance")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if inv.Status != "draft" {
		return nil, refused("invoice_not_editable", "This invoice is already finalized, you can't re-finalize a non-draft invoice.")
	}
	s.finalize(inv)
	return s.invoice(inv), nil
}

func (s *Sim) voidInvoice(c *call) (obj, error) {
	inv := s.st.Invoices.get(c.id)
	if inv == nil {
		return nil, noSuch("invoice", c.id, "")
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if inv.Status != "open" {
		return nil, refused("invoice_not_editable", "You can only void an open invoice.")
	}
	s.void(inv)
	return s.invoice(inv), nil
}

// void ends an unpaid invoice and its payment.
func (s *Sim) void(inv *Invoice) {
	inv.Status, inv.AutoAdvance, inv.NextPaymentAttempt, inv.AmountRemaining = "void", false, 0, 0
	inv.Internal.FinalizeAt, inv.StatusTransitions.VoidedAt = 0, s.now().Unix()
	if pi := s.st.Intents.get(inv.PaymentIntent); pi != nil && pi.Status != "succeeded" {
		pi.Status, pi.CanceledAt = "canceled", s.now().Unix()
		s.emit("payment_intent.canceled", s.paymentIntent(pi), nil)
	}
	s.emit("invoice.voided", s.invoice(inv), nil)
}
