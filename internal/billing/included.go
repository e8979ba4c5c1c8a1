package billing

import (
	"context"
	"fmt"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
)

// givenPlan is what staff gave and is in force; nil when nothing is.
func (b *Billing) givenPlan(ctx context.Context, s scope.Scope) (*Plan, error) {
	var given *Given
	err := b.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &given, billingdb.OverrideInForce, s.TenantID) })
	if err != nil {
		return nil, fmt.Errorf("read what was given: %w", err)
	}
	if given == nil {
		return nil, nil
	}
	if plan, ok := b.Plans.Plan(given.Plan); ok {
		return &plan, nil
	}
	return nil, nil
}

// IncludedMB is how many megabytes are kept without a charge by whoever pays for the plan and was given another one, or
// nil: the larger of the two. Negative: whatever is kept, because the given plan charges for none of it.
func (p Plan) IncludedMB(given *Plan) int {
	own := p.Limits.StorageMB
	switch {
	case given == nil:
		return own
	case given.Limits.StorageMB < 0, given.Meter == "" && given.Limits.StorageMB >= own:
		return -1
	}
	return max(own, given.Limits.StorageMB)
}

// Beyond is how many gigabytes, each begun one whole, are charged by the plan's meter.
func (p Plan) Beyond(given *Plan, bytes int64) int64 {
	included := p.IncludedMB(given)
	over := bytes - int64(included)*megabyte
	if included < 0 || over <= 0 {
		return 0
	}
	return (over + gigabyte - 1) / gigabyte
}
