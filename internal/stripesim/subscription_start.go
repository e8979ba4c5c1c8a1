package stripesim

import (
	"cmp"
	"net/http"
)

// start is what a new subscription is made from, by the API or by Checkout.
type start struct {
	customer      string
	items         []SubscriptionItem // price and quantity
	trialEnd      int64
	missingMethod string
	method        string
	description   string
	metadata      map[string]string
	cancelAt      int64
	cancelAtEnd   bool
	behavior      string // payment_behavior
	passed        bool   // 3-D Secure was just passed on a hosted page
	discount      *Discount
}

func (s *Sim) createSubscription(c *call) (obj, error) {
	from, err := s.readStart(c.p)
	if err != nil {
		return nil, err
	}
	if from.behavior == "error_if_incomplete" && from.trialEnd == 0 {
		due := s.amountOf(from.items)
		if from.discount != nil {
			due -= s.off(s.st.Coupons.get(from.discount.Coupon), due)
		}
		if problem := s.cannotPay(s.startMethod(from), due); problem != nil {
			return nil, problem
		}
	}
	return s.subscription(s.startSubscription(from)), nil
}

func (s *Sim) readStart(p *params) (start, error) {
	from := start{
		customer: p.need("customer"), method: p.text("default_payment_method"), description: p.text("description"),
		metadata: p.metadata(nil), cancelAt: p.number("cancel_at"), cancelAtEnd: p.flag("cancel_at_period_end"),
		behavior: p.choice("payment_behavior", "allow_incomplete", "allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"),
	}
	from.trialEnd, from.missingMethod = s.readTrial(p)
	p.ignore("collection_method", "currency", "off_session", "payment_settings", "automatic_tax", "proration_behavior",
		"trial_from_plan", "days_until_due", "default_source", "billing_cycle_anchor")
	from.items = s.readNewItems(p, "items")
	from.discount, _ = s.readDiscount(p, func() (string, string, int64) {
		return from.customer, s.st.Prices.get(from.items[0].Price).Currency, s.amountOf(from.items)
	})
	if err := p.done(); err != nil {
		return from, err
	}
	if _, err := s.liveCustomer(from.customer, "customer"); err != nil {
		return from, err
	}
	if pm := s.st.PaymentMethods.get(from.method); from.method != "" && (pm == nil || pm.Customer != from.customer) {
		return from, noSuch("PaymentMethod", from.method, "default_payment_method")
	}
	return from, nil
}

// readTrial reads trial_period_days, trial_end and trial_settings; the end is 0 without a trial.
func (s *Sim) readTrial(p *params) (int64, string) {
	var end int64
	if days := p.number("trial_period_days"); days > 0 {
		end = s.now().AddDate(0, 0, int(days)).Unix()
	}
	if p.text("trial_end") != "now" {
		if at := p.number("trial_end"); at > 0 {
			end = at
			if at <= s.now().Unix() {
				p.fail(invalid("trial_end", "Invalid timestamp: must be in the future"))
			}
		}
	}
	behavior := p.at("trial_settings").at("end_behavior").choice("missing_payment_method", "", "create_invoice", "cancel", "pause")
	return end, behavior
}

