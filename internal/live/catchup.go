package live

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/live/livedb"
	"plinth/internal/scope"
)

// tooLong is after how long a browser that comes back looks at everything unasked.
const tooLong = time.Hour

// catchUp tells a new stream what it has missed: each change while this instance remembers, else to look at everything,
// when the events say that something happened.
func (h *Hub) catchUp(ctx context.Context, s *Stream, from int64) error {
	ids, done := h.replay(s, from)
	if done {
		return nil
	}
	since := time.UnixMicro(from)
	missed := time.Since(since) > tooLong
	for _, id := range ids {
		if missed {
			break
		}
		err := h.db.ReadTenant(ctx, scope.System(id), func(r *db.Reads) {
			db.Value(r, &missed, livedb.HappenedSince, id, since.Add(-overlap), s.person)
		})
		if err != nil {
			return fmt.Errorf("read what has happened: %w", err)
		}
	}
	if missed {
		h.mu.Lock()
		s.lookAgain()
		h.mu.Unlock()
	}
	return nil
}

// replay tells what the ring remembers; false, and the organizations to ask about, when it does not reach back so far.
func (h *Hub) replay(s *Stream, from int64) ([]uuid.UUID, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	missed, all := h.recent.since(from)
	if !all {
		return slices.Collect(maps.Keys(s.tenants)), false
	}
	for _, n := range missed {
		t := s.tenants[n.Tenant]
		switch {
		case t == nil:
		case t.stale:
			s.lookAgain()
			return nil, true
		case h.concerns(t, n, s):
			s.send(h.of(t, n))
		}
	}
	return nil, true
}
