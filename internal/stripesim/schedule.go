package stripesim

import (
	"fmt"
	"slices"
)

// Schedule changes a subscription in phases.
type Schedule struct {
	ID                   string            `json:"id"`
	CanceledAt           int64             `json:"canceled_at,omitempty"`
	CompletedAt          int64             `json:"completed_at,omitempty"`
	Created              int64             `json:"created"`
	CurrentPhase         *PhaseSpan        `json:"current_phase,omitempty"`
	Customer             string            `json:"customer"`
	EndBehavior          string            `json:"end_behavior"`
	Metadata             map[string]string `json:"metadata,omitempty"`
	Phases               []Phase           `json:"phases"`
	ReleasedAt           int64             `json:"released_at,omitempty"`
	ReleasedSubscription string            `json:"released_subscription,omitempty"`
	Status               string            `json:"status"`
	Subscription         string            `json:"subscription,omitempty"`
}

// PhaseSpan is when the current phase begins and ends.
type PhaseSpan struct {
	StartDate int64 `json:"start_date"`
	EndDate   int64 `json:"end_date"`
}

// Phase is what the subscription has from StartDate to EndDate.
type Phase struct {
	StartDate         int64             `json:"start_date"`
	EndDate           int64             `json:"end_date"`
	Currency          string            `json:"currency,omitempty"`
	Items             []PhaseItem       `json:"items"`
	Metadata          map[string]string `json:"metadata,omitempty"`
	ProrationBehavior string            `json:"proration_behavior"`
	Coupon            string            `json:"coupon,omitempty"` // shown only: the subscription keeps the discount it has
}

// PhaseItem is a price and quantity of a phase.
type PhaseItem struct {
	Price    string `json:"price"`
	Quantity int64  `json:"quantity"`
}

func (s *Sim) schedule(sched *Schedule) obj {
	out := s.shaped("subscription_schedule", sched)
	phases := []any{}
	for _, phase := range sched.Phases {
		row := s.shaped("schedule_phase", phase)
		items := []any{}
		for _, item := range phase.Items {
			shown := s.shaped("schedule_item", item)
			if price := s.st.Prices.get(item.Price); price != nil && price.metered() {
				delete(shown, "quantity")
			}
			items = append(items, shown)
		}
		row["items"] = items
		phases = append(phases, row)
	}
	out["phases"] = phases
	return out
}

func (s *Sim) scheduleEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/subscription_schedules":              s.createSchedule,
		"GET /v1/subscription_schedules":               s.listSchedules,
		"GET /v1/subscription_schedules/{id}":          s.getSchedule,
		"POST /v1/subscription_schedules/{id}":         s.updateSchedule,
		"POST /v1/subscription_schedules/{id}/release": s.releaseSchedule,
		"POST /v1/subscription_schedules/{id}/cancel":  s.cancelSchedule,
	}
}

func (s *Sim) createSchedule(c *call) (obj, error) {
	id := c.p.need("from_subscription")
	metadata := c.p.metadata(nil)
	if err := c.p.done(); err != nil {
		return nil, err
	}
	sub := s.st.Subscriptions.get(id)
	if sub == nil || sub.ended() {
		return nil, noSuch("subscription", id, "from_subscription")
	}
	if sub.Schedule != "" {
		return nil, invalid("from_subscription", "You cannot migrate a subscription that is already attached to a schedule: "+sub.Schedule)
	}
	span := PhaseSpan{sub.CurrentPeriodStart, sub.CurrentPeriodEnd}
	sched := &Schedule{
		ID: s.newID("sub_sched_", 24), Created: s.now().Unix(), CurrentPhase: &span, Customer: sub.Customer,
		EndBehavior: "release", Metadata: metadata, Status: "active", Subscription: sub.ID,
		Phases: []Phase{{
			StartDate: span.StartDate, EndDate: span.EndDate, Currency: sub.Currency, Items: phaseItems(sub),
			ProrationBehavior: "create_prorations", Coupon: s.couponOf(sub),
		}},
	}
	if sub.CancelAtPeriodEnd {
		sched.EndBehavior = "cancel"
	}
	s.st.Schedules.put(sched.ID, sched)
	s.changeSubscription(sub, func() { sub.Schedule = sched.ID })
	s.emit("subscription_schedule.created", s.schedule(sched), nil)
	return s.schedule(sched), nil
}

