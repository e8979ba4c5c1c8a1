package billing

import (
	"context"
	"fmt"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// Resource is something that a plan limits.
type Resource string

// The limited resources.
const (
	Members  Resource = "members"
	Projects Resource = "projects"
)

// Allow returns a PaymentRequired fault beside the form field called field when the organization's plan does not include
// the feature.
func (c *Catalogue) Allow(s scope.Scope, f scope.Feature, field string) error {
	if s.Limits.Includes(f) {
		return nil
	}
	text := "The plan does not include this."
	if plan, ok := c.With(f); ok {
		text = fmt.Sprintf("The %s plan includes this. What is so already stays as it is.", plan.Name)
	}
	return &fault.Error{Kind: fault.PaymentRequired, Fields: map[string]string{field: text}}
}

// AllowTx returns a PaymentRequired fault when one more of the resource would be beyond the plan. It locks the
// organization's row until the transaction ends, so that two requests cannot both be the last one allowed, and reads
// the plan again under that lock. The organization must be in scope.
func (c *Catalogue) AllowTx(ctx context.Context, tx db.Tx, s scope.Scope, what Resource) error {
	q := billingdb.New()
	if err := q.LockTenant(ctx, tx, s.TenantID); err != nil {
		return fmt.Errorf("lock organization: %w", err)
	}
	row, err := q.AccessOfTenant(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("read the plan: %w", err)
	}
	asked := billingdb.AccessRow(row)
	access := c.Access(&asked, c.Now())
	limit, count := access.Plan.Limits.Members, q.CountMembers
	if what == Projects {
		limit, count = access.Plan.Limits.Projects, q.CountProjects
	}
	if limit < 0 {
		return nil
	}
	have, err := count(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("count %s: %w", what, err)
	}
	if have < int64(limit) {
		return nil
	}
	return fault.New(fault.PaymentRequired, fmt.Sprintf("The %s plan includes %d %s, and all of them are in use.", access.Plan.Name, limit, what))
}
