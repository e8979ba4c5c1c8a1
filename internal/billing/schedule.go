package billing

import (
	"context"
	"slices"

	"github.com/stripe/stripe-go/v76"
)

// phase is a part of a schedule, as an intent writes it down. It begins where the one before ends.
type phase struct {
	End    int64       `json:"end"` // zero: after one period
	Items  []phaseItem `json:"items"`
	Coupon string      `json:"coupon,omitempty"` // a phase without one would lose what is taken off
}

// phaseItem is what is paid for in a phase. What is metered has no quantity.
type phaseItem struct {
	Price    string `json:"price"`
	Quantity int64  `json:"quantity"`
}

func itemOf(item *stripe.SubscriptionItem) phaseItem {
	if metered(item) {
		return phaseItem{Price: item.Price.ID}
	}
	return phaseItem{Price: item.Price.ID, Quantity: item.Quantity}
}

// planned says whether a schedule has something still to come. In its last phase, which the change of plan began, it stays
// attached for a whole period and plans nothing, unless the end of the subscription is what follows.
func planned(schedule *stripe.SubscriptionSchedule) bool {
	if !running(schedule) {
		return false
	}
	if schedule.CurrentPhase == nil || schedule.EndBehavior == stripe.SubscriptionScheduleEndBehaviorCancel {
		return true
	}
	return slices.ContainsFunc(schedule.Phases, func(p *stripe.SubscriptionSchedulePhase) bool {
		return p.StartDate >= schedule.CurrentPhase.EndDate
	})
}

// attached is the schedule of a subscription; one is made where there is none. Two at once get the same.
func (b *Billing) attached(ctx context.Context, sub *stripe.Subscription, key string) (*stripe.SubscriptionSchedule, error) {
	if running(sub.Schedule) {
		return sub.Schedule, nil
	}
	schedule, err := retryInUse(ctx, func() (*stripe.SubscriptionSchedule, error) {
		return b.Stripe.SubscriptionSchedules.New(&stripe.SubscriptionScheduleParams{Params: order(ctx, key), FromSubscription: &sub.ID})
	})
	if err == nil || !refused(err) {
		return schedule, err
	}
	again, asked := b.scheduled(ctx, sub.ID)
	if asked == nil && running(again.Schedule) {
		return again.Schedule, nil
	}
	return nil, err
}

// phaseParams are the order to change a schedule. The first phase is the current one, and what it changes is charged or
// credited for the rest of it when prorate is set.
func phaseParams(order stripe.Params, schedule *stripe.SubscriptionSchedule, phases []phase, prorate bool) *stripe.SubscriptionScheduleParams {
	none, now := stripe.String("none"), stripe.String("none")
	if prorate {
		now = stripe.String("create_prorations")
	}
	params := &stripe.SubscriptionScheduleParams{Params: order, EndBehavior: stripe.String(string(schedule.EndBehavior)), ProrationBehavior: now}
	if params.EndBehavior == nil || *params.EndBehavior == "" {
		params.EndBehavior = stripe.String(string(stripe.SubscriptionScheduleEndBehaviorRelease))
	}
	for i, p := range phases {
		out := &stripe.SubscriptionSchedulePhaseParams{ProrationBehavior: none}
		if i == 0 && schedule.CurrentPhase != nil {
			out.StartDate = &schedule.CurrentPhase.StartDate
		}
		if p.End > 0 {
			out.EndDate = &phases[i].End
		} else {
			out.Iterations = stripe.Int64(1)
		}
		if p.Coupon != "" {
			out.Coupon = &phases[i].Coupon
		}
		for _, item := range p.Items {
			line := &stripe.SubscriptionSchedulePhaseItemParams{Price: stripe.String(item.Price)}
			if item.Quantity > 0 {
				line.Quantity = stripe.Int64(item.Quantity)
			}
			out.Items = append(out.Items, line)
		}
		params.Phases = append(params.Phases, out)
	}
	return params
}

// releaseSchedule lets go of a schedule, so that nothing planned happens any more. One that is gone is none.
func (b *Billing) releaseSchedule(ctx context.Context, sub *stripe.Subscription) error {
	if !running(sub.Schedule) {
		return nil
	}
	_, err := retryInUse(ctx, func() (*stripe.SubscriptionSchedule, error) {
		return b.Stripe.SubscriptionSchedules.Release(sub.Schedule.ID, &stripe.SubscriptionScheduleReleaseParams{
			Params: order(ctx, "release_"+sub.Schedule.ID), PreserveCancelDate: stripe.Bool(false),
		})
	})
	if err != nil && !refused(err) {
		return away("take the planned change back", err)
	}
	return nil
}

// remaining are the phases of a schedule from the current one on, with another number of seats.
func (b *Billing) remaining(schedule *stripe.SubscriptionSchedule, seats int64, flat map[string]bool) []phase {
	var out []phase
	for _, p := range schedule.Phases {
		if schedule.CurrentPhase == nil || p.StartDate < schedule.CurrentPhase.StartDate {
			continue
		}
		next := phase{End: p.EndDate}
		if p.Coupon != nil {
			next.Coupon = p.Coupon.ID
		}
		for _, item := range p.Items {
			one := phaseItem{Price: item.Price.ID, Quantity: item.Quantity}
			if one.Quantity > 0 && !flat[one.Price] {
				one.Quantity = seats
			}
			next.Items = append(next.Items, one)
		}
		out = append(out, next)
	}
	return out
}
