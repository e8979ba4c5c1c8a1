package billing

import (
	"context"
	"fmt"

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
