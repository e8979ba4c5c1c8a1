package stripesim

import "errors"

// The acts of a person in the Portal, for its page and for tests and seeds.

// CancelInPortal does what "Cancel plan" in the Portal does: the end of the period, or at once while
// a payment is overdue.
func (s *Sim) CancelInPortal(subscriptionID string) error {
	return s.inPortal(subscriptionID, s.portalCancel)
}

// RenewInPortal takes a cancellation at the end of the period back.
func (s *Sim) RenewInPortal(subscriptionID string) error {
	return s.inPortal(subscriptionID, s.portalRenew)
}

func (s *Sim) inPortal(subscriptionID string, act func(*Subscription)) error {
	s.lockFor(subscriptionID)
	defer s.unlock()
	sub := s.st.Subscriptions.get(subscriptionID)
	if sub == nil || sub.ended() {
		return noSuch("subscription", subscriptionID, "")
	}
	act(sub)
	s.touched()
	return nil
}

func (s *Sim) portalCancel(sub *Subscription) {
	if sched := s.st.Schedules.get(sub.Schedule); sched != nil {
		s.endSchedule(sched, "released")
	}
	if sub.Status == "past_due" || sub.Status == "unpaid" || sub.Status == "incomplete" || sub.Status == "paused" {
		s.cancelNow(sub, "cancellation_requested")
		return
	}
	s.changeSubscription(sub, func() { sub.setCancelAtEnd(true, s.now().Unix()) })
}

func (s *Sim) portalRenew(sub *Subscription) {
	if sub.CancelAtPeriodEnd || sub.CancelAt > 0 {
		s.changeSubscription(sub, func() { sub.setCancelAtEnd(false, s.now().Unix()) })
	}
}

// UpdateCard saves a card for a customer and makes it the default of the customer and of every running
// subscription, as the Portal does. It returns ErrAuthentication for a card that asks for 3-D Secure.
func (s *Sim) UpdateCard(customerID, number string) error {
	form := s.CardWith(number)
	s.lockFor(customerID)
	defer s.unlock()
	if _, err := s.liveCustomer(customerID, "customer"); err != nil {
		return err
	}
	result := s.replaceCard(customerID, form, false)
	if result.authenticate {
		return ErrAuthentication
	}
	if !result.ok() {
		return errors.New(result.problem)
	}
	return nil
}

func (s *Sim) replaceCard(customerID string, form CardForm, passed bool) payResult {
	pm, wrong := s.checked(form)
	if len(wrong) > 0 {
		return payResult{fields: wrong}
	}
	if foresee(pm, passed).authenticate {
		return payResult{authenticate: true}
	}
	if problem := attachProblem(pm.Internal.Number); problem != nil {
		return payResult{problem: problem.Message}
	}
	pm.Internal.SetUp = passed
	s.attach(pm, customerID)
	cus := s.st.Customers.get(customerID)
	s.changeCustomer(cus, func() { cus.InvoiceSettings.DefaultPaymentMethod = pm.ID })
	for _, sub := range s.st.Subscriptions.oldest(func(sub *Subscription) bool { return sub.Customer == customerID && !sub.ended() }) {
		if sub.DefaultPaymentMethod != "" {
			s.changeSubscription(sub, func() { sub.DefaultPaymentMethod = pm.ID })
		}
	}
	s.touched()
	return payResult{}
}

// PayInvoice does what a person on the hosted invoice page does with this card number. It returns
// ErrAuthentication for a card that asks for 3-D Secure.
func (s *Sim) PayInvoice(invoiceID, number string) error {
	form := s.CardWith(number)
	s.lockFor(invoiceID)
	defer s.unlock()
	inv := s.st.Invoices.get(invoiceID)
	if inv == nil {
		return noSuch("invoice", invoiceID, "")
	}
	result := s.payHosted(inv, form, false)
	if result.authenticate {
		return ErrAuthentication
	}
	if !result.ok() {
		return errors.New(result.problem)
	}
	return nil
}

func (s *Sim) payHosted(inv *Invoice, form CardForm, passed bool) payResult {
	if inv.Status != "open" {
		return payResult{problem: "This invoice is not open."}
	}
	pm, wrong := s.checked(form)
	if len(wrong) > 0 {
		return payResult{fields: wrong}
	}
	if result := foresee(pm, passed); result.authenticate {
		return payResult{authenticate: true}
	} else if result.failure == nil {
		s.attach(pm, inv.Customer)
		s.keepCard(inv, pm)
	}
	if result := s.collect(inv, pm, passed); result.failure != nil {
		return payResult{problem: result.failure.Message}
	}
	s.touched()
	return payResult{}
}

// keepCard lets a subscription without any card go on with the one that just paid.
func (s *Sim) keepCard(inv *Invoice, pm *PaymentMethod) {
	sub := s.st.Subscriptions.get(inv.Subscription)
	if sub != nil && s.defaultMethod(inv.Customer, sub.ID) == nil {
		s.changeSubscription(sub, func() { sub.DefaultPaymentMethod = pm.ID })
	}
}