func (s *Sim) couponOf(sub *Subscription) string {
	if d := s.st.Discounts.get(sub.Discount); d != nil {
		return d.Coupon
	}
	return ""
}

func phaseItems(sub *Subscription) []PhaseItem {
	var items []PhaseItem
	for _, item := range sub.Items {
		items = append(items, PhaseItem{Price: item.Price, Quantity: item.Quantity})
	}
	return items
}

func (s *Sim) getSchedule(c *call) (obj, error) {
	sched := s.st.Schedules.get(c.id)
	if sched == nil {
		return nil, noSuch("subscription_schedule", c.id, "")
	}
	return s.schedule(sched), c.p.done()
}

func (s *Sim) listSchedules(c *call) (obj, error) {
	customer, scheduled := c.p.text("customer"), c.p.flag("scheduled")
	within := createdRange(c.p)
	c.p.ignore("canceled_at", "completed_at", "released_at")
	rows := s.st.Schedules.newest(func(sched *Schedule) bool {
		return (customer == "" || sched.Customer == customer) && (!scheduled || sched.Status == "not_started") && within(sched.Created)
	})
	return page(c, "/v1/subscription_schedules", rows, func(sched *Schedule) string { return sched.ID }, s.schedule)
}

func (s *Sim) runningSchedule(c *call) (*Schedule, error) {
	sched := s.st.Schedules.get(c.id)
	if sched == nil {
		return nil, noSuch("subscription_schedule", c.id, "")
	}
	return sched, nil
}

func ended(sched *Schedule, act string) error {
	return invalid("", fmt.Sprintf("You cannot %s a subscription schedule that is currently in the `%s` status. "+
		"It must be in `not_started` or `active` status.", act, sched.Status))
}

func (s *Sim) updateSchedule(c *call) (obj, error) {
	sched, err := s.runningSchedule(c)
	if err != nil {
		return nil, err
	}
	changed := *sched
	proration := c.p.choice("proration_behavior", "create_prorations", "create_prorations", "always_invoice", "none")
	changed.EndBehavior = c.p.choice("end_behavior", sched.EndBehavior, "release", "cancel")
	changed.Metadata = c.p.metadata(sched.Metadata)
	c.p.ignore("default_settings")
	if c.p.has("phases") {
		changed.Phases = s.readPhases(c.p, sched)
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if sched.Status != "active" {
		return nil, ended(sched, "update")
	}
	current, err := s.currentPhase(&changed)
	if err != nil {
		return nil, err
	}
	before := s.schedule(sched)
	*sched = changed
	sched.CurrentPhase = &PhaseSpan{current.StartDate, current.EndDate}
	s.emitUpdate("subscription_schedule.updated", before, s.schedule(sched))
	return s.schedule(sched), s.applyPhase(sched, *current, proration)
}

func (s *Sim) currentPhase(sched *Schedule) (*Phase, error) {
	now := s.now().Unix()
	i := slices.IndexFunc(sched.Phases, func(p Phase) bool { return p.StartDate <= now && now < p.EndDate })
	if i < 0 {
		return nil, invalid("phases", "The subscription schedule update is missing at least one phase with a `start_date` and `end_date` around the present.")
	}
	return &sched.Phases[i], nil
}

func (s *Sim) releaseSchedule(c *call) (obj, error) {
	sched, err := s.runningSchedule(c)
	if err != nil {
		return nil, err
	}
	c.p.ignore("preserve_cancel_date")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if sched.Status != "active" {
		return nil, ended(sched, "release")
	}
	s.endSchedule(sched, "released")
	return s.schedule(sched), nil
}

func (s *Sim) cancelSchedule(c *call) (obj, error) {
	sched, err := s.runningSchedule(c)
	if err != nil {
		return nil, err
	}
	c.p.ignore("invoice_now", "prorate")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if sched.Status != "active" {
		return nil, ended(sched, "cancel")
	}
	s.cancelNow(s.st.Subscriptions.get(sched.Subscription), "cancellation_requested")
	return s.schedule(sched), nil
}
