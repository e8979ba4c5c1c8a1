package stripesim

import (
	"slices"
	"strings"
)

// eventsKept bounds the history; older events that are not on their way any more are forgotten.
const eventsKept = 5000

// Event is one change as Stripe tells it. Object and Previous never change after the event was made.
type Event struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Created  int64  `json:"created"` // by the moved clock
	Object   obj    `json:"object"`
	Previous obj    `json:"previous,omitempty"`
	Request  string `json:"request,omitempty"`
	Key      string `json:"key,omitempty"`
	// Waiting are the endpoints that have not taken the event yet.
	Waiting []string `json:"waiting,omitempty"`
}

// ObjectID is the id of the object the event tells of, or empty.
func (e Event) ObjectID() string {
	id, _ := e.Object["id"].(string)
	return id
}

func (s *Sim) event(e *Event) obj {
	out := toObj(s.shapes["event"])
	data := obj{"object": e.Object}
	if len(e.Previous) > 0 {
		data["previous_attributes"] = e.Previous
	}
	merge(out, obj{
		"id": e.ID, "type": e.Type, "created": e.Created, "data": data, "livemode": s.cfg.Livemode,
		"pending_webhooks": len(e.Waiting),
	})
	if e.Request != "" {
		out["request"] = obj{"id": e.Request, "idempotency_key": orNil(e.Key)}
	}
	return out
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// emit records an event and queues it for every endpoint. The caller holds the lock.
func (s *Sim) emit(kind string, object, previous obj) *Event {
	e := &Event{
		ID: s.newID("evt_", 24), Type: kind, Created: s.now().Unix(), Object: object, Previous: previous,
		Request: s.request.id, Key: s.request.key,
	}
	s.st.Events.put(e.ID, e)
	s.enqueue(e)
	s.forgetOldEvents()
	s.touched()
	return e
}

// emitUpdate emits an update event with previous_attributes, or nothing when nothing differs.
func (s *Sim) emitUpdate(kind string, before, after obj) {
	if diff := changes(before, after); len(diff) > 0 {
		s.emit(kind, after, diff)
	}
}

func (s *Sim) forgetOldEvents() {
	if len(s.st.Events.order) <= eventsKept {
		return
	}
	oldest := s.st.Events.order[0]
	if !slices.ContainsFunc(s.st.Queue, func(q *queued) bool { return q.EventID == oldest }) {
		s.st.Events.remove(oldest)
	}
}

func (s *Sim) eventEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"GET /v1/events":      s.listEvents,
		"GET /v1/events/{id}": s.getEvent,
	}
}

func (s *Sim) getEvent(c *call) (obj, error) {
	e := s.st.Events.get(c.id)
	if e == nil {
		return nil, noSuch("event", c.id, "")
	}
	return s.event(e), c.p.done()
}

func (s *Sim) listEvents(c *call) (obj, error) {
	kinds := c.p.texts("types")
	if kind := c.p.text("type"); kind != "" {
		kinds = append(kinds, kind)
	}
	within := createdRange(c.p)
	anyDelivery, delivered := !c.p.has("delivery_success"), c.p.flag("delivery_success")
	rows := s.st.Events.newest(func(e *Event) bool {
		return within(e.Created) && matchesKind(e.Type, kinds) && (anyDelivery || delivered == (len(e.Waiting) == 0))
	})
	return page(c, "/v1/events", rows, func(e *Event) string { return e.ID }, s.event)
}

func matchesKind(kind string, wanted []string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(want string) bool {
		prefix, wild := strings.CutSuffix(want, "*")
		return want == kind || wild && strings.HasPrefix(kind, prefix)
	})
}

// EmitRaw records and delivers an event about any object, as if Stripe had made it: for tests of
// events that the imitation itself never leads to. It returns the event's id.
func (s *Sim) EmitRaw(kind string, object map[string]any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emit(kind, toObj(object), nil).ID
}
