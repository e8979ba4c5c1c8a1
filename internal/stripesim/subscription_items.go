package stripesim

import "slices"

// plan is what a change of items leads to: the lines it adds and whether they are charged at once.
type plan struct {
	lines     []InvoiceLine // prorations
	used      []InvoiceLine // metered usage of the period that a new cycle cuts short
	reset     bool          // the billing cycle begins anew
	immediate bool
}

// planItems works out a change of items without doing it; previews and updates share it.
func (s *Sim) planItems(sub *Subscription, items []SubscriptionItem, proration string, reset bool, at int64) plan {
	old, next := s.recurring(sub.Items), s.recurring(items)
	var p plan
	p.reset = sub.Status != "trialing" && (reset || old.Interval != next.Interval || old.IntervalCount != next.IntervalCount)
	p.immediate = p.reset || proration == "always_invoice"
	if p.reset {
		p.used = s.usageLines(sub, Period{sub.CurrentPeriodStart, at})
	}
	switch {
	case proration == "none":
	case p.reset:
		// The new cycle is charged in full by its own lines: only the unused time is credited.
		p.lines = s.prorate(sub, nil, at)
	default:
		p.lines = s.prorate(sub, items, at)
	}
	return p
}

// amount is what an immediate change costs now, pending items included.
func (s *Sim) amount(sub *Subscription, p plan, items []SubscriptionItem) int64 {
	var sum int64
	for _, line := range slices.Concat(p.lines, p.used) {
		sum += line.Amount
	}
	for _, item := range s.pendingItems(sub) {
		sum += item.Amount
	}
	if p.reset {
		full := s.amountOf(items)
		sum += s.reductionOf(s.discountAt(sub, s.now().Unix()), full).of(full)
	}
	return sum
}

// applyItems changes prices and quantities, with the invoice or the prorations that follow.
func (s *Sim) applyItems(sub *Subscription, change update, at int64) error {
	discounted := *sub
	if change.discount != nil {
		discounted.Discount = change.discount.ID
	}
	p := s.planItems(&discounted, change.items, change.proration, change.reset, at)
	charged := p.immediate && s.amount(&discounted, p, change.items) > 0 && sub.Status != "trialing"
	if charged {
		problem := s.cannotPay(s.defaultMethod(sub.Customer, sub.ID), s.amount(&discounted, p, change.items))
		switch {
		case problem != nil && change.behavior == "error_if_incomplete":
			return problem
		case problem != nil && change.behavior == "pending_if_incomplete":
			s.holdUpdate(sub, change, p, at)
			return nil
		}
	}
	before := s.subscription(sub)
	change.fields(sub)
	sub.Items = s.complete(sub, change.items)
	if p.reset {
		s.beginPeriod(sub, at)
	}
	if sub.Schedule != "" {
		s.followItems(sub)
	}
	nothing := len(p.lines) == 0 && !p.reset
	if !p.immediate || nothing || sub.Status == "trialing" {
		s.emitUpdate("customer.subscription.updated", before, s.subscription(sub))
		s.addItems(sub, p.lines)
		return nil
	}
	inv := s.updateInvoice(sub, p, sub.Items, at)
	sub.LatestInvoice = inv.ID
	s.emitUpdate("customer.subscription.updated", before, s.subscription(sub))
	s.emit("invoice.created", s.invoice(inv), nil)
	s.finalize(inv)
	if change.behavior != "default_incomplete" {
		s.collect(inv, nil, false)
	}
	return nil
}

func (s *Sim) updateInvoice(sub *Subscription, p plan, items []SubscriptionItem, at int64) *Invoice {
	s.addItems(sub, p.lines)
	var lines []InvoiceLine
	if p.reset {
		fresh := *sub
		fresh.Items = items
		s.beginPeriod(&fresh, at)
		lines = slices.Concat(p.used, s.periodLines(&fresh, items))
	}
	return s.newInvoice(sub, "subscription_update", Period{at, at}, lines)
}

// complete gives new items their ids.
func (s *Sim) complete(sub *Subscription, items []SubscriptionItem) []SubscriptionItem {
	for i := range items {
		if items[i].ID == "" {
			items[i] = s.newItem(sub, items[i])
		}
	}
	return items
}

// holdUpdate keeps a change whose payment fails as pending_update; paying its invoice applies it.
func (s *Sim) holdUpdate(sub *Subscription, change update, p plan, at int64) {
	before := s.subscription(sub)
	pending := &PendingUpdate{ExpiresAt: s.now().Unix() + incompleteFor, SubscriptionItems: s.complete(sub, change.items)}
	if p.reset {
		pending.BillingCycleAnchor = at
	}
	sub.PendingUpdate = pending
	inv := s.updateInvoice(sub, p, change.items, at)
	sub.LatestInvoice = inv.ID
	s.emitUpdate("customer.subscription.updated", before, s.subscription(sub))
	s.issue(inv)
}

// holdTrial keeps the end of a trial whose payment fails as pending_update; the trial goes on until its invoice is paid.
func (s *Sim) holdTrial(sub *Subscription, items []SubscriptionItem) {
	now := s.now().Unix()
	before := s.subscription(sub)
	sub.PendingUpdate = &PendingUpdate{ExpiresAt: now + incompleteFor, SubscriptionItems: s.complete(sub, items), TrialEnd: now}
	paid := *sub
	paid.Status, paid.TrialEnd = "active", now
	s.beginPeriod(&paid, now)
	inv := s.newInvoice(sub, "subscription_update", Period{now, now}, s.periodLines(&paid, items))
	sub.LatestInvoice = inv.ID
	s.emitUpdate("customer.subscription.updated", before, s.subscription(sub))
	s.issue(inv)
}

func (s *Sim) applyPendingUpdate(sub *Subscription) {
	before := s.subscription(sub)
	pending := sub.PendingUpdate
	sub.PendingUpdate, sub.Items = nil, pending.SubscriptionItems
	if pending.TrialEnd > 0 {
		sub.Status, sub.TrialEnd = "active", pending.TrialEnd
		s.beginPeriod(sub, pending.TrialEnd)
	}
	if pending.BillingCycleAnchor > 0 {
		s.beginPeriod(sub, pending.BillingCycleAnchor)
	}
	s.emitUpdate("customer.subscription.updated", before, s.subscription(sub))
	s.emit("customer.subscription.pending_update_applied", s.subscription(sub), nil)
}

func (s *Sim) expirePendingUpdate(sub *Subscription) {
	before := s.subscription(sub)
	inv := s.st.Invoices.get(sub.LatestInvoice)
	sub.PendingUpdate = nil
	if inv != nil && inv.Status == "open" {
		s.void(inv)
	}
	s.emitUpdate("customer.subscription.updated", before, s.subscription(sub))
	s.emit("customer.subscription.pending_update_expired", s.subscription(sub), nil)
}
