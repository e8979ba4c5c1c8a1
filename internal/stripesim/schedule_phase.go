package stripesim

import "slices"

// readPhases reads all phases of an update. A phase without a start begins where the one before ends;
// one without an end lasts for its iterations, by default one billing period.
func (s *Sim) readPhases(p *params, sched *Schedule) []Phase {
	var phases []Phase
	next := s.now().Unix()
	if sched.CurrentPhase != nil {
		next = sched.CurrentPhase.StartDate
	}
	for i, at := range p.list("phases") {
		phase := Phase{
			StartDate: next, Metadata: at.metadata(nil), Coupon: at.text("coupon"),
			ProrationBehavior: at.choice("proration_behavior", "create_prorations", "create_prorations", "always_invoice", "none"),
		}
		if text := at.text("start_date"); text != "" && text != "now" {
			phase.StartDate = at.number("start_date")
		}
		if i > 0 && phase.StartDate != next {
			p.fail(invalid(at.name+"[start_date]", "The `start_date` of a phase must be the `end_date` of the phase before it."))
		}
		if s.st.Coupons.get(phase.Coupon) == nil && phase.Coupon != "" {
			p.fail(noSuch("coupon", phase.Coupon, at.name+"[coupon]"))
		}
		s.readPhaseItems(at, &phase)
		phase.EndDate = s.readPhaseEnd(at, phase)
		if phase.EndDate <= phase.StartDate {
			p.fail(invalid(at.name+"[end_date]", "The `end_date` of a phase must be after its `start_date`."))
		}
		at.ignore("collection_method", "default_payment_method", "billing_cycle_anchor", "description", "trial", "trial_end",
			"automatic_tax", "default_tax_rates", "invoice_settings", "currency", "coupon")
		next = phase.EndDate
		phases = append(phases, phase)
	}
	return phases
}

func (s *Sim) readPhaseItems(at *params, phase *Phase) {
	for _, row := range at.list("items") {
		item := PhaseItem{Price: row.need("price")}
		item.Quantity = s.readQuantity(row, item.Price, 1)
		row.ignore("tax_rates", "billing_thresholds", "metadata")
		if problem := s.priceProblem(item.Price, row.name+"[price]"); problem != nil {
			at.fail(problem)
			continue
		}
		phase.Currency = s.st.Prices.get(item.Price).Currency
		phase.Items = append(phase.Items, item)
	}
	if len(phase.Items) == 0 {
		at.fail(missingParam(at.name + "[items]"))
	}
}

func (s *Sim) readPhaseEnd(at *params, phase Phase) int64 {
	iterations := max(1, at.number("iterations"))
	switch text := at.text("end_date"); {
	case text == "now":
		return s.now().Unix()
	case text != "":
		return at.number("end_date")
	case len(phase.Items) == 0:
		return phase.StartDate + 1
	}
	end := phase.StartDate
	every := s.st.Prices.get(phase.Items[0].Price).Recurring
	for range iterations {
		end = periodAfter(phase.StartDate, every, end)
	}
	return end
}

// applyPhase gives the subscription the items of a phase, when they differ from what it has.
func (s *Sim) applyPhase(sched *Schedule, phase Phase, proration string) error {
	sub := s.st.Subscriptions.get(sched.Subscription)
	items := s.itemsOfPhase(sub, phase)
	if sameJSON(items, sub.Items) {
		return nil
	}
	return s.applyItems(sub, update{
		items: items, proration: proration, behavior: "allow_incomplete", fields: func(*Subscription) {},
	}, s.now().Unix())
}

// itemsOfPhase keeps the ids of the items that a phase changes: of the same price, else of the same usage type.
func (s *Sim) itemsOfPhase(sub *Subscription, phase Phase) []SubscriptionItem {
	left := slices.Clone(sub.Items)
	items := make([]SubscriptionItem, len(phase.Items))
	take := func(alike func(SubscriptionItem, PhaseItem) bool) {
		for i, want := range phase.Items {
			if items[i].Price != "" {
				continue
			}
			if n := slices.IndexFunc(left, func(item SubscriptionItem) bool { return alike(item, want) }); n >= 0 {
				items[i] = left[n]
				items[i].Price = want.Price
				left = slices.Delete(left, n, n+1)
			}
		}
	}
	take(func(item SubscriptionItem, want PhaseItem) bool { return item.Price == want.Price })
	take(func(item SubscriptionItem, want PhaseItem) bool {
		return s.isMetered(item.Price) == s.isMetered(want.Price)
	})
	for i, want := range phase.Items {
		items[i].Price, items[i].Quantity = want.Price, want.Quantity
	}
	return items
}

