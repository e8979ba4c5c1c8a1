package events

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
)

// sealBatch is how many events get their seals in one transaction.
const sealBatch = 1000

// sealFor is how long one call goes on sealing; what is left is found by the next look, a few seconds later.
const sealFor = 15 * time.Second

// record is an event as it stands in the table: what is sealed is what is stored, to the microsecond.
type record struct {
	ID         uuid.UUID
	At         time.Time
	ActorID    *uuid.UUID
	ActingAs   *uuid.UUID
	Action     string
	ObjectKind string
	ObjectID   *uuid.UUID
	ObjectName string
	ProjectID  *uuid.UUID
	Changes    string
	Person     string
	RequestID  string
}

// personSum is what stands for the personal values in the seal.
func (r *record) personSum() []byte {
	sum := sha256.Sum256([]byte(r.Person))
	return sum[:]
}

// hash is the seal's hash. Each field is written with its length, so that no two events are written alike.
func (r *record) hash(c chain, seq int64, personSum, prev []byte) []byte {
	b := make([]byte, 0, 512)
	field := func(value []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(value))) // values of a row, far below 4 GiB
		b = append(b, value...)
	}
	id := func(id *uuid.UUID) {
		if id == nil {
			field(nil)
			return
		}
		field(id[:])
	}
	field([]byte("plinth seal 1"))
	field(c.tenant[:])
	field(prev)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))              // counts from 1
	b = binary.BigEndian.AppendUint64(b, uint64(r.At.UnixMicro())) // any bits will do
	id(&r.ID)
	id(r.ActorID)
	id(r.ActingAs)
	id(r.ObjectID)
	id(r.ProjectID)
	for _, text := range []string{r.Action, r.ObjectKind, r.ObjectName, r.Changes, r.RequestID} {
		field([]byte(text))
	}
	field(personSum)
	sum := sha256.Sum256(b)
	return sum[:]
}

// Seal gives every event of an organization that waits its place in the chain, and copies the newest seal to the second
// place. The nil id is the chain of the accounts. Called twice at once, the second finds nothing to do.
//
// Nothing is ever missed, because an event waits by a row of its own, written in its own transaction: an event whose
// transaction commits late, after younger ones were sealed, becomes visible together with that row, and gets the next
// number then. The row goes away in the transaction that seals it and nowhere else. So numbers tell the order of
// sealing, which is nearly that of time.
func (a *Audit) Seal(ctx context.Context, tenant uuid.UUID) error {
	c, begun := chainOf(tenant), time.Now()
	for {
		n, err := a.sealSome(ctx, c)
		if err != nil {
			return fmt.Errorf("seal events: %w", err)
		}
		if n > 0 {
			if err := a.copyHead(ctx, c); err != nil {
				return fmt.Errorf("copy the head of the seals: %w", err)
			}
		}
		if n < sealBatch || time.Since(begun) > sealFor {
			break
		}
	}
	// Once more without a seal of one's own: a copy that failed before is made up for.
	if err := a.copyHead(ctx, c); err != nil {
		return fmt.Errorf("copy the head of the seals: %w", err)
	}
	return nil
}

// sealSome seals up to a batch, lets it be counted, and says how many.
func (a *Audit) sealSome(ctx context.Context, c chain) (n int, err error) {
	err = c.in(ctx, a.DB, func(ctx context.Context, tx db.Tx) error {
		var locked bool
		var last *point
		var waiting []record
		if err := db.Together(ctx, tx, func(r *db.Reads) {
			db.Value(r, &locked, eventsdb.LockChain, c.tenant.String())
			db.Maybe(r, &last, c.sql.last, c.args()...)
			db.Rows(r, &waiting, c.sql.unsealed, c.args(sealBatch)...)
		}); err != nil {
			return err
		}
		if !locked || len(waiting) == 0 {
			return nil
		}
		n = len(waiting)
		if err := db.Together(ctx, tx, func(r *db.Reads) { c.append(r, last, waiting) }); err != nil {
			return err
		}
		return a.Queue.EnqueueTx(ctx, tx, countJob(c.tenant))
	})
	return n, err
}

// append queues the seals of events behind the last one, and takes the events from what waits.
func (c chain) append(r *db.Reads, last *point, waiting []record) {
	if last == nil {
		last = &point{Hash: make([]byte, sha256.Size)}
	}
	ids := make([]uuid.UUID, len(waiting))
	seq, prev := last.Seq, last.Hash
	for i := range waiting {
		e := &waiting[i]
		seq++
		person := e.personSum()
		hash := e.hash(c, seq, person, prev)
		r.Exec(c.sql.append, c.args(seq, e.ID, person, prev, hash)...)
		ids[i], prev = e.ID, hash
	}
	r.Exec(eventsdb.DropUnsealed, c.tenant, ids)
}

// copyHead copies the newest seal to the second place, unless it is there. When the copy made last does not agree with
// the chain any more, somebody rewrote the chain or cut it off: that is an alarm.
func (a *Audit) copyHead(ctx context.Context, c chain) error {
	var head, last *point
	// The copy is read first: every copy was a seal before it was one.
	if err := c.read(ctx, a.Heads, func(r *db.Reads) { db.Maybe(r, &head, c.sql.lastHead, c.args()...) }); err != nil {
		return err
	}
	var kept []byte
	if err := c.read(ctx, a.DB, func(r *db.Reads) {
		db.Maybe(r, &last, c.sql.last, c.args()...)
		if head != nil {
			db.Value(r, &kept, c.sql.at, c.args(head.Seq)...)
		}
	}); err != nil {
		return err
	}
	if head != nil && !bytes.Equal(kept, head.Hash) {
		if record, err := a.erasureOf(ctx, c); err != nil || record != nil {
			return err // the organization is erased
		}
		a.Log.ErrorContext(ctx, "audit: the seals are not those that were copied; run plinth audit verify", "tenant", c.tenant, "seq", head.Seq)
	}
	if last == nil || head != nil && head.Seq >= last.Seq {
		return nil
	}
	return c.read(ctx, a.Heads, func(r *db.Reads) { r.Exec(c.sql.appendHead, c.args(last.Seq, last.Hash)...) })
}
