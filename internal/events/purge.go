package events

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
)

// What tells, among the events of accounts, that an organization is erased: its id stands where that of an account does.
// Verify takes a history that is gone for erased when these entries are what was sealed.
const (
	ErasureBegun       = "organization.erasure_begun"
	OrganizationErased = "organization.erased"
)

// erasedSeals is, among the changes of the record, how many seals were erased.
const erasedSeals = "event_seals"

// eraseFor is how long erasing an organization may take before it is a fault that it has not ended.
const eraseFor = 7 * 24 * time.Hour

// PurgeTx deletes up to limit rows of an organization's history with its seals; it says of which table and how many, zero
// when there is nothing left. The copies of seals in the second place stay. It is called inside db.InAdmin.
func PurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error) {
	// Not while the sealer goes on: it would begin the chain anew behind what is gone.
	locked, err := eventsdb.New().LockChain(ctx, tx, tenant.String())
	if err != nil {
		return "", 0, fmt.Errorf("lock the chain: %w", err)
	}
	if !locked {
		return "", 0, errors.New("the history is being sealed")
	}
	return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{
		{Noun: "unsealed_events", SQL: eventsdb.PurgeUnsealed}, {Noun: "undispatched_events", SQL: eventsdb.PurgeUndispatched},
		{Noun: "event_subscriptions", SQL: eventsdb.PurgeSubscriptions}, {Noun: "event_erasures", SQL: eventsdb.PurgeErasures},
		{Noun: erasedSeals, SQL: eventsdb.PurgeSeals}, {Noun: "events", SQL: eventsdb.PurgeEvents},
		// Behind the seals, without which no cursor is begun; and the cursor first, since who counts holds it.
		{Noun: "metric_cursors", SQL: eventsdb.PurgeMetricCursor}, {Noun: "daily_metrics", SQL: eventsdb.PurgeMetrics},
	})
}
