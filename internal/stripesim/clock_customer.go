package stripesim

import (
	"errors"
	"net/http"
	"net/url"
	"time"
)

// CustomerNow is the time of one customer: the clock for all plus what AdvanceCustomer added for this one.
func (s *Sim) CustomerNow(customerID string) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nowOf(customerID)
}

func (s *Sim) nowOf(customer string) time.Time {
	if !s.frozen.IsZero() {
		return s.frozen
	}
	return s.cfg.Now().Add(s.st.Offset).Add(s.aheadOf(customer)).UTC()
}

// aheadOf is how far the clock of a customer is ahead of the one for all.
func (s *Sim) aheadOf(customer string) time.Duration {
	if cus := s.st.Customers.get(customer); cus != nil {
		return cus.Internal.Ahead
	}
	return 0
}

// lockFor takes the lock for something done to the owner of an id, so that it happens at the owner's time.
func (s *Sim) lockFor(id string) {
	s.mu.Lock()
	s.acting = s.ownerOf(id)
}

// unlock gives back what lockFor took.
func (s *Sim) unlock() {
	s.acting = ""
	s.mu.Unlock()
}

// ownerOf is the customer that an object belongs to, or empty.
func (s *Sim) ownerOf(id string) string {
	switch {
	case s.st.Customers.get(id) != nil:
		return id
	case s.st.Subscriptions.get(id) != nil:
		return s.st.Subscriptions.get(id).Customer
	case s.st.Invoices.get(id) != nil:
		return s.st.Invoices.get(id).Customer
	case s.st.Schedules.get(id) != nil:
		return s.st.Schedules.get(id).Customer
	case s.st.Checkouts.get(id) != nil:
		return s.st.Checkouts.get(id).Customer
	case s.st.Portals.get(id) != nil:
		return s.st.Portals.get(id).Customer
	case s.st.Charges.get(id) != nil:
		return s.st.Charges.get(id).Customer
	case s.st.Intents.get(id) != nil:
		return s.st.Intents.get(id).Customer
	case s.st.Disputes.get(id) != nil:
		return s.ownerOf(s.st.Disputes.get(id).Charge)
	}
	if sub, _ := s.findItem(id); sub != nil {
		return sub.Customer
	}
	return ""
}

// askedFor is the customer that an API request is about, or empty.
func (s *Sim) askedFor(r *http.Request, form url.Values) string {
	for _, id := range []string{r.PathValue("id"), form.Get("customer"), form.Get("subscription"), form.Get("from_subscription"),
		form.Get("charge"), form.Get("payment_intent")} {
		if owner := s.ownerOf(id); id != "" && owner != "" {
			return owner
		}
	}
	return ""
}

// AdvanceCustomer moves the clock of one customer forward to the given time: what falls due on the way for this
// customer's subscriptions, schedules, invoices and Checkout sessions happens in order, each at its own time, before it
// returns. All other customers, and the app's own clock, stay where they are; later moves of the clock for all take
// the customer along.
func (s *Sim) AdvanceCustomer(customerID string, to time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cus, err := s.liveCustomer(customerID, "customer")
	if err != nil {
		return err
	}
	if to.Before(s.nowOf(customerID)) {
		return errors.New("the clock of a customer moves only forward")
	}
	s.passUntil(to.Add(-cus.Internal.Ahead), func(customer string) bool { return customer == customerID })
	cus.Internal.Ahead = to.Sub(s.cfg.Now().Add(s.st.Offset))
	s.touched()
	return nil
}

// Moment is something that a clock can be moved to.
type Moment string

// The moments of Next.
const (
	TrialEnd   Moment = "trial"
	Renewal    Moment = "renewal"
	Retry      Moment = "retry"
	DunningEnd Moment = "dunning"
)

// Next is when the next moment of a kind comes, for one customer or, with an empty id, for all; false when none is
// coming. It lies after what happens then is done: an ended trial's and a renewal's invoice is charged, the last retry
// is over and the final act done.
func (s *Sim) Next(moment Moment, customerID string) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next int64
	soonest := func(at int64, customer string) {
		if at > s.nowOf(customer).Unix() && (next == 0 || at < next) {
			next = at
		}
	}
	for _, sub := range s.st.Subscriptions.oldest(func(sub *Subscription) bool { return customerID == "" || sub.Customer == customerID }) {
		switch {
		case moment == TrialEnd && sub.Status == "trialing":
			soonest(sub.TrialEnd, sub.Customer)
		case moment == Renewal && (sub.Status == "active" || sub.Status == "past_due"):
			soonest(sub.CurrentPeriodEnd, sub.Customer)
		}
	}
	for _, inv := range s.st.Invoices.oldest(func(inv *Invoice) bool { return customerID == "" || inv.Customer == customerID }) {
		if inv.Status != "open" || inv.NextPaymentAttempt == 0 {
			continue
		}
		switch moment {
		case Retry:
			soonest(inv.NextPaymentAttempt, inv.Customer)
		case DunningEnd:
			soonest(s.lastRetry(inv), inv.Customer)
		case TrialEnd, Renewal: // of subscriptions, above
		}
	}
	if next == 0 {
		return time.Time{}, false
	}
	at := time.Unix(next, 0).UTC()
	if moment == TrialEnd || moment == Renewal {
		at = at.Add(max(0, s.cfg.DraftFor))
	}
	return at.Add(time.Minute), true
}

// lastRetry is when the last attempt at an invoice is made, if all before it fail.
func (s *Sim) lastRetry(inv *Invoice) int64 {
	if len(s.cfg.DunningAfter) == 0 {
		return inv.NextPaymentAttempt
	}
	return inv.Internal.FirstFailure + int64(s.cfg.DunningAfter[len(s.cfg.DunningAfter)-1]/time.Second)
}

// AdvanceTo moves a customer's clock, or with an empty id the one for all, to the next moment of a kind. It returns
// where the clock stands then; false when nothing of the kind is coming, and the clock is left alone.
func (s *Sim) AdvanceTo(moment Moment, customerID string) (time.Time, bool, error) {
	at, coming := s.Next(moment, customerID)
	if !coming {
		return time.Time{}, false, nil
	}
	if customerID == "" {
		return at, true, s.Advance(at)
	}
	return at, true, s.AdvanceCustomer(customerID, at)
}
