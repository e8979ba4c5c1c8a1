package live

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Reason is why a stream ended.
type Reason string

// The reasons.
const (
	Open      Reason = ""
	Draining  Reason = "draining"   // the instance ends; another one answers
	SignedOut Reason = "signed out" // the session ended
	Outside   Reason = "outside"    // an organization does not let them in any more; what is left a new stream tells
	HungUp    Reason = "hung up"    // the browser went away
)

// room is how many changes may wait for a browser that reads slowly; with more it looks at everything.
const room = 16

// Stream is what one browser hears, of all organizations of its person.
type Stream struct {
	hub             *Hub
	person, session uuid.UUID
	changes         chan Change
	ended           chan struct{}

	// Under the hub's lock.
	tenants map[uuid.UUID]*tenant
	why     Reason
	missed  bool
	closed  bool
}

// Open begins a stream for a person, who has proven who they are with that session. since is the stamp of the last
// change the browser has heard of, or of the page it shows; what happened after it is told at once. Empty is now.
// Unavailable when nothing can be heard here, Throttled when the person has too many.
func (h *Hub) Open(ctx context.Context, person, session uuid.UUID, since string) (*Stream, error) {
	s := &Stream{
		hub: h, person: person, session: session, changes: make(chan Change, room), ended: make(chan struct{}), tenants: map[uuid.UUID]*tenant{},
	}
	h.mu.Lock()
	if err := h.full(person); err != nil {
		h.mu.Unlock()
		return nil, err
	}
	from, asked := h.moment(since)
	if !asked {
		from = h.tick()
	}
	if h.people[person] == nil {
		h.people[person] = map[*Stream]struct{}{}
	}
	h.people[person][s] = struct{}{}
	h.streams++
	h.mu.Unlock()
	if err := h.join(ctx, s); err != nil {
		s.Close()
		return nil, err
	}
	if err := h.catchUp(ctx, s, from); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close ends the stream from the browser's side.
func (s *Stream) Close() {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	s.end(HungUp)
	if s.closed {
		return
	}
	s.closed = true
	h.streams--
	delete(h.people[s.person], s)
	gone := len(h.people[s.person]) == 0
	if gone {
		delete(h.people, s.person)
		delete(h.restless, s.person)
	}
	for id, t := range s.tenants {
		delete(t.streams, s)
		if gone {
			delete(t.views, s.person)
		}
		if len(t.streams) == 0 {
			delete(h.tenants, id)
		}
	}
}

// Next waits for changes, for d at most. When there are none and the stream goes on, mark is the place in the line up to
// which everything was told, or empty.
func (s *Stream) Next(ctx context.Context, d time.Duration) (changes []Change, mark string, why Reason) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil, "", HungUp
	case <-s.ended:
		return nil, "", s.reason()
	case c := <-s.changes:
		return s.drain(c), "", Open
	case <-timer.C:
		return nil, s.mark(), Open
	}
}

func (s *Stream) reason() Reason {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.why
}

// drain takes what else waits. When more was to wait than there is room for, that is to look at everything.
func (s *Stream) drain(first Change) []Change {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	out := []Change{first}
	for len(s.changes) > 0 {
		out = append(out, <-s.changes)
	}
	if s.missed {
		s.missed = false
		out = []Change{h.change(h.tick(), told{Kind: Again})}
	}
	return out
}

func (s *Stream) mark() string {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(s.changes) > 0 {
		return ""
	}
	return h.stamp(h.tick())
}

// send, lookAgain and end are called with the hub's lock held.
func (s *Stream) send(c Change) {
	select {
	case s.changes <- c:
	default:
		s.missed = true
	}
}

func (s *Stream) lookAgain() {
	s.missed = true
	s.send(s.hub.change(s.hub.tick(), told{Kind: Again}))
}

func (s *Stream) end(why Reason) {
	if s.why == Open {
		s.why = why
		close(s.ended)
	}
}
