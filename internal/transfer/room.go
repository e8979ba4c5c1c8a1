package transfer

import (
	"context"
	"time"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/limit"
	"plinth/internal/scope"
)

// roomTx returns a PaymentRequired fault when the plan has no room for so many bytes more: beside the field of a form, or
// without one.
func (t *Transfer) roomTx(ctx context.Context, tx db.Tx, s scope.Scope, field string, more int64) error {
	err := t.Projects.Plans.AllowStorageTx(ctx, tx, s, FileField, more)
	if f := fault.As(err); f != nil && field == "" && len(f.Fields) > 0 {
		return fault.New(f.Kind, f.Fields[FileField])
	}
	return err
}

// take counts something that a person does in an organization, and what all do there together. Throttled when it is too much.
func (t *Transfer) take(ctx context.Context, s scope.Scope, what string, most int, drain time.Duration) error {
	policy := func(whose string, times int) limit.Policy {
		return limit.Policy{Name: what + whose, Allowance: most * times, Drain: drain / time.Duration(times), First: 30 * time.Second, Longest: 10 * time.Minute}
	}
	return t.Limits.Take(ctx,
		limit.Subject{Key: s.TenantID.String() + "/" + s.Person.ID.String(), Policy: policy("", 1)},
		limit.Subject{Key: s.TenantID.String(), Policy: policy("-organization", 4)},
	)
}

// takeFile is asked before a file is read, of up to 256 MB.
func (t *Transfer) takeFile(ctx context.Context, s scope.Scope) error {
	return t.take(ctx, s, "import", 40, 2*time.Minute)
}

// takeStep is asked before a file that is here is read again.
func (t *Transfer) takeStep(ctx context.Context, s scope.Scope) error {
	return t.take(ctx, s, "import-step", 100, time.Minute)
}

func (t *Transfer) takeExport(ctx context.Context, s scope.Scope) error {
	return t.take(ctx, s, "export", 40, time.Minute)
}
