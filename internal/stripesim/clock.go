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

func (s *Sim) now() time.Time {
	if !s.frozen.IsZero() {
		return s.frozen
	}
	return s.cfg.Now().Add(s.st.Offset).UTC()
}

// Advance moves the clock forward to the given time. All that falls due on the way happens in order,
// each at its own time, before it returns; the webhooks follow in the background.
func (s *Sim) Advance(to time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if to.Before(s.now()) {
		return errors.New("the clock of the local Stripe moves only forward")
	}
	s.passUntil(to)
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
		s.passUntil(s.now())
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
	at int64
	do func()
}

// passUntil works off everything due up to a time, the earliest first. Each step may make new ones.
func (s *Sim) passUntil(to time.Time) {
	defer func() { s.frozen = time.Time{} }()
	for {
		next := s.earliest(to.Unix())
		if next == nil {
			return
		}
		s.frozen = time.Unix(next.at, 0).UTC()
		next.do()
	}
}

func (s *Sim) earliest(until int64) *due {
	var next *due
	consider := func(at int64, do func()) {
		if at > 0 && at <= until && (next == nil || at < next.at) {
			next = &due{at: at, do: do}
		}
	}
	// Phases come before renewals: a phase that begins with a period sets the price of that period.
	for _, id := range s.st.Schedules.order {
		s.scheduleDue(s.st.Schedules.get(id), consider)
	}
	for _, id := range s.st.Subscriptions.order {
		s.subscriptionDue(s.st.Subscriptions.get(id), consider)
	}
	for _, id := range s.st.Invoices.order {
		s.invoiceDue(s.st.Invoices.get(id), consider)
	}
	for _, id := range s.st.Checkouts.order {
		s.checkoutDue(s.st.Checkouts.get(id), consider)
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