func (s *Sim) isMetered(id string) bool {
	price := s.st.Prices.get(id)
	return price != nil && price.metered()
}

// itemsAfter are the items that the subscription will have at a time, its schedule considered.
func (s *Sim) itemsAfter(sub *Subscription, at int64) []SubscriptionItem {
	if sched := s.st.Schedules.get(sub.Schedule); sched != nil {
		for _, phase := range sched.Phases {
			if phase.StartDate <= at && at < phase.EndDate {
				return s.itemsOfPhase(sub, phase)
			}
		}
	}
	return sub.Items
}

// followItems writes items that were changed on the subscription itself into the current phase.
func (s *Sim) followItems(sub *Subscription) {
	sched := s.st.Schedules.get(sub.Schedule)
	current, err := s.currentPhase(sched)
	if err != nil || sameJSON(current.Items, phaseItems(sub)) {
		return
	}
	before := s.schedule(sched)
	current.Items = phaseItems(sub)
	s.emitUpdate("subscription_schedule.updated", before, s.schedule(sched))
}

// endSchedule ends a schedule as released, completed or canceled; the subscription is let go.
func (s *Sim) endSchedule(sched *Schedule, status string) {
	now := s.now().Unix()
	sub := s.st.Subscriptions.get(sched.Subscription)
	sched.Status, sched.CurrentPhase = status, nil
	switch status {
	case "released":
		sched.ReleasedAt, sched.ReleasedSubscription, sched.Subscription = now, sub.ID, ""
		s.changeSubscription(sub, func() { sub.Schedule = "" })
	case "canceled":
		sched.CanceledAt = now
	case "completed":
		sched.CompletedAt = now
	}
	s.emit("subscription_schedule."+status, s.schedule(sched), nil)
}

func (s *Sim) scheduleDue(sched *Schedule, consider func(int64, func())) {
	if sched.Status == "active" && sched.CurrentPhase != nil {
		consider(sched.CurrentPhase.EndDate, func() { s.nextPhase(sched) })
	}
}

// nextPhase moves on at the end of a phase. A phase that begins with a billing period sets what that
// period costs, so nothing is prorated then.
func (s *Sim) nextPhase(sched *Schedule) {
	now := s.now().Unix()
	sub := s.st.Subscriptions.get(sched.Subscription)
	for _, phase := range sched.Phases {
		if phase.StartDate != now {
			continue
		}
		before := s.schedule(sched)
		sched.CurrentPhase = &PhaseSpan{phase.StartDate, phase.EndDate}
		s.emitUpdate("subscription_schedule.updated", before, s.schedule(sched))
		s.enterPhase(sched, sub, phase)
		return
	}
	if sched.EndBehavior == "cancel" {
		s.endSchedule(sched, "completed")
		s.cancelNow(sub, "")
		return
	}
	s.endSchedule(sched, "released")
}

func (s *Sim) enterPhase(sched *Schedule, sub *Subscription, phase Phase) {
	now := s.now().Unix()
	if sub.CurrentPeriodEnd != now {
		if err := s.applyPhase(sched, phase, phase.ProrationBehavior); err != nil {
			s.log.Error("entering a phase", "schedule", sched.ID, "error", err)
		}
		return
	}
	items := s.complete(sub, s.itemsOfPhase(sub, phase))
	was, next := s.recurring(sub.Items), s.recurring(items)
	s.changeSubscription(sub, func() {
		sub.Items = items
		if was.Interval != next.Interval || was.IntervalCount != next.IntervalCount {
			sub.BillingCycleAnchor = now
		}
	})
}
