package stripesim

import "time"

// planRetry sets when a failed invoice is tried again. It reports whether this was the last attempt.
// A first payment is never retried by itself: the person finishes it within 23 hours.
func (s *Sim) planRetry(inv *Invoice, sub *Subscription) bool {
	inv.NextPaymentAttempt = 0
	if inv.BillingReason == "subscription_create" || sub != nil && (sub.PendingUpdate != nil || sub.ended()) {
		return false
	}
	if inv.Internal.FirstFailure == 0 {
		inv.Internal.FirstFailure = s.now().Unix()
	}
	if inv.Internal.Retries >= len(s.cfg.DunningAfter) {
		inv.AutoAdvance = false
		return true
	}
	inv.NextPaymentAttempt = inv.Internal.FirstFailure + int64(s.cfg.DunningAfter[inv.Internal.Retries]/time.Second)
	return false
}

// afterUnpaid moves the subscription on after a failed attempt.
func (s *Sim) afterUnpaid(sub *Subscription, last bool) {
	switch sub.Status {
	case "active":
		if sub.PendingUpdate == nil {
			s.changeSubscription(sub, func() { sub.Status = "past_due" })
		}
	case "past_due":
	default:
		return
	}
	if !last {
		return
	}
	switch s.cfg.DunningEnd {
	case "cancel":
		s.cancelNow(sub, "payment_failed")
	case "unpaid":
		s.changeSubscription(sub, func() { sub.Status = "unpaid" })
	}
}

// afterPaid moves the subscription on after an invoice was paid.
func (s *Sim) afterPaid(sub *Subscription, inv *Invoice) {
	if inv.ID != sub.LatestInvoice {
		return
	}
	switch {
	case sub.PendingUpdate != nil:
		s.applyPendingUpdate(sub)
	case sub.Status == "incomplete", sub.Status == "past_due", sub.Status == "unpaid":
		s.changeSubscription(sub, func() { sub.Status = "active" })
	case sub.Status == "paused":
		s.changeSubscription(sub, func() { sub.Status = "active" })
		s.emit("customer.subscription.resumed", s.subscription(sub), nil)
	}
}

func (s *Sim) invoiceDue(inv *Invoice, consider func(int64, func())) {
	switch inv.Status {
	case "draft":
		consider(inv.Internal.FinalizeAt, func() {
			s.finalize(inv)
			s.collect(inv, nil, false)
		})
	case "open":
		consider(inv.NextPaymentAttempt, func() {
			inv.Internal.Retries++
			s.collect(inv, nil, false)
		})
	}
}
