package billing_test

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// moved is what a subscription is from a time on, and the events that tell of it.
type moved struct {
	at     time.Time
	sub    subState
	events []told
}

// told is an event with when it arrives, and arrives again.
type told struct {
	id, kind string
	object   object
	created  time.Time
	arrives  []time.Time
}

// subState is a subscription as Stripe has it.
type subState struct {
	Status                           string
	Price                            string
	Quantity                         int64
	PeriodEnd                        time.Time
	CancelAtPeriodEnd                bool
	CancelAt, CanceledAt, EndedAt    time.Time
	TrialEnd, PendingAt              time.Time
	Schedule, PendingPrice, Pause    string
	Invoice, Attempt                 int // the latest invoice, and how often it was tried
	releasedSchedule, failed, begins bool
}

// history is the life of one subscription.
type history struct {
	seed          uint64
	sub, customer string
	moves         []moved
	failures      int // failed payments by meaning
}

// newHistory makes up a life and how its events arrive.
func newHistory(seed uint64, rng *rand.Rand, p propertySpec) *history {
	h := &history{seed: seed, sub: fmt.Sprintf("sub_%d", seed), customer: fmt.Sprintf("cus_%d", seed)}
	at := zero().Add(time.Duration(rng.IntN(1000)) * time.Millisecond)
	s := subState{Status: pick(rng, "incomplete", "trialing", "active"), Price: "price_pro_m", Quantity: 1 + rng.Int64N(9),
		PeriodEnd: zero().AddDate(0, 1, 0), begins: true}
	if s.Status == "trialing" {
		s.TrialEnd = zero().AddDate(0, 0, 14)
	}
	h.add(rng, p, at, s)
	for changes := p.Changes[0] + rng.IntN(p.Changes[1]-p.Changes[0]+1); changes > 0; changes-- {
		if s.EndedAt.IsZero() {
			at = at.Add(gap(rng))
			s.next(rng, at)
			h.add(rng, p, at, s)
		}
	}
	if s.EndedAt.IsZero() && chance(rng, 0.3) == 1 { // somebody who cannot decide
		s.releasedSchedule, s.failed, s.begins = false, false, false
		for range 2 {
			at = at.Add(time.Duration(500+rng.IntN(2000)) * time.Millisecond)
			s.Quantity++
			s.Price = map[string]string{"price_pro_m": "price_team_m", "price_team_m": "price_pro_m"}[s.Price]
			h.add(rng, p, at, s)
		}
	}
	return h
}

// gap is the time between two changes: mostly seconds, as a Checkout and a first payment are apart.
func gap(rng *rand.Rand) time.Duration {
	switch n := rng.IntN(10); {
	case n < 6:
		return time.Duration(rng.IntN(4000)) * time.Millisecond
	case n < 9:
		return time.Duration(rng.IntN(120_000)) * time.Millisecond
	}
	return time.Duration(rng.IntN(72)) * time.Hour
}

func pickInt(rng *rand.Rand, of ...int) int { return of[rng.IntN(len(of))] }

func pick(rng *rand.Rand, of ...string) string { return of[rng.IntN(len(of))] }

// next is a change as Stripe makes them.
func (s *subState) next(rng *rand.Rand, at time.Time) {
	at = at.Truncate(time.Second)
	s.releasedSchedule, s.failed, s.begins = false, false, false
	turn := map[string][]string{
		"incomplete": {"active", "active", "incomplete_expired"}, "trialing": {"active", "active", "canceled", "paused", "quantity", "price"},
		"active":   {"quantity", "price", "past_due", "past_due", "canceled", "cancel", "schedule", "pause", "renew"},
		"past_due": {"active", "active", "again", "unpaid", "canceled"}, "unpaid": {"active", "canceled"}, "paused": {"active", "canceled"},
	}[s.Status]
	switch what := pick(rng, turn...); what {
	case "quantity":
		s.Quantity += 1 + rng.Int64N(5)
	case "price":
		s.Price = map[string]string{"price_pro_m": "price_team_m", "price_team_m": "price_pro_m"}[s.Price]
	case "cancel":
		s.cancelOrResume(at)
	case "schedule":
		s.scheduleOrRelease()
	case "pause":
		s.Pause = map[string]string{"": "void", "void": ""}[s.Pause]
	case "renew":
		s.PeriodEnd, s.Invoice, s.Attempt = s.PeriodEnd.AddDate(0, 1, 0), s.Invoice+1, 0
	case "past_due":
		s.Status, s.Invoice, s.Attempt, s.failed = "past_due", s.Invoice+1, 1, true
	case "again":
		s.Attempt, s.failed = s.Attempt+1, true
	case "canceled", "incomplete_expired":
		s.Status, s.EndedAt, s.CanceledAt = what, at, at
	default:
		s.Status = what
	}
}

