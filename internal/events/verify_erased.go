package events

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
)

// erasureOf is the newest entry among the events of accounts that tells of erasing an organization, or nil. It counts
// only when it is what was sealed; a mark on the organization proves nothing, since whoever takes a history away can set
// it.
func (a *Audit) erasureOf(ctx context.Context, c chain) (*sealed, error) {
	if c.tenant == uuid.Nil {
		return nil, nil
	}
	var records []sealed
	if err := c.read(ctx, a.DB, func(r *db.Reads) { db.Rows(r, &records, eventsdb.RecordsOfErasure, c.tenant) }); err != nil {
		return nil, err
	}
	for i := range records {
		if genuine(&records[i]) {
			return &records[i], nil
		}
	}
	return nil, nil
}

// genuine says whether an entry of the accounts is what was sealed, or is so young that it may still wait for its seal.
// That its seal stands in the chain is seen when that of the accounts is verified.
func genuine(r *sealed) bool {
	if r.Seq == 0 {
		return time.Since(r.At) < LateAfter
	}
	return bytes.Equal(r.hash(chainOf(uuid.Nil), r.Seq, r.PersonSum, r.Prev), r.Hash)
}

// purged sees whether the organization was erased: then its history is gone by right.
func (v *verification) purged(ctx context.Context) error {
	record, err := v.a.erasureOf(ctx, v.c)
	switch {
	case err != nil || record == nil:
		return err
	case record.Action == OrganizationErased:
		v.report.Purged = true
		return v.erased(ctx, record)
	case time.Since(record.At) < eraseFor:
		v.report.Purged = true
	default:
		v.fault(Remaining, 0, record.EventID, "erasing the organization began at %s and has not ended", record.At.UTC().Format(time.RFC3339))
	}
	return nil
}

// erased holds the record against what is left, and against the copies of seals, which outlive the history: as many seals
// were erased as there were.
func (v *verification) erased(ctx context.Context, record *sealed) error {
	var left int64
	if err := v.c.read(ctx, v.a.DB, func(r *db.Reads) { db.Value(r, &left, eventsdb.CountChain, v.c.tenant) }); err != nil {
		return err
	}
	if left > 0 {
		v.fault(Remaining, 0, record.EventID, "the organization is erased, and %d rows of its history are there", left)
	}
	var changes map[string][2]string
	if err := json.Unmarshal([]byte(record.Changes), &changes); err != nil {
		v.fault(Changed, 0, record.EventID, "the record of the erasure cannot be read")
		return nil //nolint:nilerr // it is a fault of the record, and told as one
	}
	told, _ := strconv.ParseInt(changes[erasedSeals][0], 10, 64) // none is told where there was none
	if v.head != nil && v.head.Seq > told {
		v.fault(Truncated, told+1, uuid.Nil, "%d seals were erased, and a copy of seal %d was made: the end was cut off before", told, v.head.Seq)
	}
	return nil
}
