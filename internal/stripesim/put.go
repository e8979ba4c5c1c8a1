package stripesim

import (
	"encoding/json"
	"fmt"
)

// Put writes an object in Stripe's shape straight into the state, with the id it has: for tests that
// need known ids or a certain state. It may be partial: what it names replaces, null clears, the rest
// stays. Objects it refers to must exist. No event is made. Kinds: customer, product, price,
// subscription, subscription_schedule, invoice, payment_method.
func (s *Sim) Put(object json.RawMessage) error {
	given := obj{}
	if err := json.Unmarshal(object, &given); err != nil {
		return fmt.Errorf("putting an object: %w", err)
	}
	kind, _ := given["object"].(string)
	id, _ := given["id"].(string)
	if id == "" {
		return fmt.Errorf("putting a %s without an id", kind)
	}
	flat, _ := flatten(given).(obj)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.putKind(kind, id, flat); err != nil {
		return fmt.Errorf("putting %s %s: %w", kind, id, err)
	}
	s.touched()
	return nil
}

func (s *Sim) putKind(kind, id string, flat obj) error {
	switch kind {
	case "customer":
		return putRow(&s.st.Customers, id, flat, func(cus *Customer) error {
			cus.NextInvoiceSequence = max(1, cus.NextInvoiceSequence)
			return nil
		})
	case "product":
		return putRow(&s.st.Products, id, flat, nil)
	case "price":
		return putRow(&s.st.Prices, id, flat, nil)
	case "payment_method":
		return putRow(&s.st.PaymentMethods, id, flat, func(pm *PaymentMethod) error { return s.knows(pm.Customer) })
	case "subscription":
		return putRow(&s.st.Subscriptions, id, flat, s.checkPut)
	case "subscription_schedule":
		return putRow(&s.st.Schedules, id, flat, func(sched *Schedule) error { return s.knows(sched.Customer, sched.Subscription) })
	case "invoice":
		return putRow(&s.st.Invoices, id, flat, func(inv *Invoice) error { return s.knows(inv.Customer, inv.Subscription) })
	}
	return fmt.Errorf("this kind cannot be put")
}

func (s *Sim) checkPut(sub *Subscription) error {
	if sub.Customer == "" || len(sub.Items) == 0 {
		return fmt.Errorf("a subscription needs a customer and items")
	}
	for i := range sub.Items {
		item := &sub.Items[i]
		if err := s.knows(item.Price); err != nil {
			return err
		}
		item.Subscription = sub.ID
		if item.ID == "" {
			item.ID = s.newID("si_", 14)
		}
		if sub.Currency == "" {
			sub.Currency = s.st.Prices.get(item.Price).Currency
		}
	}
	return s.knows(sub.Customer)
}

// knows reports the first id that nothing has.
func (s *Sim) knows(ids ...string) error {
	for _, id := range ids {
		if id != "" && s.render(id) == nil {
			return fmt.Errorf("there is no %s", id)
		}
	}
	return nil
}

func putRow[T any](rows *table[T], id string, given obj, check func(*T) error) error {
	merged := obj{}
	if old := rows.get(id); old != nil {
		merged = toObj(old)
	}
	for key, value := range given {
		merged[key] = value
		if value == nil {
			delete(merged, key)
		}
	}
	data, err := json.Marshal(merged)
	if err != nil {
		return err
	}
	row := new(T)
	if err := json.Unmarshal(data, row); err != nil {
		return err
	}
	if check != nil {
		if err := check(row); err != nil {
			return err
		}
	}
	rows.put(id, row)
	return nil
}

// flatten turns an answer back into what is kept: lists into their data, objects inside into their ids.
func flatten(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := obj{}
		for key, member := range value {
			out[key] = inside(member)
		}
		return out
	case []any:
		out := make([]any, 0, len(value))
		for _, member := range value {
			out = append(out, flatten(member))
		}
		return out
	}
	return value
}

func inside(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return flatten(value)
	}
	if data, isList := object["data"].([]any); isList {
		return flatten(data)
	}
	id, hasID := object["id"].(string)
	if _, hasKind := object["object"]; hasID && hasKind {
		return id
	}
	return flatten(object)
}
