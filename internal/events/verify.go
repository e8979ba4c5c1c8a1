package events

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
	"plinth/internal/fault"
)

// verifyPage is how many seals are looked at in one go.
const verifyPage = 2000

// mostFaults is how many faults of a chain are told; whoever finds one looks for the rest by other means.
const mostFaults = 100

// The kinds of fault.
const (
	Changed   = "changed"   // the event's values are not those that were sealed
	Deleted   = "deleted"   // the event, or its seal, is gone
	Reordered = "reordered" // a seal does not follow the one before
	Truncated = "truncated" // the chain ends before the newest copy of a seal
	Rewritten = "rewritten" // a seal is another than the one that was copied
	Unsealed  = "unsealed"  // the event has waited too long for its seal
	Unmarked  = "unmarked"  // the marks of an erasure are not those it tells of
	Remaining = "remaining" // what was to be erased is there
)

// Fault is one thing that is wrong with a chain.
type Fault struct {
	Kind  string
	Seq   int64     // the place in the chain; 0 where there is none
	Event uuid.UUID // nil when a place has no event any more
	Text  string
}

// Report is what a look at a chain found.
type Report struct {
	Events int64 // sealed and looked at
	Erased int64 // those whose personal values were erased
	Heads  int64 // copies of seals that were compared
	Purged bool  // the organization is erased, or is being erased, with its history
	Faults []Fault
}

// Chain is an organization's history by its address.
type Chain struct {
	TenantID uuid.UUID
	Slug     string
}

// Chains lists the organizations behind the one with the id after, a page at a time.
func (a *Audit) Chains(ctx context.Context, after uuid.UUID) ([]Chain, error) {
	rows, err := eventsdb.New().ListChains(ctx, a.DB.Direct(), eventsdb.ListChainsParams{ID: after, Limit: chainPage})
	if err != nil {
		return nil, fmt.Errorf("list organizations: %w", err)
	}
	out := make([]Chain, len(rows))
	for i, r := range rows {
		out[i] = Chain{TenantID: r.ID, Slug: r.Slug}
	}
	return out, nil
}

// ChainOf finds an organization's history by its address; NotFound when there is none.
func (a *Audit) ChainOf(ctx context.Context, slug string) (Chain, error) {
	id, err := eventsdb.New().ChainBySlug(ctx, a.DB.Direct(), slug)
	if db.None(err) {
		return Chain{}, fault.Missing()
	}
	if err != nil {
		return Chain{}, fmt.Errorf("find organization: %w", err)
	}
	return Chain{TenantID: id, Slug: slug}, nil
}

// Verify holds the chain of an organization, or with the nil id that of the accounts, against its events and against
// the copies in the second place. An error means that it could not be looked at, not that something is wrong with it.
func (a *Audit) Verify(ctx context.Context, tenant uuid.UUID) (Report, error) {
	v := &verification{a: a, c: chainOf(tenant), last: point{Hash: make([]byte, sha256.Size)}}
	for _, step := range []struct {
		doing string
		do    func(context.Context) error
	}{
		{"read the newest copy of a seal", v.readHead}, {"look whether it was erased", v.purged}, {"read the chain", v.walk},
		{"look for events without a seal", v.unsealed}, {"look at what was erased", v.erasures},
	} {
		if err := step.do(ctx); err != nil {
			return v.report, fmt.Errorf("%s: %w", step.doing, err)
		}
		if v.report.Purged {
			break
		}
	}
	return v.report, nil
}

type verification struct {
	a      *Audit
	c      chain
	head   *point // the newest copy, read before the chain: its seal is older
	last   point  // the seal before
	agreed int64  // the newest seal that is the one that was copied
	broken bool   // a copy did not agree
	report Report
}

func (v *verification) fault(kind string, seq int64, event uuid.UUID, format string, args ...any) {
	if len(v.report.Faults) < mostFaults {
		v.report.Faults = append(v.report.Faults, Fault{Kind: kind, Seq: seq, Event: event, Text: fmt.Sprintf(format, args...)})
	}
}

func (v *verification) readHead(ctx context.Context) error {
	return v.c.read(ctx, v.a.Heads, func(r *db.Reads) { db.Maybe(r, &v.head, v.c.sql.lastHead, v.c.args()...) })
}

// sealed is a seal with its event as it stands now.
type sealed struct {
	Seq       int64
	EventID   uuid.UUID
	PersonSum []byte
	Prev      []byte
	Hash      []byte
	There     bool
	ErasureID *uuid.UUID
	record
}

