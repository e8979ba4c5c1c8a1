package live

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/live/livedb"
	"plinth/internal/scope"
)

// atOnce is how many streams are asked about in one query.
const atOnce = 500

// tend reads anew what streams rest on: at once when something was heard that may have changed it, and now and then.
func (h *Hub) tend(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	regroup := time.NewTicker(regroupEvery)
	defer regroup.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.work:
		case <-tick.C:
		case <-regroup.C:
			h.mu.Lock()
			for person := range h.people {
				h.restless[person] = struct{}{}
			}
			h.mu.Unlock()
		}
		people, tenants := h.due()
		for _, person := range people {
			if err := h.regroup(ctx, person); err != nil && ctx.Err() == nil {
				h.log.Warn("live: read what a person belongs to", "error", err)
				h.mu.Lock()
				h.disturb(person)
				h.mu.Unlock()
			}
		}
		for _, id := range tenants {
			if err := h.reread(ctx, id); err != nil && ctx.Err() == nil {
				h.log.Warn("live: read what people may see", "error", err) // the next tick tries again
			}
		}
	}
}

func (h *Hub) due() ([]uuid.UUID, []uuid.UUID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	people := slices.Collect(maps.Keys(h.restless))
	clear(h.restless)
	old := time.Now().Add(-rereadEvery).UnixMicro()
	var tenants []uuid.UUID
	for id, t := range h.tenants {
		if t.stale || t.read < old {
			tenants = append(tenants, id)
		}
	}
	return people, tenants
}

// regroup ends the streams of a person whose session is over, and adds organizations they belong to by now.
func (h *Hub) regroup(ctx context.Context, person uuid.UUID) error {
	h.mu.Lock()
	streams := slices.Collect(maps.Keys(h.people[person]))
	h.mu.Unlock()
	sessions := sessionsOf(streams)
	open, err := livedb.New().SessionsOpen(ctx, h.db.Direct(), livedb.SessionsOpenParams{Sessions: sessions, Idle: h.idle.Seconds()})
	if err != nil {
		return fmt.Errorf("read sessions: %w", err)
	}
	for _, s := range streams {
		if slices.Contains(open, s.session) {
			before := h.belongs(s)
			if err := h.join(ctx, s); err != nil {
				return err
			}
			h.mu.Lock()
			if len(s.tenants) > before { // what happened there until now nobody has told it
				s.lookAgain()
			}
			h.mu.Unlock()
			continue
		}
		h.mu.Lock()
		s.end(SignedOut)
		h.mu.Unlock()
	}
	return nil
}

func (h *Hub) belongs(s *Stream) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(s.tenants)
}

// join adds a stream to the organizations of its person that it is not in.
func (h *Hub) join(ctx context.Context, s *Stream) error {
	var ids []uuid.UUID
	if err := h.db.ReadPerson(ctx, s.person, func(r *db.Reads) { db.Values(r, &ids, livedb.OrganizationsOf, s.person) }); err != nil {
		return fmt.Errorf("read what a person belongs to: %w", err)
	}
	for _, id := range ids {
		h.mu.Lock()
		if _, in := s.tenants[id]; in {
			h.mu.Unlock()
			continue
		}
		if h.tenants[id] == nil {
			h.tenants[id] = &tenant{id: id, streams: map[*Stream]struct{}{}, views: map[uuid.UUID]view{}}
		}
		h.mu.Unlock()
		if err := h.look(ctx, id, []*Stream{s}); err != nil {
			return err
		}
	}
	return nil
}

// reread looks at all streams of an organization.
func (h *Hub) reread(ctx context.Context, id uuid.UUID) error {
	h.mu.Lock()
	t := h.tenants[id]
	if t == nil {
		h.mu.Unlock()
		return nil
	}
	generation, streams := t.generation, slices.Collect(maps.Keys(t.streams))
	t.same = nil
	h.mu.Unlock()
	for some := range slices.Chunk(streams, atOnce) {
		if err := h.look(ctx, id, some); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	t.read = time.Now().UnixMicro()
	switch {
	case len(t.streams) == 0:
		if h.tenants[id] == t {
			delete(h.tenants, id)
		}
	case t.generation == generation:
		h.settle(t)
	default:
		h.wake()
	}
	return nil
}

// seen is what was read of an organization for some streams.
type seen struct {
	slug  string
	names []livedb.NamesRow
	doors []uuid.UUID
	views []livedb.ViewsRow
}

// look reads whether an organization lets the streams in, and what their people see. Who is in and is let in no more has
// to begin anew.
func (h *Hub) look(ctx context.Context, id uuid.UUID, streams []*Stream) error {
	generation := h.generation(id)
	var now seen
	people := make([]uuid.UUID, len(streams))
	for i, s := range streams {
		people[i] = s.person
	}
	sessions := sessionsOf(streams)
	err := h.db.ReadTenant(ctx, scope.System(id), func(r *db.Reads) {
		db.Value(r, &now.slug, livedb.Slug, id)
		db.Values(r, &now.doors, livedb.Doors, id, sessions, h.idle.Seconds())
		db.Rows(r, &now.views, livedb.Views, id, people)
		db.Rows(r, &now.names, livedb.Names, id)
	})
	if err != nil {
		return fmt.Errorf("read what people may see: %w", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.tenants[id]
	if t == nil {
		return nil // the last one has left
	}
	if t.generation != generation { // it may have been read too early
		t.stale = true
		t.generation++
		h.wake()
	}
	for _, s := range streams {
		_, in := s.tenants[id]
		switch {
		case s.closed:
		case slices.Contains(now.doors, s.session):
			t.streams[s], s.tenants[id] = struct{}{}, t
		case in:
			s.end(Outside)
		}
	}
	h.learn(t, now)
	return nil
}

func (h *Hub) generation(id uuid.UUID) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.tenants[id]; t != nil {
		return t.generation
	}
	return -1
}

func (h *Hub) learn(t *tenant, now seen) {
	t.slug = now.slug
	t.names = make(map[uuid.UUID]string, len(now.names))
	for _, p := range now.names {
		t.names[p.ID] = p.Key
	}
	if t.same == nil {
		t.same = map[string]view{}
	}
	for _, row := range now.views {
		for s := range h.people[row.UserID] {
			if s.tenants[t.id] == t {
				t.views[row.UserID] = t.shared(row.Projects)
				break
			}
		}
	}
}

// shared returns the view of these projects, the same for all who see the same: in most organizations nearly all do.
func (t *tenant) shared(projects []uuid.UUID) view {
	var key strings.Builder
	for _, p := range projects {
		key.Write(p[:])
	}
	v, ok := t.same[key.String()]
	if !ok {
		v = make(view, len(projects))
		for _, p := range projects {
			v[p] = struct{}{}
		}
		t.same[key.String()] = v
	}
	return v
}

func sessionsOf(streams []*Stream) []uuid.UUID {
	out := make([]uuid.UUID, len(streams))
	for i, s := range streams {
		out[i] = s.session
	}
	return out
}
