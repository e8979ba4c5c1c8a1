package stripesim

import "slices"

// updateTrial ends a trial at once, or moves its end.
func (s *Sim) updateTrial(sub *Subscription, change update) error {
	if change.endTrial && change.behavior == "pending_if_incomplete" {
		items := change.items
		if items == nil {
			items = slices.Clone(sub.Items)
		}
		payable := s.cannotPay(s.defaultMethod(sub.Customer, sub.ID), s.amountOf(items)) == nil
		if !payable {
			s.holdTrial(sub, items)
			return nil
		}
	}
	s.changeSubscription(sub, func() {
		change.fields(sub)
		if change.items != nil {
			sub.Items = s.complete(sub, change.items)
		}
		if !change.endTrial {
			if sub.TrialStart == 0 || sub.Status != "trialing" {
				sub.TrialStart = s.now().Unix()
			}
			sub.Status, sub.TrialEnd, sub.BillingCycleAnchor = "trialing", change.trialEnd, change.trialEnd
			sub.CurrentPeriodEnd, sub.Internal.TrialWarned = change.trialEnd, false
			if sub.CancelAtPeriodEnd {
				sub.CancelAt = change.trialEnd
			}
		}
	})
	if change.endTrial {
		now := s.now().Unix()
		before := s.subscription(sub)
		sub.Status, sub.TrialEnd = "active", now
		s.beginPeriod(sub, now)
		inv := s.newInvoice(sub, "subscription_update", Period{now, now}, s.periodLines(sub, sub.Items))
		sub.LatestInvoice = inv.ID
		s.emitUpdate("customer.subscription.updated", before, s.subscription(sub))
		s.issue(inv)
	}
	return nil
}

// issue announces, finalizes and charges an invoice at once.
func (s *Sim) issue(inv *Invoice) {
	s.emit("invoice.created", s.invoice(inv), nil)
	s.finalize(inv)
	s.collect(inv, nil, false)
}
