package stripesim

import (
	"net/http"
	"slices"
)

// preview is a change whose next invoice is asked for.
type preview struct {
	items     []SubscriptionItem
	proration string
	at        int64
	reset     bool
	endTrial  bool
}

func (s *Sim) upcomingInvoice(c *call) (obj, error) {
	customer, id := c.p.text("customer"), c.p.text("subscription")
	ask := preview{
		proration: c.p.choice("subscription_proration_behavior", "create_prorations", "create_prorations", "always_invoice", "none"),
		at:        c.p.number("subscription_proration_date"),
		reset:     c.p.text("subscription_billing_cycle_anchor") == "now",
		endTrial:  c.p.text("subscription_trial_end") == "now",
	}
	c.p.ignore("subscription_trial_from_plan", "automatic_tax", "currency", "schedule", "subscription_start_date",
		"subscription_cancel_at")
	cancels := c.p.flag("subscription_cancel_at_period_end") || c.p.flag("subscription_cancel_now")
	if id == "" && c.p.has("subscription_items") {
		return s.upcomingFirst(c, customer)
	}
	sub, err := s.previewed(customer, id)
	if err != nil {
		return nil, err
	}
	ask.items = sub.Items
	if c.p.has("subscription_items") {
		ask.items = s.readItems(c.p, "subscription_items", sub)
	}
	d, drop := s.readDiscount(c.p, func() (string, string, int64) { return sub.Customer, sub.Currency, s.amountOf(ask.items) })
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if d != nil || drop {
		var forget func()
		sub, forget = s.tryDiscount(sub, d)
		defer forget()
	}
	if ask.at != 0 && (ask.at < sub.CurrentPeriodStart || ask.at > sub.CurrentPeriodEnd) {
		return nil, invalid("subscription_proration_date", "Cannot specify `subscription_proration_date` outside of the current billing period.")
	}
	changed := !sameJSON(ask.items, sub.Items)
	owes := len(s.pendingItems(sub)) > 0 || s.hasUsage(sub)
	if sub.ended() || (cancels || sub.CancelAtPeriodEnd) && !changed && !owes {
		return nil, noUpcoming(sub.Customer)
	}
	return s.invoice(s.preview(sub, ask)), nil
}

func noUpcoming(customer string) *apiError {
	problem := refused("invoice_upcoming_none", "No upcoming invoices for customer: '"+customer+"'")
	problem.status = http.StatusNotFound
	return problem
}

// previewed finds the subscription by id, or the customer's latest one that goes on.
func (s *Sim) previewed(customer, id string) (*Subscription, error) {
	if id != "" {
		sub := s.st.Subscriptions.get(id)
		if sub == nil || customer != "" && sub.Customer != customer {
			return nil, noSuch("subscription", id, "subscription")
		}
		return sub, nil
	}
	if customer == "" {
		return nil, missingParam("customer")
	}
	if _, err := s.liveCustomer(customer, "customer"); err != nil {
		return nil, err
	}
	running := s.st.Subscriptions.newest(func(sub *Subscription) bool { return sub.Customer == customer && !sub.ended() })
	if len(running) == 0 {
		return nil, noUpcoming(customer)
	}
	return running[0], nil
}

// upcomingFirst previews the first invoice of a subscription that does not exist yet.
func (s *Sim) upcomingFirst(c *call, customer string) (obj, error) {
	items := s.readNewItems(c.p, "subscription_items")
	d, _ := s.readDiscount(c.p, func() (string, string, int64) {
		return customer, s.st.Prices.get(items[0].Price).Currency, s.amountOf(items)
	})
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if _, err := s.liveCustomer(customer, "customer"); err != nil {
		return nil, err
	}
	now := s.now().Unix()
	sub := &Subscription{Customer: customer, Items: items, Currency: s.st.Prices.get(items[0].Price).Currency, Status: "incomplete"}
	s.beginPeriod(sub, now)
	sub, forget := s.tryDiscount(sub, d)
	defer forget()
	return s.invoice(s.draft(sub, Period{now, now}, s.periodLines(sub, items), now)), nil
}

// tryDiscount is a copy of a subscription with another discount (nil: none), which is kept until forget is called.
func (s *Sim) tryDiscount(sub *Subscription, d *Discount) (copied *Subscription, forget func()) {
	tried := *sub
	tried.Discount = ""
	if d == nil {
		return &tried, func() {}
	}
	d.Customer, d.Subscription, tried.Discount = sub.Customer, sub.ID, d.ID
	s.st.Discounts.put(d.ID, d)
	return &tried, func() { s.st.Discounts.remove(d.ID) }
}

// preview makes the invoice that would come next, without an id and without keeping anything.
func (s *Sim) preview(sub *Subscription, ask preview) *Invoice {
	at := ask.at
	if at == 0 {
		at = s.now().Unix()
	}
	if ask.endTrial && sub.Status == "trialing" {
		paid := *sub
		paid.Status, paid.Items = "active", ask.items
		sub, ask.reset, ask.proration = &paid, true, "none"
	}
	p := s.planItems(sub, ask.items, ask.proration, ask.reset, at)
	if ask.endTrial {
		p.used = nil // what was used in a trial is free
	}
	lines := append(lineOfItems(s.pendingItems(sub)), p.lines...)
	switch {
	case p.reset:
		fresh := *sub
		fresh.Items = ask.items
		s.beginPeriod(&fresh, at)
		lines = slices.Concat(lines, p.used, s.periodLines(&fresh, ask.items))
		return s.draft(sub, Period{at, at}, lines, at)
	case p.immediate && sub.Status != "trialing" && len(p.lines) > 0:
		return s.draft(sub, Period{at, at}, lines, at)
	}
	next := *sub
	items := ask.items
	last := Period{sub.CurrentPeriodStart, sub.CurrentPeriodEnd}
	lines = append(lines, s.usageLines(sub, last)...)
	if sameJSON(items, sub.Items) {
		items = s.itemsAfter(sub, sub.CurrentPeriodEnd)
	}
	if next.Status == "trialing" {
		next.Status = "active"
		next.BillingCycleAnchor = sub.TrialEnd
	}
	next.CurrentPeriodStart = sub.CurrentPeriodEnd
	next.CurrentPeriodEnd = periodAfter(next.BillingCycleAnchor, s.recurring(items), sub.CurrentPeriodEnd)
	if !sub.CancelAtPeriodEnd {
		lines = append(lines, s.periodLines(&next, items)...)
	}
	return s.draft(sub, last, lines, sub.CurrentPeriodEnd)
}

func (s *Sim) draft(sub *Subscription, period Period, lines []InvoiceLine, created int64) *Invoice {
	cus := s.st.Customers.get(sub.Customer)
	inv := &Invoice{
		Created: created, Customer: sub.Customer, CustomerEmail: cus.Email, CustomerName: cus.Name,
		CustomerAddress: cus.Address, CustomerTaxIDs: s.invoiceTaxIDs(cus.ID),
		Currency: sub.Currency, AutoAdvance: true, BillingReason: "upcoming", PeriodStart: period.Start,
		PeriodEnd: period.End, Status: "draft", Subscription: sub.ID, Lines: lines, NextPaymentAttempt: created + 3600,
		Internal: invoiceInternal{SubscriptionMetadata: sub.Metadata},
	}
	for i := range inv.Lines {
		inv.Lines[i].ID = s.newID("il_tmp_", 24)
	}
	s.useDiscount(sub, inv, created)
	inv.addUp(cus.Balance)
	return inv
}