func (s *subState) cancelOrResume(at time.Time) {
	if s.CancelAtPeriodEnd {
		s.CancelAtPeriodEnd, s.CancelAt, s.CanceledAt = false, time.Time{}, time.Time{}
		return
	}
	s.CancelAtPeriodEnd, s.CancelAt, s.CanceledAt = true, s.PeriodEnd, at
}

func (s *subState) scheduleOrRelease() {
	if s.Schedule != "" {
		s.Schedule, s.PendingPrice, s.PendingAt, s.releasedSchedule = "", "", time.Time{}, true
		return
	}
	s.Schedule, s.PendingPrice, s.PendingAt = "sub_sched_1", "price_pro_m", s.PeriodEnd
}

// add appends a state with its events, and says when they arrive.
func (h *history) add(rng *rand.Rand, p propertySpec, at time.Time, s subState) {
	m := moved{at: at, sub: s}
	tell := func(kind string, about object) {
		e := told{id: fmt.Sprintf("evt_%d_%d_%d", h.seed, len(h.moves), len(m.events)), kind: kind, object: about, created: at.Truncate(time.Second)}
		for range 1 + chance(rng, p.Duplicate) {
			arrives := at.Add(time.Duration(20+rng.IntN(pickInt(rng, 600, 30_000))) * time.Millisecond)
			if chance(rng, p.Late) == 1 {
				arrives = arrives.Add(time.Duration(p.LateBy[0]+rng.Float64()*(p.LateBy[1]-p.LateBy[0])) * time.Second)
			}
			e.arrives = append(e.arrives, arrives)
		}
		m.events = append(m.events, e)
	}
	switch {
	case s.begins:
		tell("customer.subscription.created", h.object(s))
	case s.Status == "canceled":
		tell("customer.subscription.deleted", h.object(s))
	case s.releasedSchedule && chance(rng, 0.5) == 1: // nothing else tells of it
		tell("subscription_schedule.released", object{"id": "sub_sched_1", "object": "subscription_schedule", "customer": h.customer, "released_subscription": h.sub})
	default:
		tell("customer.subscription.updated", h.object(s))
	}
	if s.failed {
		h.failures++
		tell("invoice.payment_failed", h.invoice(s))
	}
	h.moves = append(h.moves, m)
}

func chance(rng *rand.Rand, share float64) int {
	if rng.Float64() < share {
		return 1
	}
	return 0
}

func (h *history) invoice(s subState) object {
	return object{"id": fmt.Sprintf("in_%d_%d", h.seed, s.Invoice), "object": "invoice", "customer": h.customer, "subscription": h.sub, "status": "open",
		"currency": "usd", "total": 4900, "amount_due": 4900, "attempt_count": s.Attempt, "created": zero().Unix(), "billing_reason": "subscription_cycle"}
}

// object is the subscription as the API answers it, with what the app asks to be expanded.
func (h *history) object(s subState) object {
	o := object{"id": h.sub, "object": "subscription", "customer": h.customer, "status": s.Status, "livemode": true, "currency": "usd",
		"current_period_start": zero().Unix(), "current_period_end": s.PeriodEnd.Unix(), "cancel_at_period_end": s.CancelAtPeriodEnd,
		"cancel_at": seconds(s.CancelAt), "canceled_at": seconds(s.CanceledAt), "ended_at": seconds(s.EndedAt), "trial_end": seconds(s.TrialEnd),
		"items": object{"object": "list", "data": []any{object{"id": "si_1", "object": "subscription_item", "quantity": s.Quantity,
			"price": object{"id": s.Price, "object": "price", "unit_amount": 4900, "currency": "usd", "recurring": object{"interval": "month", "interval_count": 1, "usage_type": "licensed"}}}}},
		"schedule": nil, "latest_invoice": nil, "pause_collection": nil}
	if s.Pause != "" {
		o["pause_collection"] = object{"behavior": s.Pause}
	}
	if s.Invoice > 0 {
		o["latest_invoice"] = h.invoice(s)
	}
	if s.Schedule != "" {
		o["schedule"] = object{"id": s.Schedule, "object": "subscription_schedule", "status": "active",
			"current_phase": object{"start_date": zero().Unix(), "end_date": s.PendingAt.Unix()},
			"phases":        []any{object{"start_date": s.PendingAt.Unix(), "items": []any{object{"price": s.PendingPrice, "quantity": s.Quantity}}}}}
	}
	return o
}

func seconds(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Unix()
}
