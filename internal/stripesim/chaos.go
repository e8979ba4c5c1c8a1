package stripesim

import (
	"fmt"
	"slices"
	"time"
)

// reorderWait is how long an incomplete block of reordered events waits for the rest.
const reorderWait = 500 * time.Millisecond

// Endpoint is where events are sent.
type Endpoint struct {
	ID     string `json:"id"`
	URL    string `json:"url"`
	Secret string `json:"secret"`
	Chaos  Chaos  `json:"chaos"`
}

// Chaos is what goes wrong on purpose between the local Stripe and an endpoint. The zero value is calm.
type Chaos struct {
	Duplicate   int           `json:"duplicate"`  // so many further copies of each event
	Delay       time.Duration `json:"delay"`      // real time before the first attempt
	Reorder     int           `json:"reorder"`    // each block of so many events is sent backwards
	DropNext    int           `json:"drop_next"`  // the next so many events are never sent
	DropTypes   []string      `json:"drop_types"` // events of these types (customer.* is allowed) are never sent
	Hold        bool          `json:"hold"`       // nothing is sent until Hold is taken back or Release is called
	WrongSecret bool          `json:"wrong_secret"`
}

func (e *Endpoint) signingSecret() string {
	if e.Chaos.WrongSecret {
		return "whsec_wrong"
	}
	return e.Secret
}

// configureEndpoint makes or updates the endpoint of the configuration, which wins over a kept one.
func (s *Sim) configureEndpoint() {
	const first = "we_configured"
	if s.cfg.WebhookURL == "" {
		return
	}
	if endpoint := s.endpointByID(first); endpoint != nil {
		endpoint.URL, endpoint.Secret = s.cfg.WebhookURL, s.cfg.WebhookSecret
		return
	}
	s.st.Endpoints = append([]*Endpoint{{ID: first, URL: s.cfg.WebhookURL, Secret: s.cfg.WebhookSecret}}, s.st.Endpoints...)
}

func (s *Sim) endpointByID(id string) *Endpoint {
	for _, endpoint := range s.st.Endpoints {
		if endpoint.ID == id {
			return endpoint
		}
	}
	return nil
}

// AddEndpoint sends all further events to one more URL and returns the endpoint's id.
func (s *Sim) AddEndpoint(url, secret string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	endpoint := &Endpoint{ID: s.newID("we_", 24), URL: url, Secret: secret}
	s.st.Endpoints = append(s.st.Endpoints, endpoint)
	s.touched()
	return endpoint.ID
}

// Endpoints lists the webhook endpoints with their chaos settings.
func (s *Sim) Endpoints() []Endpoint {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Endpoint
	for _, endpoint := range s.st.Endpoints {
		copied := *endpoint
		copied.Chaos.DropTypes = slices.Clone(endpoint.Chaos.DropTypes)
		all = append(all, copied)
	}
	return all
}

// SetChaos replaces the chaos settings of one endpoint, or of all when the id is empty. Taking Hold
// back releases what was held, in the order of the events.
func (s *Sim) SetChaos(endpointID string, chaos Chaos) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if endpointID != "" && s.endpointByID(endpointID) == nil {
		return fmt.Errorf("there is no webhook endpoint %q", endpointID)
	}
	for _, endpoint := range s.st.Endpoints {
		if endpointID != "" && endpoint.ID != endpointID {
			continue
		}
		endpoint.Chaos = chaos
		if !chaos.Hold {
			s.release(func(q *queued) bool { return q.EndpointID == endpoint.ID })
		}
	}
	s.touched()
	return nil
}

// Release sends held events, in the order given; without ids all of them. Others stay held.
func (s *Sim) Release(eventIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(eventIDs) == 0 {
		s.release(func(*queued) bool { return true })
	}
	for _, id := range eventIDs {
		s.release(func(q *queued) bool { return q.EventID == id })
	}
}

func (s *Sim) release(these func(*queued) bool) {
	for _, q := range s.st.Queue {
		if q.Held && these(q) {
			s.st.Sequence++
			q.Held, q.Due, q.Order = false, time.Now(), s.st.Sequence
		}
	}
	s.touched()
	s.announce()
}

// enqueue plans the delivery of a new event to every endpoint, as its chaos settings say.
func (s *Sim) enqueue(e *Event) {
	for _, endpoint := range s.st.Endpoints {
		e.Waiting = append(e.Waiting, endpoint.ID)
		chaos := &endpoint.Chaos
		dropped := len(chaos.DropTypes) > 0 && matchesKind(e.Type, chaos.DropTypes)
		if chaos.DropNext > 0 {
			chaos.DropNext--
			dropped = true
		}
		if dropped {
			s.record(Delivery{EventID: e.ID, EventType: e.Type, EndpointID: endpoint.ID, Attempt: 1,
				At: s.cfg.Now(), Error: "dropped on request", GaveUp: true})
			continue
		}
		for range 1 + chaos.Duplicate {
			s.queueOne(e, endpoint)
		}
	}
	s.announce()
}

func (s *Sim) queueOne(e *Event, endpoint *Endpoint) {
	s.st.Sequence++
	q := &queued{
		EventID: e.ID, EndpointID: endpoint.ID, Attempt: 1, Due: time.Now().Add(endpoint.Chaos.Delay),
		Order: s.st.Sequence, Held: endpoint.Chaos.Hold,
	}
	s.st.Queue = append(s.st.Queue, q)
	if size := int64(endpoint.Chaos.Reorder); size > 1 {
		s.reorder(q, size)
	}
}

// reorder puts q into the block of its endpoint that is still filling, last made first. A full block
// goes at once, an incomplete one after reorderWait.
func (s *Sim) reorder(q *queued, size int64) {
	var block []*queued
	for _, other := range s.st.Queue {
		if other.EndpointID == q.EndpointID && other.Block > 0 && other.Attempt == 1 && !other.flying && other.Due.After(time.Now()) {
			block = append(block, other)
		}
	}
	if int64(len(block)) >= size {
		block = nil // full ones that wait for their delay take no more
	}
	q.Block = q.Order
	due := q.Due.Add(reorderWait)
	if len(block) > 0 {
		q.Block = block[0].Block
		q.Order = block[len(block)-1].Order - 1
	} else {
		q.Order = s.st.Sequence + size
		s.st.Sequence += size
	}
	if int64(len(block)+1) >= size {
		due = q.Due
	}
	for _, member := range append(block, q) {
		member.Due = due
	}
}
