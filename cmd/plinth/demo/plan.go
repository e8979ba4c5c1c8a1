package demo

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"plinth/internal/billing"
	"plinth/internal/scope"
)

// plan puts Acme on the smallest plan that has room for it, unless it is on one.
func (s Seed) plan(ctx context.Context, conn *pgx.Conn, boss scope.Scope) error {
	plan, err := roomy(s.Billing.Plans.Plans())
	if err != nil {
		return err
	}
	now, err := s.Billing.Overview(ctx, boss)
	if err != nil || now.Access.Plan.Rank >= plan.Rank {
		return err
	}
	if !s.LocalStripe || plan.TrialDays == 0 {
		return give(ctx, conn, boss, plan)
	}
	if err := s.Billing.Setup(ctx, io.Discard); err != nil {
		return fmt.Errorf("put the plans into the local Stripe: %w", err)
	}
	if err := s.Billing.StartTrial(ctx, boss, plan.Key); err != nil {
		return fmt.Errorf("start the trial: %w", err)
	}
	return nil
}

// roomy is the first plan that takes the people and projects of Acme.
func roomy(plans []billing.Plan) (billing.Plan, error) {
	members := 1
	for _, c := range colleagues() {
		if c.role != scope.Guest {
			members++
		}
	}
	has := func(limit, need int) bool { return limit < 0 || limit >= need }
	for _, p := range plans {
		if has(p.Limits.Members, members) && has(p.Limits.Projects, len(demoProjects())) {
			return p, nil
		}
	}
	return billing.Plan{}, fmt.Errorf("no plan of the catalogue has room for the demo, which has %d members and %d projects", members, len(demoProjects()))
}

// give is what staff do for an organization that does not pay. No operation does it yet, so the owner of the table does.
func give(ctx context.Context, conn *pgx.Conn, to scope.Scope, plan billing.Plan) error {
	_, err := conn.Exec(ctx, `
		insert into plan_overrides (tenant_id, id, plan, reason, staff_id)
		values ($1, $2, $3, 'The demo, where no local Stripe is.', $4)
		on conflict do nothing`, to.TenantID, id("plan", historyHours), plan.Key, personID(staff))
	if err != nil {
		return fmt.Errorf("give the plan: %w", err)
	}
	return nil
}
