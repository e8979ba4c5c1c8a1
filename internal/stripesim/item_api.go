package stripesim

import (
	"net/http"
	"slices"
)

func (s *Sim) itemEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/subscription_items":        s.createItem,
		"GET /v1/subscription_items":         s.listItems,
		"GET /v1/subscription_items/{id}":    s.getItem,
		"POST /v1/subscription_items/{id}":   s.updateItem,
		"DELETE /v1/subscription_items/{id}": s.deleteItem,
	}
}

// findItem finds an item of any subscription, ended ones too.
func (s *Sim) findItem(id string) (*Subscription, *SubscriptionItem) {
	for _, subID := range s.st.Subscriptions.order {
		sub := s.st.Subscriptions.get(subID)
		for i := range sub.Items {
			if sub.Items[i].ID == id {
				return sub, &sub.Items[i]
			}
		}
	}
	return nil, nil
}

func (s *Sim) listItems(c *call) (obj, error) {
	id := c.p.need("subscription")
	sub := s.st.Subscriptions.get(id)
	if sub == nil {
		return nil, noSuch("subscription", id, "subscription")
	}
	var items []*SubscriptionItem
	for i := range sub.Items {
		items = append(items, &sub.Items[i])
	}
	return page(c, "/v1/subscription_items", items, func(i *SubscriptionItem) string { return i.ID },
		func(i *SubscriptionItem) obj { return s.item(*i) })
}

func (s *Sim) getItem(c *call) (obj, error) {
	_, item := s.findItem(c.id)
	if item == nil {
		return nil, noSuch("subscription_item", c.id, "")
	}
	return s.item(*item), c.p.done()
}

// readItemChange reads what creating, updating and deleting an item have in common.
func readItemChange(p *params) update {
	change := update{
		proration: p.choice("proration_behavior", "create_prorations", "create_prorations", "always_invoice", "none"),
		behavior: p.choice("payment_behavior", "allow_incomplete", "allow_incomplete", "default_incomplete",
			"error_if_incomplete", "pending_if_incomplete"),
		at: p.number("proration_date"), fields: func(*Subscription) {},
	}
	p.ignore("off_session", "tax_rates", "billing_thresholds")
	return change
}

func (s *Sim) createItem(c *call) (obj, error) {
	sub := s.st.Subscriptions.get(c.p.need("subscription"))
	price := c.p.need("price")
	change := readItemChange(c.p)
	item := SubscriptionItem{Price: price, Quantity: s.readQuantity(c.p, price, 1), Metadata: c.p.metadata(nil)}
	if problem := s.priceProblem(price, "price"); problem != nil {
		c.p.fail(problem)
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if sub == nil || sub.ended() {
		return nil, noSuch("subscription", c.p.text("subscription"), "subscription")
	}
	if slices.ContainsFunc(sub.Items, func(other SubscriptionItem) bool { return other.Price == price }) {
		return nil, invalid("price", "Cannot add multiple subscription items with the same plan: "+price)
	}
	change.items = append(slices.Clone(sub.Items), item)
	if problem := s.mixProblem("price", change.items); problem != nil {
		return nil, problem
	}
	if err := s.applyUpdate(sub, change); err != nil {
		return nil, err
	}
	if sub.PendingUpdate != nil {
		return s.item(sub.PendingUpdate.SubscriptionItems[len(sub.PendingUpdate.SubscriptionItems)-1]), nil
	}
	return s.item(sub.Items[len(sub.Items)-1]), nil
}

func (s *Sim) updateItem(c *call) (obj, error) {
	sub, item := s.findItem(c.id)
	if item == nil || sub.ended() {
		return nil, noSuch("subscription_item", c.id, "")
	}
	change, changed := readItemChange(c.p), *item
	if c.p.has("price") {
		changed.Price = c.p.text("price")
		if problem := s.priceProblem(changed.Price, "price"); problem != nil {
			c.p.fail(problem)
		}
	}
	changed.Quantity = s.readQuantity(c.p, changed.Price, s.keptQuantity(*item))
	changed.Metadata = c.p.metadata(item.Metadata)
	if err := c.p.done(); err != nil {
		return nil, err
	}
	change.items = slices.Clone(sub.Items)
	change.items[slices.IndexFunc(sub.Items, func(other SubscriptionItem) bool { return other.ID == c.id })] = changed
	if problem := s.mixProblem("price", change.items); problem != nil {
		return nil, problem
	}
	if err := s.applyUpdate(sub, change); err != nil {
		return nil, err
	}
	_, item = s.findItem(c.id)
	return s.item(*item), nil
}

func (s *Sim) deleteItem(c *call) (obj, error) {
	sub, item := s.findItem(c.id)
	if item == nil || sub.ended() {
		return nil, noSuch("subscription_item", c.id, "")
	}
	change, forget := readItemChange(c.p), c.p.flag("clear_usage")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if problem := s.usageProblem(sub, *item, forget); problem != nil {
		return nil, problem
	}
	if len(sub.Items) == 1 {
		return nil, &apiError{status: http.StatusBadRequest, Type: "invalid_request_error",
			Message: "A subscription must have at least one active plan. To cancel it, use the cancel endpoint."}
	}
	change.items = slices.DeleteFunc(slices.Clone(sub.Items), func(other SubscriptionItem) bool { return other.ID == c.id })
	if err := s.applyUpdate(sub, change); err != nil {
		return nil, err
	}
	return obj{"id": c.id, "object": "subscription_item", "deleted": true}, nil
}
