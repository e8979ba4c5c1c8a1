package live

import (
	"encoding/json"

	"github.com/google/uuid"
)

// tenant is an organization with streams on this instance. The hub's lock guards it.
type tenant struct {
	id      uuid.UUID
	slug    string
	names   map[uuid.UUID]string // the key of each project
	views   map[uuid.UUID]view   // what each person with a stream may see
	same    map[string]view      // views that are equal are one
	streams map[*Stream]struct{}

	// Once something was heard that may have changed the views, nothing is told until they were read anew.
	stale      bool
	generation int // counts what made it stale
	waiting    []notice
	overrun    bool // more was to wait than there is room for
	read       int64
}

type view = map[uuid.UUID]struct{}

const waitingRoom = 1000

func (h *Hub) hear(payload string) {
	var n notice
	if err := json.Unmarshal([]byte(payload), &n); err != nil {
		h.log.Error("live: a notice cannot be read", "error", err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	n.at = h.tick()
	h.recent.add(n)
	if n.Tenant == uuid.Nil {
		h.disturb(n.Person)
		return
	}
	t := h.tenants[n.Tenant]
	if n.decides() {
		h.disturb(n.Object)
		h.disturb(n.By)
		if t != nil {
			t.stale = true
			t.generation++
			h.wake()
		}
	}
	switch {
	case t == nil:
	case t.stale:
		t.wait(n)
	default:
		h.tell(t, n)
	}
}

// disturb has the organizations and sessions of a person read anew, when they have a stream.
func (h *Hub) disturb(person uuid.UUID) {
	if _, here := h.people[person]; here {
		h.restless[person] = struct{}{}
		h.wake()
	}
}

func (h *Hub) wake() {
	select {
	case h.work <- struct{}{}:
	default: // somebody has done so
	}
}

func (t *tenant) wait(n notice) {
	if len(t.waiting) >= waitingRoom {
		t.overrun = true
		return
	}
	t.waiting = append(t.waiting, n)
}

// tell sends a notice to the streams it concerns.
func (h *Hub) tell(t *tenant, n notice) {
	c := h.of(t, n)
	for s := range t.streams {
		if h.concerns(t, n, s) {
			s.send(c)
		}
	}
}

func (h *Hub) of(t *tenant, n notice) Change {
	return h.change(n.at, told{Org: t.slug, Project: t.names[n.Project], Ticket: n.Ticket, Kind: n.Action})
}

func (h *Hub) concerns(t *tenant, n notice, s *Stream) bool {
	if n.Person != uuid.Nil {
		return s.person == n.Person
	}
	_, sees := t.views[s.person][n.Project]
	return sees && t.names[n.Project] != ""
}

// settle is called when the views were read and nothing has made them stale since: what waited is told now, as if it
// were heard now, so that nobody who comes back is ahead of it.
func (h *Hub) settle(t *tenant) {
	waiting, overrun := t.waiting, t.overrun
	t.stale, t.waiting, t.overrun = false, nil, false
	for _, n := range waiting {
		n.at = h.tick()
		h.recent.add(n)
		h.tell(t, n)
	}
	if overrun {
		for s := range t.streams {
			s.lookAgain()
		}
	}
}

// listening is called when everything from now on is heard.
func (h *Hub) listening() {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := h.reconnect == 0
	h.recent.reset(h.tick())
	for _, t := range h.tenants {
		t.stale = true
		t.generation++
	}
	h.wake()
	if first {
		return
	}
	for _, streams := range h.people {
		for s := range streams {
			s.lookAgain()
		}
	}
}

// deaf notes that nothing is heard.
func (h *Hub) deaf() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reconnect++
	h.recent.reset(0)
}
