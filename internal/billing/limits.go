package billing

import (
	"context"
	"time"

	"plinth/internal/limit"
	"plinth/internal/scope"
)

// TakePreview counts a question to Stripe about what something would cost; Throttled when an organization asks too often.
func (b *Billing) TakePreview(ctx context.Context, s scope.Scope) error {
	return b.Limits.Take(ctx, limit.Subject{Key: s.TenantID.String(), Policy: limit.Policy{
		Name: "billing-preview", Allowance: 60, Drain: time.Minute, First: 10 * time.Second, Longest: 10 * time.Minute,
	}})
}

// TakeCode counts a promotion code that somebody tries; Throttled when an organization tries too many.
func (b *Billing) TakeCode(ctx context.Context, s scope.Scope) error {
	return b.Limits.Take(ctx, limit.Subject{Key: s.TenantID.String(), Policy: limit.Policy{
		Name: "billing-code", Allowance: 20, Drain: 6 * time.Minute, First: 30 * time.Second, Longest: time.Hour,
	}})
}
