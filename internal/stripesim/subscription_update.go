package stripesim

import (
	"fmt"
	"slices"
)

// update is a change of a subscription, read from its parameters before anything happens.
type update struct {
	items     []SubscriptionItem // as they shall be; nil: unchanged
	proration string
	behavior  string
	at        int64 // proration_date
	reset     bool  // billing_cycle_anchor=now
	endTrial  bool
	trialEnd  int64
	discount  *Discount           // a new one
	drop      bool                // the discount is taken away
	fields    func(*Subscription) // plain fields
}

func (s *Sim) updateSubscription(c *call) (obj, error) {
	sub := s.st.Subscriptions.get(c.id)
	if sub == nil {
		return nil, noSuch("subscription", c.id, "")
	}
	change := s.readUpdate(c.p, sub)
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if sub.ended() {
		return nil, invalid("", "A canceled subscription can only update its cancellation_details and metadata.")
	}
	if sub.Schedule != "" && (c.p.has("cancel_at_period_end") || c.p.has("cancel_at")) {
		return nil, invalid("", fmt.Sprintf("The subscription is managed by the subscription schedule `%s`, and updating any "+
			"cancelation behavior directly is not allowed. Please update the schedule instead.", sub.Schedule))
	}
	if problem := s.changeDiscount(sub, &change); problem != nil {
		return nil, problem
	}
	return s.subscription(sub), nil
}

// changeDiscount applies an update with what it does to the discount.
func (s *Sim) changeDiscount(sub *Subscription, change *update) error {
	d := change.discount
	switch {
	case d != nil && change.behavior == "pending_if_incomplete":
		return invalid("payment_behavior", "A discount cannot be changed together with `payment_behavior=pending_if_incomplete`.")
	case d == nil && !change.drop:
		return s.applyUpdate(sub, *change)
	case d == nil:
		s.endDiscount(sub)
		fields := change.fields
		change.fields = func(sub *Subscription) {
			fields(sub)
			sub.Discount = ""
		}
		return s.applyUpdate(sub, *change)
	}
	tell, fields := s.keep(d, sub), change.fields
	change.fields = func(sub *Subscription) {
		fields(sub)
		sub.Discount = d.ID
	}
	if err := s.applyUpdate(sub, *change); err != nil {
		s.st.Discounts.remove(d.ID)
		return err
	}
	tell()
	return nil
}

func (s *Sim) readUpdate(p *params, sub *Subscription) update {
	change := update{
		proration: p.choice("proration_behavior", "create_prorations", "create_prorations", "always_invoice", "none"),
		behavior: p.choice("payment_behavior", "allow_incomplete", "allow_incomplete", "default_incomplete",
			"error_if_incomplete", "pending_if_incomplete"),
		at:    p.number("proration_date"),
		reset: p.choice("billing_cycle_anchor", "unchanged", "now", "unchanged") == "now",
	}
	if p.has("items") {
		change.items = s.readItems(p, "items", sub)
	}
	if p.text("trial_end") == "now" {
		change.endTrial = true
	}
	var missing string
	change.trialEnd, missing = s.readTrial(p)
	change.fields = s.readFields(p, sub, missing)
	change.discount, change.drop = s.readDiscount(p, func() (string, string, int64) {
		if change.items != nil {
			return sub.Customer, sub.Currency, s.amountOf(change.items)
		}
		return sub.Customer, sub.Currency, s.amountOf(sub.Items)
	})
	p.ignore("off_session", "payment_settings", "automatic_tax", "collection_method", "default_source", "days_until_due", "trial_from_plan")
	return change
}

