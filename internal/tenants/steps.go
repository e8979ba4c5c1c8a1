package tenants

import (
	"context"
	"fmt"

	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
)

// HideSteps puts the first steps of the organization away for the person.
func (t *Tenants) HideSteps(ctx context.Context, s scope.Scope) error {
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := tenantsdb.New().HideSteps(ctx, tx, tenantsdb.HideStepsParams{TenantID: s.TenantID, UserID: s.Person.ID}); err != nil {
			return fmt.Errorf("put the first steps away: %w", err)
		}
		return nil
	})
}
