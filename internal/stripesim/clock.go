package stripesim

import (
	"context"
	"errors"
	"time"
)

// Now is the time of the local Stripe: the real time plus what Advance added.
func (s *Sim) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// now is the time of what is being done: the one of its customer, or the clock for all.
func (s *Sim) now() time.Time { return s.nowOf(s.acting) }

// Advance moves the clock forward to the given time. All that falls due on the way happens in order,
// each at its own time, before it returns; the webhooks follow in the background.
func (s *Sim) Advance(to time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if to.Before(s.now()) {
		return errors.New("the clock of the local Stripe moves only forward")
	}
	s.passUntil(to, nil)
	s.st.Offset = to.Sub(s.cfg.Now())
	s.touched()
	return nil
}

// tick lets the clock pass with the real time.
func (s *Sim) tick(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		s.mu.Lock()
		s.passUntil(s.now(), nil)
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// due is something that happens at a time. Equal times happen in the order of collection.
type due struct {
	at    time.Time // by the clock of its customer
	byAll time.Time // by the clock for all
	do    func()
}

// passUntil works off everything due up to a time of the clock for all, the earliest first; only (nil: everything)
// picks the customers. Each step may make new ones.
func (s *Sim) passUntil(to time.Time, only func(customer string) bool) {
	defer func() { s.frozen = time.Time{} }()
	for {
		next := s.earliest(to, only)
		if next == nil {
			return
		}
		s.frozen = next.at
		next.do()
	}
}

func (s *Sim) earliest(until time.Time, only func(customer string) bool) *due {
	var next *due
	of := func(customer string) func(int64, func()) {
		if only != nil && !only(customer) {
			return func(int64, func()) {}
		}
		ahead := s.aheadOf(customer)
		return func(at int64, do func()) {
			moment := time.Unix(at, 0).UTC()
			if byAll := moment.Add(-ahead); at > 0 && !byAll.After(until) && (next == nil || byAll.Before(next.byAll)) {
				next = &due{at: moment, byAll: byAll, do: do}
			}
		}
	}
	// Phases come before renewals: a phase that begins with a period sets the price of that period.
	for _, id := range s.st.Schedules.order {
		sched := s.st.Schedules.get(id)
		s.scheduleDue(sched, of(sched.Customer))
	}
	for _, id := range s.st.Subscriptions.order {
		sub := s.st.Subscriptions.get(id)
		s.subscriptionDue(sub, of(sub.Customer))
	}
	for _, id := range s.st.Invoices.order {
		inv := s.st.Invoices.get(id)
		s.invoiceDue(inv, of(inv.Customer))
	}
	for _, id := range s.st.Checkouts.order {
		cs := s.st.Checkouts.get(id)
		s.checkoutDue(cs, of(cs.Customer))
	}
	return next
}

func (s *Sim) subscriptionDue(sub *Subscription, consider func(int64, func())) {
	if sub.ended() {
		return
	}
	if sub.CancelAt > 0 {
		consider(sub.CancelAt, func() { s.endAsPlanned(sub) })
	}
	if sub.PendingUpdate != nil {
		consider(sub.PendingUpdate.ExpiresAt, func() { s.expirePendingUpdate(sub) })
	}
	if d := s.st.Discounts.get(sub.Discount); d != nil {
		consider(d.End, func() { s.endDiscount(sub) })
	}
	switch sub.Status {
	case "trialing":
		if !sub.Internal.TrialWarned {
			consider(max(sub.TrialEnd-trialWarning, sub.TrialStart), func() { s.warnOfTrialEnd(sub) })
		}
		consider(sub.TrialEnd, func() { s.endTrial(sub) })
	case "incomplete":
		consider(sub.Created+incompleteFor, func() { s.expireIncomplete(sub) })
	case "paused":
	default:
		if sub.Internal.UpcomingFor != sub.CurrentPeriodEnd && !sub.CancelAtPeriodEnd {
			consider(max(sub.CurrentPeriodEnd-upcomingBefore, sub.CurrentPeriodStart+1), func() { s.announceUpcoming(sub) })
		}
		consider(sub.CurrentPeriodEnd, func() { s.renew(sub) })
	}
}
