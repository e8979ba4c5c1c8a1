// Package live tells browsers that something they show has changed: which project and ticket, and in which way, never
// what it says now. Each instance listens to what Postgres tells when an event is committed, and knows of each open
// stream whose it is and what that person may see; what has changed a browser then asks for itself, behind the guards.
package live

import (
	"context"
	crand "crypto/rand"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
)

// Channel is where events are told (notify), by the statement that appends them.
const Channel = "plinth_events"

// The limits and times of streams.
const (
	MaxStreams   = 10_000           // of an instance
	MaxPerPerson = 25               // of a person on an instance; a browser needs one
	rereadEvery  = 30 * time.Second // what people may see is read anew so often, whatever was heard
	regroupEvery = 5 * time.Minute  // the same for the organizations a person belongs to
	kept         = 4096             // notices that are kept for who comes back
	skew         = 2 * time.Second  // by which clocks of two instances may differ
	overlap      = 12 * time.Second // longer than a transaction that writes may last
	longestWait  = 5 * time.Second  // between attempts to listen again
)

// Hub is the streams of one instance. Run must run for them to hear anything.
type Hub struct {
	db   *db.DB
	url  string // to listen at; empty is where the pool connects to
	log  *slog.Logger
	name string // of the instance, random
	idle time.Duration

	mu        sync.Mutex
	running   bool // listens, or tries to
	closed    bool // drains
	tenants   map[uuid.UUID]*tenant
	people    map[uuid.UUID]map[*Stream]struct{}
	streams   int
	recent    ring
	last      int64                  // the newest moment given out, in microseconds
	restless  map[uuid.UUID]struct{} // people whose organizations or sessions are to be read anew
	reconnect int

	work chan struct{} // there is something to read
}

// New makes a hub. url leads past a pooler, for listening; idle is how long a session lives without being used.
func New(d *db.DB, url string, idle time.Duration, log *slog.Logger) *Hub {
	return &Hub{
		db: d, url: url, log: log, idle: idle, name: crand.Text()[:8],
		tenants: map[uuid.UUID]*tenant{}, people: map[uuid.UUID]map[*Stream]struct{}{}, restless: map[uuid.UUID]struct{}{},
		work: make(chan struct{}, 1),
	}
}

// Run listens until ctx ends, and listens again when the connection is lost. What happened meanwhile nobody has told:
// every stream is then told to look again.
func (h *Hub) Run(ctx context.Context) error {
	h.mu.Lock()
	h.running = true
	h.mu.Unlock()
	go h.tend(ctx)
	wait := time.Duration(0)
	for {
		err := h.db.Listen(ctx, h.url, Channel, func() { wait = 0; h.listening() }, h.hear)
		if ctx.Err() != nil {
			h.Close()
			return nil
		}
		h.deaf()
		wait = min(max(2*wait, 50*time.Millisecond), longestWait)
		h.log.Warn("live: listening ended", "error", err, "again_in", wait.String())
		select {
		case <-ctx.Done():
		case <-time.After(wait/2 + rand.N(wait)):
		}
	}
}

// ErrAway says that nothing can be heard here at the moment.
var ErrAway = errors.New("live: not listening")

// Stats are figures for the log and for who looks after the site.
type Stats struct {
	Listening                      bool
	Streams, People, Organizations int
	Reconnects                     int // times the listening connection was lost
}

// Stats counts what is open.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Stats{Listening: h.recent.from != 0, Streams: h.streams, People: len(h.people), Organizations: len(h.tenants), Reconnects: h.reconnect}
}

// Close ends every stream and opens no more: the instance drains.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, streams := range h.people {
		for s := range streams {
			s.end(Draining)
		}
	}
}

// full says why no further stream of the person can be opened. The lock is held.
func (h *Hub) full(userID uuid.UUID) error {
	switch {
	case h.closed || !h.running:
		return fault.Wrap(fault.Unavailable, "", ErrAway)
	case h.streams >= MaxStreams:
		return fault.New(fault.Unavailable, "")
	case len(h.people[userID]) >= MaxPerPerson:
		return fault.Throttle("Too many windows are open.", time.Minute)
	}
	return nil
}
