package billing

import (
	"context"
	"fmt"
	"strings"

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

// AllowStorageTx returns a PaymentRequired fault beside the form field called field when so many bytes more of files would
// be beyond the plan. A plan that charges for what is beyond refuses nothing. Like AllowTx it locks the organization's
// row, so that what two requests bring is never both the last that fits.
func (c *Catalogue) AllowStorageTx(ctx context.Context, tx db.Tx, s scope.Scope, field string, more int64) error {
	q := billingdb.New()
	if err := q.LockTenant(ctx, tx, s.TenantID); err != nil {
		return fmt.Errorf("lock organization: %w", err)
	}
	row, err := q.AccessOfTenant(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("read the plan: %w", err)
	}
	asked := billingdb.AccessRow(row)
	plan := c.Access(&asked, c.Now()).Plan
	limit := int64(plan.Limits.StorageMB) * megabyte
	if limit < 0 || plan.Meter == MeterStorage {
		return nil
	}
	have, err := q.CountStorage(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("count storage: %w", err)
	}
	if have+more <= limit {
		return nil
	}
	text := fmt.Sprintf("The %s plan includes %s of files, and %s of them are in use.", plan.Name, inBytes(limit), inBytes(have))
	return &fault.Error{Kind: fault.PaymentRequired, Fields: map[string]string{field: text}}
}

// inBytes is a size in words, in steps of 1000.
func inBytes(n int64) string {
	if n >= gigabyte {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/gigabyte), ".0") + " GB"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/megabyte), ".0") + " MB"
}