// walk goes through the chain page by page.
func (v *verification) walk(ctx context.Context) error {
	for {
		var page []sealed
		if err := v.c.read(ctx, v.a.DB, func(r *db.Reads) {
			db.Rows(r, &page, v.c.sql.sealed, v.c.args(v.last.Seq, verifyPage)...)
		}); err != nil {
			return err
		}
		before := v.last.Seq
		for i := range page {
			v.look(&page[i])
		}
		if len(page) > 0 {
			if err := v.compare(ctx, before, page); err != nil {
				return err
			}
		}
		if len(page) < verifyPage {
			break
		}
	}
	if v.head != nil && v.head.Seq > v.last.Seq {
		v.fault(Truncated, v.last.Seq+1, uuid.Nil, "the chain ends at %d, and a copy of seal %d was made: the end was cut off", v.last.Seq, v.head.Seq)
	}
	return nil
}

// look holds one seal against the one before and against its event.
func (v *verification) look(s *sealed) {
	v.report.Events++
	switch {
	case s.Seq != v.last.Seq+1:
		v.fault(Deleted, v.last.Seq+1, uuid.Nil, "seals %d to %d are gone, with their events", v.last.Seq+1, s.Seq-1)
	case !bytes.Equal(s.Prev, v.last.Hash):
		v.fault(Reordered, s.Seq, s.EventID, "the seal does not follow the one before it")
	case !s.There:
		v.fault(Deleted, s.Seq, s.EventID, "the event is gone")
	default:
		v.lookAtEvent(s)
	}
	v.last = point{Seq: s.Seq, Hash: s.Hash}
}

func (v *verification) lookAtEvent(s *sealed) {
	if !bytes.Equal(s.hash(v.c, s.Seq, s.PersonSum, s.Prev), s.Hash) {
		v.fault(Changed, s.Seq, s.EventID, "the event's values are not those that were sealed")
		return
	}
	same := bytes.Equal(s.personSum(), s.PersonSum)
	switch {
	case s.ErasureID != nil && s.Person == "{}":
		v.report.Erased++
	case !same:
		v.fault(Changed, s.Seq, s.EventID, "the event's personal values are not those that were sealed, and no erasure tells of it")
	}
}

// compare holds the copies of a page's seals against them.
func (v *verification) compare(ctx context.Context, before int64, page []sealed) error {
	var heads []point
	if err := v.c.read(ctx, v.a.Heads, func(r *db.Reads) {
		db.Rows(r, &heads, v.c.sql.headsBetween, v.c.args(before, page[len(page)-1].Seq)...)
	}); err != nil {
		return err
	}
	i := 0
	for _, h := range heads {
		v.report.Heads++
		for i < len(page) && page[i].Seq < h.Seq {
			i++
		}
		switch {
		case i == len(page) || page[i].Seq != h.Seq:
			// The gap is told already.
		case bytes.Equal(page[i].Hash, h.Hash):
			v.agreed = h.Seq
		case !v.broken:
			v.broken = true
			v.fault(Rewritten, h.Seq, page[i].EventID, "the seal is not the one that was copied: the chain was rewritten somewhere from seal %d to %d on", v.agreed+1, h.Seq)
		}
	}
	return nil
}

type unsealedRow struct {
	ID    uuid.UUID
	At    time.Time
	There bool
}

// unsealed tells what should have been in the chain for long.
func (v *verification) unsealed(ctx context.Context) error {
	var rows []unsealedRow
	if err := v.c.read(ctx, v.a.DB, func(r *db.Reads) {
		db.Rows(r, &rows, v.c.sql.without, v.c.args(time.Now().Add(-LateAfter), mostFaults)...)
	}); err != nil {
		return err
	}
	for _, r := range rows {
		if r.There {
			v.fault(Unsealed, 0, r.ID, "the event of %s has no seal: is a worker running?", r.At.UTC().Format(time.RFC3339))
		} else {
			v.fault(Deleted, 0, r.ID, "the event of %s is gone, and had not been sealed yet", r.At.UTC().Format(time.RFC3339))
		}
	}
	return nil
}

type erasureRow struct {
	ErasureID uuid.UUID
	Marked    int64
	Told      string
}

// erasures holds the marks of erasures against the events that tell how many there are; those events are in the chain.
func (v *verification) erasures(ctx context.Context) error {
	var rows []erasureRow
	if err := v.c.read(ctx, v.a.DB, func(r *db.Reads) { db.Rows(r, &rows, v.c.sql.erasure, v.c.args()...) }); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Told != strconv.FormatInt(r.Marked, 10) {
			v.fault(Unmarked, 0, r.ErasureID, "%d events bear the mark of this erasure, which tells of %q", r.Marked, r.Told)
		}
	}
	return nil
}
