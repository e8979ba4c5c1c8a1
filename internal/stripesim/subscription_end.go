package stripesim

const (
	day            = 24 * 60 * 60
	trialWarning   = 3 * day
	upcomingBefore = 7 * day
	incompleteFor  = 23 * 60 * 60
)

func (s *Sim) cancelSubscription(c *call) (obj, error) {
	sub := s.st.Subscriptions.get(c.id)
	if sub == nil || sub.ended() {
		return nil, noSuch("subscription", c.id, "")
	}
	prorate, invoiceNow := c.p.flag("prorate"), c.p.flag("invoice_now")
	details := readCancellation(c.p, sub.CancellationDetails)
	if err := c.p.done(); err != nil {
		return nil, err
	}
	sub.CancellationDetails = details
	last := Period{sub.CurrentPeriodStart, s.now().Unix() + 1} // this second's usage counts too
	var used []InvoiceLine
	if invoiceNow {
		used = s.usageLines(sub, last)
	}
	if prorate && sub.Status == "active" {
		lines := s.prorate(sub, nil, s.now().Unix())
		s.addItems(sub, lines)
	}
	s.cancelNow(sub, "cancellation_requested")
	if invoiceNow {
		s.billLast(sub, last, used)
	}
	return s.subscription(sub), nil
}

// endAsPlanned ends the subscription at the time that was set, and charges what was used until then.
func (s *Sim) endAsPlanned(sub *Subscription) {
	last := Period{sub.CurrentPeriodStart, s.now().Unix()}
	used := s.usageLines(sub, last)
	s.cancelNow(sub, "")
	if sumOf(used) > 0 {
		s.billLast(sub, last, used)
	}
}

// billLast charges what an ended subscription still owes: metered usage and waiting prorations.
func (s *Sim) billLast(sub *Subscription, last Period, used []InvoiceLine) {
	if sumOf(used) == 0 && len(s.pendingItems(sub)) == 0 {
		return
	}
	inv := s.newInvoice(sub, "subscription_update", last, used)
	sub.LatestInvoice = inv.ID
	s.issue(inv)
}

func readCancellation(p *params, details CancellationDetails) CancellationDetails {
	at := p.at("cancellation_details")
	if at.has("comment") {
		details.Comment = at.text("comment")
	}
	if at.has("feedback") {
		details.Feedback = at.choice("feedback", "", "customer_service", "low_quality", "missing_features", "other",
			"switched_service", "too_complex", "too_expensive", "unused")
	}
	return details
}

// cancelNow ends the subscription; an empty reason keeps the one it has.
func (s *Sim) cancelNow(sub *Subscription, reason string) {
	now := s.now().Unix()
	if reason != "" {
		sub.CancellationDetails.Reason = reason
	}
	if sub.CanceledAt == 0 {
		sub.CanceledAt = now
	}
	sub.Status, sub.EndedAt, sub.PendingUpdate = "canceled", now, nil
	if schedule := s.st.Schedules.get(sub.Schedule); schedule != nil {
		s.endSchedule(schedule, "canceled")
	}
	s.emit("customer.subscription.deleted", s.subscription(sub), nil)
	for _, inv := range s.openInvoices(sub) {
		s.changeInvoice(inv, func() { inv.AutoAdvance, inv.NextPaymentAttempt, inv.Internal.FinalizeAt = false, 0, 0 })
	}
}

// expireIncomplete ends a subscription whose first payment was not made within 23 hours.
func (s *Sim) expireIncomplete(sub *Subscription) {
	s.changeSubscription(sub, func() { sub.Status, sub.EndedAt = "incomplete_expired", s.now().Unix() })
	for _, inv := range s.openInvoices(sub) {
		s.void(inv)
	}
}

// setCancelAtEnd plans the end with the period, or takes that back.
func (sub *Subscription) setCancelAtEnd(on bool, now int64) {
	sub.CancelAtPeriodEnd, sub.CancelAt, sub.CanceledAt = on, 0, 0
	sub.CancellationDetails = CancellationDetails{}
	if on {
		sub.CancelAt, sub.CanceledAt = sub.CurrentPeriodEnd, now
		sub.CancellationDetails.Reason = "cancellation_requested"
	}
}

func (s *Sim) resumeSubscription(c *call) (obj, error) {
	sub := s.st.Subscriptions.get(c.id)
	if sub == nil {
		return nil, noSuch("subscription", c.id, "")
	}
	c.p.choice("billing_cycle_anchor", "now", "now", "unchanged")
	c.p.ignore("proration_behavior", "proration_date")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if sub.Status != "paused" {
		return nil, invalid("", "Only paused subscriptions can be resumed.")
	}
	now := s.now().Unix()
	s.changeSubscription(sub, func() { s.beginPeriod(sub, now) })
	inv := s.newInvoice(sub, "subscription_update", Period{now, now}, s.periodLines(sub, sub.Items))
	s.changeSubscription(sub, func() { sub.LatestInvoice = inv.ID })
	s.emit("invoice.created", s.invoice(inv), nil)
	s.finalize(inv)
	s.collect(inv, nil, false)
	return s.subscription(sub), nil
}