// readNewItems reads price and quantity of each item; prices must be recurring, of one currency and interval.
func (s *Sim) readNewItems(p *params, key string) []SubscriptionItem {
	var items []SubscriptionItem
	for _, at := range p.list(key) {
		id := at.need("price")
		item := SubscriptionItem{Price: id, Quantity: s.readQuantity(at, id, 1), Metadata: at.metadata(nil)}
		at.ignore("tax_rates", "billing_thresholds", "adjustable_quantity", "dynamic_tax_rates")
		if problem := s.priceProblem(id, at.name+"[price]"); problem != nil {
			p.fail(problem)
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		p.fail(missingParam(key))
	}
	if problem := s.mixProblem(key, items); problem != nil {
		p.fail(problem)
	}
	return items
}

// readQuantity reads how many of a price, which a metered one does not have.
func (s *Sim) readQuantity(at *params, price string, fallback int64) int64 {
	if p := s.st.Prices.get(price); p != nil {
		if problem := p.itemProblem(at); problem != nil {
			at.fail(problem)
		}
		if p.metered() {
			return 0
		}
	}
	if at.has("quantity") {
		return at.number("quantity")
	}
	return fallback
}

// keptQuantity is what an item goes on with when its price changes and nothing is said.
func (s *Sim) keptQuantity(item SubscriptionItem) int64 {
	if s.isMetered(item.Price) {
		return 1
	}
	return item.Quantity
}

func (s *Sim) priceProblem(id, param string) *apiError {
	price := s.st.Prices.get(id)
	switch {
	case price == nil:
		return noSuch("price", id, param)
	case price.Recurring == nil:
		return invalid(param, "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.")
	case !price.Active:
		return invalid(param, "The price specified is inactive. This field only accepts active prices.")
	}
	return nil
}

func (s *Sim) startMethod(from start) *PaymentMethod {
	if from.method != "" {
		return s.st.PaymentMethods.get(from.method)
	}
	return s.defaultMethod(from.customer, "")
}

func (s *Sim) amountOf(items []SubscriptionItem) int64 {
	var sum int64
	for _, item := range items {
		if price := s.st.Prices.get(item.Price); price != nil && !price.metered() {
			sum += price.cost(item.Quantity)
		}
	}
	return sum
}

// cannotPay is the error that error_if_incomplete answers, or nil.
func (s *Sim) cannotPay(pm *PaymentMethod, amount int64) *apiError {
	if amount <= 0 {
		return nil
	}
	result := foresee(pm, false)
	if result.authenticate {
		problem := cardError("subscription_payment_intent_requires_action", "authentication_required", "The payment needs the customer's authentication.")
		return problem
	}
	if result.failure != nil {
		problem := *result.failure
		problem.status = http.StatusPaymentRequired
		return &problem
	}
	return nil
}

// startSubscription makes the subscription and its first invoice, and pays it unless told not to.
func (s *Sim) startSubscription(from start) *Subscription {
	now := s.now().Unix()
	first := s.st.Prices.get(from.items[0].Price)
	sub := &Subscription{
		ID: s.newID("sub_", 24), Created: now, StartDate: now, BillingCycleAnchor: now, CurrentPeriodStart: now,
		Currency: first.Currency, Customer: from.customer, DefaultPaymentMethod: from.method,
		Description: from.description, Metadata: from.metadata, Status: "incomplete", CancelAt: from.cancelAt,
		TrialSettings: TrialSettings{EndBehavior{cmp.Or(from.missingMethod, "create_invoice")}},
	}
	for _, item := range from.items {
		sub.Items = append(sub.Items, s.newItem(sub, item))
	}
	if from.trialEnd > 0 {
		sub.Status, sub.TrialStart, sub.TrialEnd, sub.BillingCycleAnchor = "trialing", now, from.trialEnd, from.trialEnd
		sub.CurrentPeriodEnd = from.trialEnd
	} else {
		sub.CurrentPeriodEnd = periodAfter(sub.BillingCycleAnchor, first.Recurring, now)
	}
	if from.cancelAtEnd {
		sub.CancelAtPeriodEnd, sub.CancelAt, sub.CanceledAt = true, sub.CurrentPeriodEnd, now
	}
	s.st.Subscriptions.put(sub.ID, sub)
	tell := func() {}
	if from.discount != nil {
		tell = s.keep(from.discount, sub)
		sub.Discount = from.discount.ID
	}
	cus := s.st.Customers.get(sub.Customer)
	cus.Currency = sub.Currency
	inv := s.newInvoice(sub, "subscription_create", Period{now, now}, s.periodLines(sub, sub.Items))
	sub.LatestInvoice = inv.ID
	s.emit("customer.subscription.created", s.subscription(sub), nil)
	tell()
	if sub.Status == "trialing" && sub.TrialEnd-now <= trialWarning {
		s.warnOfTrialEnd(sub)
	}
	s.emit("invoice.created", s.invoice(inv), nil)
	s.finalize(inv)
	if from.behavior != "default_incomplete" || inv.AmountDue == 0 {
		s.collect(inv, nil, from.passed)
	}
	return sub
}

func (s *Sim) newItem(sub *Subscription, item SubscriptionItem) SubscriptionItem {
	item.ID, item.Created, item.Subscription = s.newID("si_", 14), s.now().Unix(), sub.ID
	if item.Metadata == nil {
		item.Metadata = map[string]string{}
	}
	return item
}
