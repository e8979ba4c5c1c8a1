package stripesim

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Customers lists the newest customers, deleted ones too; limit 0 means all. Like all lists here it
// is a copy.
func (s *Sim) Customers(limit int) []Customer { return snapshot(s, &s.st.Customers, limit) }

// Products lists the newest products.
func (s *Sim) Products(limit int) []Product { return snapshot(s, &s.st.Products, limit) }

// Prices lists the newest prices.
func (s *Sim) Prices(limit int) []Price { return snapshot(s, &s.st.Prices, limit) }

// Subscriptions lists the newest subscriptions of any status.
func (s *Sim) Subscriptions(limit int) []Subscription { return snapshot(s, &s.st.Subscriptions, limit) }

// Schedules lists the newest subscription schedules.
func (s *Sim) Schedules(limit int) []Schedule { return snapshot(s, &s.st.Schedules, limit) }

// Invoices lists the newest invoices.
func (s *Sim) Invoices(limit int) []Invoice { return snapshot(s, &s.st.Invoices, limit) }

// Checkouts lists the newest Checkout sessions.
func (s *Sim) Checkouts(limit int) []CheckoutSession { return snapshot(s, &s.st.Checkouts, limit) }

// Events lists the newest events.
func (s *Sim) Events(limit int) []Event { return snapshot(s, &s.st.Events, limit) }

// Deliveries lists the newest delivery attempts; limit 0 means all that are kept.
func (s *Sim) Deliveries(limit int) []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.st.Deliveries)
	slices.Reverse(all)
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	return all
}

// PendingDelivery is an event that is on its way or held back.
type PendingDelivery struct {
	EventID    string
	EndpointID string
	Attempt    int
	Held       bool
}

// Pending lists what has not been delivered yet, the oldest first.
func (s *Sim) Pending() []PendingDelivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []PendingDelivery
	for _, q := range s.st.Queue {
		all = append(all, PendingDelivery{EventID: q.EventID, EndpointID: q.EndpointID, Attempt: q.Attempt, Held: q.Held})
	}
	return all
}

// Object answers any object by its id as the API would, or nil.
func (s *Sim) Object(id string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.render(id)
}

func snapshot[T any](s *Sim, rows *table[T], limit int) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	newest := rows.newest(nil)
	if limit > 0 && len(newest) > limit {
		newest = newest[:limit]
	}
	copies := make([]T, 0, len(newest))
	for _, row := range newest {
		copies = append(copies, clone(row))
	}
	return copies
}

func clone[T any](row *T) T {
	var copied T
	data, err := json.Marshal(row)
	if err == nil {
		err = json.Unmarshal(data, &copied)
	}
	if err != nil {
		panic(fmt.Sprintf("copying %T: %v", row, err)) // our own types encode and decode
	}
	return copied
}
