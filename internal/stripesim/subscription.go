package stripesim

import "slices"

// Subscription is Stripe's subscription. Times are Unix seconds by the moved clock, 0 where unset.
type Subscription struct {
	ID                   string               `json:"id"`
	BillingCycleAnchor   int64                `json:"billing_cycle_anchor"`
	CancelAt             int64                `json:"cancel_at,omitempty"`
	CancelAtPeriodEnd    bool                 `json:"cancel_at_period_end"`
	CanceledAt           int64                `json:"canceled_at,omitempty"`
	CancellationDetails  CancellationDetails  `json:"cancellation_details"`
	Created              int64                `json:"created"`
	Currency             string               `json:"currency"`
	CurrentPeriodEnd     int64                `json:"current_period_end"`
	CurrentPeriodStart   int64                `json:"current_period_start"`
	Customer             string               `json:"customer"`
	DefaultPaymentMethod string               `json:"default_payment_method,omitempty"`
	Description          string               `json:"description,omitempty"`
	Discount             string               `json:"discount,omitempty"`
	EndedAt              int64                `json:"ended_at,omitempty"`
	Items                []SubscriptionItem   `json:"items"`
	LatestInvoice        string               `json:"latest_invoice,omitempty"`
	Metadata             map[string]string    `json:"metadata,omitempty"`
	PauseCollection      *PauseCollection     `json:"pause_collection,omitempty"`
	PendingUpdate        *PendingUpdate       `json:"pending_update,omitempty"`
	Schedule             string               `json:"schedule,omitempty"`
	StartDate            int64                `json:"start_date"`
	Status               string               `json:"status"`
	TrialEnd             int64                `json:"trial_end,omitempty"`
	TrialSettings        TrialSettings        `json:"trial_settings"`
	TrialStart           int64                `json:"trial_start,omitempty"`
	Internal             subscriptionInternal `json:"_sim"`
}

// SubscriptionItem is one price of a subscription.
type SubscriptionItem struct {
	ID           string            `json:"id"`
	Created      int64             `json:"created"`
	Metadata     map[string]string `json:"metadata,omitempty"`
	Price        string            `json:"price"`
	Quantity     int64             `json:"quantity"`
	Subscription string            `json:"subscription"`
}

// CancellationDetails say why a subscription ended.
type CancellationDetails struct {
	Comment  string `json:"comment,omitempty"`
	Feedback string `json:"feedback,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// PauseCollection holds invoices back; it is not a status.
type PauseCollection struct {
	Behavior  string `json:"behavior"`
	ResumesAt *int64 `json:"resumes_at"`
}

// PendingUpdate is a change that waits for its payment.
type PendingUpdate struct {
	BillingCycleAnchor int64              `json:"billing_cycle_anchor,omitempty"`
	ExpiresAt          int64              `json:"expires_at"`
	SubscriptionItems  []SubscriptionItem `json:"subscription_items"`
	TrialEnd           int64              `json:"trial_end,omitempty"`
}

// TrialSettings say what happens when a trial ends.
type TrialSettings struct {
	EndBehavior EndBehavior `json:"end_behavior"`
}

// EndBehavior is create_invoice, cancel or pause.
type EndBehavior struct {
	MissingPaymentMethod string `json:"missing_payment_method,omitempty"`
}

type subscriptionInternal struct {
	TrialWarned bool  `json:"trial_warned,omitempty"`
	UpcomingFor int64 `json:"upcoming_for,omitempty"` // period end whose invoice.upcoming was sent
	// Paid is what was taken off the price of the current period.
	Paid reduction `json:"paid"`
}

// ended reports whether nothing can happen to the subscription any more.
func (sub *Subscription) ended() bool {
	return sub.Status == "canceled" || sub.Status == "incomplete_expired"
}

func (s *Sim) subscription(sub *Subscription) obj {
	out := s.shaped("subscription", sub)
	out["items"] = s.itemList(sub, sub.Items)
	out["discounts"] = []any{}
	if d := s.st.Discounts.get(sub.Discount); d != nil {
		out["discount"], out["discounts"] = s.discount(d), []any{d.ID}
	}
	if pending, ok := out["pending_update"].(obj); ok {
		items := []any{}
		for _, item := range sub.PendingUpdate.SubscriptionItems {
			items = append(items, s.item(item))
		}
		pending["subscription_items"] = items
		full := toObj(s.shapes["pending_update"])
		merge(full, pending)
		out["pending_update"] = full
	}
	return out
}

func (s *Sim) itemList(sub *Subscription, items []SubscriptionItem) obj {
	rows := []any{}
	for _, item := range items {
		rows = append(rows, s.item(item))
	}
	list := listOf("/v1/subscription_items?subscription="+sub.ID, false, rows...)
	list["total_count"] = len(rows)
	return list
}

func (s *Sim) item(item SubscriptionItem) obj {
	out := s.shaped("subscription_item", item)
	if price := s.st.Prices.get(item.Price); price != nil {
		out["price"] = s.price(price)
		if price.metered() {
			delete(out, "quantity")
		}
	}
	return out
}

func (p *Price) metered() bool { return p.Recurring != nil && p.Recurring.UsageType == "metered" }

func (s *Sim) subscriptionEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/subscriptions":                 s.createSubscription,
		"GET /v1/subscriptions":                  s.listSubscriptions,
		"GET /v1/subscriptions/{id}":             s.getSubscription,
		"POST /v1/subscriptions/{id}":            s.updateSubscription,
		"DELETE /v1/subscriptions/{id}":          s.cancelSubscription,
		"POST /v1/subscriptions/{id}/resume":     s.resumeSubscription,
		"DELETE /v1/subscriptions/{id}/discount": s.deleteDiscount,
	}
}

func (s *Sim) getSubscription(c *call) (obj, error) {
	sub := s.st.Subscriptions.get(c.id)
	if sub == nil {
		return nil, noSuch("subscription", c.id, "")
	}
	return s.subscription(sub), c.p.done()
}

// listSubscriptions leaves canceled ones out unless status asks for them, as Stripe does.
func (s *Sim) listSubscriptions(c *call) (obj, error) {
	customer, price := c.p.text("customer"), c.p.text("price")
	status := c.p.choice("status", "", "all", "ended", "active", "canceled", "incomplete", "incomplete_expired",
		"past_due", "paused", "trialing", "unpaid")
	within := createdRange(c.p)
	c.p.ignore("collection_method", "current_period_end", "current_period_start")
	rows := s.st.Subscriptions.newest(func(sub *Subscription) bool {
		return (customer == "" || sub.Customer == customer) && hasStatus(sub, status) && within(sub.Created) &&
			(price == "" || slices.ContainsFunc(sub.Items, func(i SubscriptionItem) bool { return i.Price == price }))
	})
	return page(c, "/v1/subscriptions", rows, func(sub *Subscription) string { return sub.ID }, s.subscription)
}

func hasStatus(sub *Subscription, status string) bool {
	switch status {
	case "all":
		return true
	case "ended":
		return sub.ended()
	case "":
		return sub.Status != "canceled"
	}
	return sub.Status == status
}

// changeSubscription applies a change and emits customer.subscription.updated when it made a difference.
func (s *Sim) changeSubscription(sub *Subscription, change func()) {
	before := s.subscription(sub)
	change()
	s.emitUpdate("customer.subscription.updated", before, s.subscription(sub))
}
