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
}

func openTaskTx(ctx context.Context, tx db.Tx, t task) error {
	row := billingdb.OpenTaskParams{ID: newID(), Kind: t.Kind, ObjectID: t.Object, Detail: t.Detail}
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
