package billing

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/jobs"
)

// wantedSeats is what the intent for seats says. The number is absolute, so carrying it out twice changes nothing. While
// a change is planned the phases of its schedule say how many seats there are: the current one, and those to come.
type wantedSeats struct {
	Subscription string  `json:"subscription"`
	Item         string  `json:"item"`
	Quantity     int64   `json:"quantity"`
	Schedule     string  `json:"schedule,omitempty"`
	Phases       []phase `json:"phases,omitempty"`
}

// SeatsConsumer hears of what may change how many seats an organization pays for. An erased account, of which no event of the
// organization tells, has them counted by itself.
func SeatsConsumer() events.Consumer {
	return events.Consumer{
		Name: "seats", PerTenant: true, Types: []string{"member.joined", "member.role_changed", "member.removed", "member.left", "ownership.transferred"},
		Job: func(tenant, _ uuid.UUID) jobs.Args {
			return jobs.SyncSeats{ForTenant: jobs.ForTenant{TenantID: tenant}}
		},
	}
}

// SyncSeats sets the quantity at Stripe to the number of members, if it is another. Plans that are not paid by the seat,
// and organizations without a subscription that goes on, are left alone.
func (b *Billing) SyncSeats(ctx context.Context, tenantID uuid.UUID) error {
	s := scope.System(tenantID)
	current, err := b.current(ctx, s)
	if err != nil || current == nil || !paysSeats(current.Status) {
		return err
	}
	plan, ok := b.Plans.Plan(current.Plan)
	if !ok || !plan.PerSeat {
		return nil
	}
	members, err := b.members(ctx, s)
	if err != nil || members == current.Quantity {
		return err
	}
	sub, err := b.scheduled(ctx, current.StripeSubscriptionID)
	if gone(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the subscription: %w", err)
	}
	item := b.Plans.licensed(sub)
	if item == nil || ended(string(sub.Status)) {
		return nil
	}
	if item.Quantity != members {
		wanted := wantedSeats{Subscription: sub.ID, Item: item.ID, Quantity: members}
		if err := b.setSeats(ctx, s, sub, wanted); err != nil {
			return err
		}
	}
	return b.refetch(ctx, s, subject{customer: current.StripeCustomerID, subscription: sub.ID})
}

func paysSeats(status string) bool {
	return status == "trialing" || status == "active" || status == "past_due"
}

func (b *Billing) members(ctx context.Context, s scope.Scope) (int64, error) {
	var n int64
	err := b.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Value(r, &n, billingdb.CountMembers, s.TenantID) })
	if err != nil {
		return 0, fmt.Errorf("count members: %w", err)
	}
	return max(n, 1), nil
}

func (b *Billing) setSeats(ctx context.Context, s scope.Scope, sub *stripe.Subscription, wanted wantedSeats) error {
	if planned(sub.Schedule) {
		flat, err := b.flatPrices(ctx)
		if err != nil {
			return err
		}
		wanted.Schedule, wanted.Phases = sub.Schedule.ID, b.remaining(sub.Schedule, wanted.Quantity, flat)
	} else if err := b.releaseSchedule(ctx, sub); err != nil {
		return err
	}
	var want intent
	err := b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		var err error
		want, _, err = b.intendTx(ctx, tx, s, intentSeats, wanted)
		return err
	})
	if err != nil {
		return err
	}
	if wanted.Schedule != "" {
		_, err = b.Stripe.SubscriptionSchedules.Update(wanted.Schedule, phaseParams(order(ctx, want.key(intentSeats)), sub.Schedule, wanted.Phases, true))
	} else {
		_, err = b.Stripe.Subscriptions.Update(wanted.Subscription, &stripe.SubscriptionParams{
			Params:            order(ctx, want.key(intentSeats)),
			Items:             []*stripe.SubscriptionItemsParams{{ID: &wanted.Item, Quantity: &wanted.Quantity}},
			ProrationBehavior: stripe.String(string(stripe.SubscriptionSchedulePhaseProrationBehaviorCreateProrations)),
		})
	}
	if err != nil {
		return fmt.Errorf("set the seats: %w", b.giveUp(ctx, s, want, err))
	}
	return b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error { return b.closeIntentTx(ctx, tx, s, want.ID) })
}

// flatPrices are the prices of plans that are not paid by the seat.
func (b *Billing) flatPrices(ctx context.Context) (map[string]bool, error) {
	flat := map[string]bool{}
	for _, plan := range b.Plans.Plans() {
		for _, price := range plan.Prices {
			if plan.PerSeat {
				continue
			}
			_, _, id, err := b.priceID(ctx, plan.Key, price.Interval)
			if err != nil {
				return nil, err
			}
			flat[id] = true
		}
	}
	return flat, nil
}