// readFields reads what is simply set; the returned function sets it.
func (s *Sim) readFields(p *params, sub *Subscription, missingMethod string) func(*Subscription) {
	now := s.now().Unix()
	changed := *sub
	changed.Metadata = p.metadata(sub.Metadata)
	changed.CancellationDetails = readCancellation(p, sub.CancellationDetails)
	if missingMethod != "" {
		changed.TrialSettings.EndBehavior.MissingPaymentMethod = missingMethod
	}
	if p.has("description") {
		changed.Description = p.text("description")
	}
	if p.has("default_payment_method") {
		id := p.text("default_payment_method")
		if pm := s.st.PaymentMethods.get(id); id != "" && (pm == nil || pm.Customer != sub.Customer) {
			p.fail(noSuch("PaymentMethod", id, "default_payment_method"))
		}
		changed.DefaultPaymentMethod = id
	}
	if p.has("cancel_at") {
		changed.setCancelAtEnd(false, now)
		if changed.CancelAt = p.number("cancel_at"); changed.CancelAt > 0 {
			changed.CanceledAt, changed.CancellationDetails.Reason = now, "cancellation_requested"
		}
	}
	if p.has("cancel_at_period_end") {
		details := changed.CancellationDetails
		if on := p.flag("cancel_at_period_end"); on != sub.CancelAtPeriodEnd {
			changed.setCancelAtEnd(on, now)
			if on {
				changed.CancellationDetails.Comment, changed.CancellationDetails.Feedback = details.Comment, details.Feedback
			}
		}
	}
	if p.has("pause_collection") {
		changed.PauseCollection = readPause(p.at("pause_collection"))
	}
	return func(sub *Subscription) { *sub = changed }
}

func readPause(p *params) *PauseCollection {
	if p.set {
		return nil // an empty value takes the pause back
	}
	pause := &PauseCollection{Behavior: p.choice("behavior", "keep_as_draft", "keep_as_draft", "mark_uncollectible", "void")}
	if at := p.number("resumes_at"); at > 0 {
		pause.ResumesAt = &at
	}
	return pause
}

// readItems reads items[…] against the items there are: by id, new ones without, deleted ones left out.
func (s *Sim) readItems(p *params, key string, sub *Subscription) []SubscriptionItem {
	items := slices.Clone(sub.Items)
	for _, at := range p.list(key) {
		id, price := at.text("id"), at.text("price")
		at.ignore("tax_rates", "billing_thresholds")
		if price != "" {
			if problem := s.priceProblem(price, at.name+"[price]"); problem != nil {
				p.fail(problem)
			}
		}
		i := slices.IndexFunc(items, func(item SubscriptionItem) bool { return item.ID == id })
		if id == "" {
			at.need("price")
			items = append(items, SubscriptionItem{Quantity: 1})
			i = len(items) - 1
		} else if i < 0 {
			p.fail(noSuch("subscription_item", id, at.name+"[id]"))
			return items
		}
		forget := at.flag("clear_usage")
		if at.flag("deleted") {
			if problem := s.usageProblem(sub, items[i], forget); problem != nil {
				p.fail(problem)
			}
			items = slices.Delete(items, i, i+1)
			continue
		}
		kept := s.keptQuantity(items[i])
		if price != "" {
			items[i].Price = price
		}
		items[i].Quantity = s.readQuantity(at, items[i].Price, kept)
		items[i].Metadata = at.metadata(items[i].Metadata)
	}
	if len(items) == 0 {
		p.fail(invalid(key, "A subscription must have at least one active plan."))
	}
	if problem := s.mixProblem(key, items); problem != nil {
		p.fail(problem)
	}
	return items
}

func (s *Sim) applyUpdate(sub *Subscription, change update) error {
	at := change.at
	if at == 0 {
		at = s.now().Unix()
	}
	if change.endTrial && sub.Status == "trialing" || change.trialEnd > 0 {
		return s.updateTrial(sub, change)
	}
	if change.items == nil && !change.reset {
		s.changeSubscription(sub, func() { change.fields(sub) })
		return nil
	}
	if change.items == nil {
		change.items = slices.Clone(sub.Items)
	}
	return s.applyItems(sub, change, at)
}
