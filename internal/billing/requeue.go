package billing

import (
	"context"
	"fmt"
	"time"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/fault"
)

// RequeueEventTx says that a stored event waits to be applied, whatever became of it before. Whoever calls it enqueues
// the job in the same transaction. NotFound when there is no such event.
func RequeueEventTx(ctx context.Context, tx db.Tx, id string) error {
	rows, err := billingdb.New().RequeueEvent(ctx, tx, id)
	if err != nil {
		return fmt.Errorf("queue event again: %w", err)
	}
	if rows == 0 {
		return fault.Missing()
	}
	return nil
}

// Waiting says which stored events are queued again: parked ones, or (late) those that wait for a quarter of an hour
// although they are queued, as when their job has failed for good. What is empty leaves everything in.
type Waiting struct {
	State    string // parked or late
	Type     string
	Customer string
	Before   time.Time // when they were tried or queued last, so that none has its turn twice
}

// RequeueEventsTx says of at most so many stored events that they wait to be applied, and returns their ids: those that
// were tried or queued again longest ago come first, so that doing it again reaches the others. Whoever calls it enqueues the
// jobs in the same transaction.
func RequeueEventsTx(ctx context.Context, tx db.Tx, w Waiting, most int32) ([]string, error) {
	ids, err := billingdb.New().RequeueEvents(ctx, tx, billingdb.RequeueEventsParams{State: w.State, Type: w.Type, Customer: w.Customer, Before: w.Before, Most: most})
	if err != nil {
		return nil, fmt.Errorf("queue events again: %w", err)
	}
	return ids, nil
}

// IgnoreCustomerTx closes the parked events of a customer that is nobody's, and says how many there were. Conflict when
// the customer is an organization's.
func IgnoreCustomerTx(ctx context.Context, tx db.Tx, customer, note string) (int64, error) {
	q := billingdb.New()
	if err := q.LockCustomer(ctx, tx, customer); err != nil {
		return 0, fmt.Errorf("lock customer: %w", err)
	}
	_, err := q.TenantOfCustomer(ctx, tx, customer)
	if err == nil {
		return 0, fault.New(fault.Conflict, "This customer is an organization's by now. Its events are applied.")
	}
	if !db.None(err) {
		return 0, fmt.Errorf("look for the customer's organization: %w", err)
	}
	n, err := q.IgnoreParked(ctx, tx, billingdb.IgnoreParkedParams{CustomerID: customer, Note: note})
	if err != nil {
		return 0, fmt.Errorf("ignore the customer's events: %w", err)
	}
	return n, nil
}
