package live

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// notice is what Postgres tells: ids alone. Without a tenant it says that a session of the person ended; with one and a
// person, that there is something new for them alone; else it is an event.
type notice struct {
	Tenant  uuid.UUID `json:"t"`
	Person  uuid.UUID `json:"u"`
	By      uuid.UUID `json:"b"`
	Action  string    `json:"a"`
	Object  uuid.UUID `json:"o"`
	Project uuid.UUID `json:"p"`
	Ticket  int       `json:"n"`

	at int64 // when it was heard here, in microseconds; no two are the same
}

// decides says whether the event may have changed what somebody sees: all may that are not of tickets.
func (n notice) decides() bool {
	return n.Person == uuid.Nil && !strings.HasPrefix(n.Action, "ticket")
}

// Change is one thing a browser is told. ID is its place in the line; Data is JSON: org, project, ticket, kind.
type Change struct {
	ID, Data string
}

// Again tells a browser to look at everything it shows: something may have happened that was not told.
const Again = "again"

type told struct {
	Org     string `json:"org,omitempty"`
	Project string `json:"project,omitempty"`
	Ticket  int    `json:"ticket,omitempty"`
	Kind    string `json:"kind"`
}

func (h *Hub) change(at int64, what told) Change {
	data, err := json.Marshal(what)
	if err != nil { // strings and a number
		panic(err)
	}
	return Change{ID: h.stamp(at), Data: string(data)}
}

func (h *Hub) stamp(at int64) string { return strconv.FormatInt(at, 10) + "-" + h.name }

// Stamp names this moment, for a page to say later since when it wants to know of changes.
func (h *Hub) Stamp() string { return h.stamp(time.Now().UnixMicro()) }

// tick is a moment later than all before. The lock is held.
func (h *Hub) tick() int64 {
	h.last = max(h.last+1, time.Now().UnixMicro())
	return h.last
}

// moment reads a stamp. Of another instance's clock it is not quite sure. false when it is none.
func (h *Hub) moment(stamp string) (int64, bool) {
	text, name, _ := strings.Cut(stamp, "-")
	at, err := strconv.ParseInt(text, 10, 64)
	if err != nil || at <= 0 || at > 1<<53 {
		return 0, false
	}
	if name != h.name {
		at -= skew.Microseconds()
	}
	return at, true
}

// ring keeps the newest notices.
type ring struct {
	list []notice
	next int
	from int64 // nothing is missing since
}

func (r *ring) reset(at int64) { *r = ring{from: at} }

func (r *ring) add(n notice) {
	if len(r.list) < kept {
		r.list = append(r.list, n)
		return
	}
	r.from = r.list[r.next].at
	r.list[r.next] = n
	r.next = (r.next + 1) % kept
}

// since returns what was heard after a moment, and whether that is all of it.
func (r *ring) since(at int64) ([]notice, bool) {
	if r.from == 0 || at < r.from {
		return nil, false
	}
	var out []notice
	for i := range r.list {
		if n := r.list[(r.next+i)%len(r.list)]; n.at > at {
			out = append(out, n)
		}
	}
	return out, true
}
