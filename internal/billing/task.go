package billing

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
)

// task is something that a person has to look at; there is one open task of a kind for an object.
type task struct {
	Kind   string
	Object string
	Tenant uuid.UUID // nil when no organization is known
	Detail string
	Money  moved
}

// moved is what Stripe says of a refund or a dispute.
type moved struct {
	Amount                  int64 // in the currency's smallest unit
	Currency, Reason, State string
}

func openTaskTx(ctx context.Context, tx db.Tx, t task) error {
	row := billingdb.OpenTaskParams{ID: newID(), Kind: t.Kind, ObjectID: t.Object, Detail: t.Detail, Currency: t.Money.Currency, Reason: t.Money.Reason, State: t.Money.State}
	if t.Money.Currency != "" {
		row.Amount = &t.Money.Amount
	}
	if t.Tenant != uuid.Nil {
		row.TenantID = &t.Tenant
	}
	if err := billingdb.New().OpenTask(ctx, tx, row); err != nil {
		return fmt.Errorf("open task %s: %w", t.Kind, err)
	}
	return nil
}

// settleTaskTx opens the task when there is reason, and closes it when there is none any more.
func settleTaskTx(ctx context.Context, tx db.Tx, reason bool, t task) error {
	if reason {
		return openTaskTx(ctx, tx, t)
	}
	if err := billingdb.New().CloseTask(ctx, tx, billingdb.CloseTaskParams{Kind: t.Kind, ObjectID: t.Object}); err != nil {
		return fmt.Errorf("close task %s: %w", t.Kind, err)
	}
	return nil
}

// TakeTaskTx says that a member of staff looks after a task; false when they do already, or when it is closed.
func TakeTaskTx(ctx context.Context, tx db.Tx, id, staff uuid.UUID) (bool, error) {
	n, err := billingdb.New().TakeTask(ctx, tx, billingdb.TakeTaskParams{ID: id, AssigneeID: staff})
	if err != nil {
		return false, fmt.Errorf("take the task: %w", err)
	}
	return n > 0, nil
}

// CloseTaskTx closes a task with a note; false when it is closed. Where its reason is still there it comes back with the
// next look.
func CloseTaskTx(ctx context.Context, tx db.Tx, id, staff uuid.UUID, note string) (bool, error) {
	n, err := billingdb.New().CloseTaskBy(ctx, tx, billingdb.CloseTaskByParams{ID: id, ClosedBy: staff, Note: note})
	if err != nil {
		return false, fmt.Errorf("close the task: %w", err)
	}
	return n > 0, nil
}
