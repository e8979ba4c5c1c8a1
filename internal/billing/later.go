package billing

import (
	"context"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/jobs"
)

// wantedPlan is what the intent for a change at the end of the period says.
type wantedPlan struct {
	Subscription string  `json:"subscription"`
	Phases       []phase `json:"phases"`
}

// planChange plans a change for the end of the period, by a schedule that lets go of the subscription afterwards.
func (b *Billing) planChange(ctx context.Context, s scope.Scope, ch change) (Changed, error) {
	wanted := wantedPlan{Subscription: ch.sub.ID, Phases: b.phasesOf(ch)}
	var want intent
	err := b.locked(ctx, s, func(ctx context.Context, tx db.Tx) (err error) {
		want, _, err = b.intendTx(ctx, tx, s, intentPlan, wanted)
		return err
	})
	if err != nil {
		return Changed{}, err
	}
	schedule, err := b.attached(ctx, ch.sub, want.key(intentPlan))
	if err != nil {
		return Changed{}, unsure("plan the change", b.giveUp(ctx, s, want, err))
	}
	_, err = retryInUse(ctx, func() (*stripe.SubscriptionSchedule, error) {
		return b.Stripe.SubscriptionSchedules.Update(schedule.ID, phaseParams(order(ctx, want.key(intentPlan)+"_phases"), schedule, wanted.Phases, false))
	})
	if err != nil {
		return Changed{}, unsure("plan the change", b.giveUp(ctx, s, want, err))
	}
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		first, err := b.settleIntentTx(ctx, tx, s, want.ID)
		if err != nil || !first {
			return err
		}
		if err := ch.askedTx(ctx, tx, s); err != nil {
			return err
		}
		// Who joined in this moment is counted in both phases by this.
		return b.Queue.EnqueueTx(ctx, tx, jobs.SyncSeats{ForTenant: jobs.ForTenant{TenantID: s.TenantID}})
	})
	if err != nil {
		return Changed{}, err
	}
	at := *unix(ch.sub.CurrentPeriodEnd)
	return Changed{At: at}, b.refetch(ctx, s, subject{customer: ch.current.StripeCustomerID, subscription: ch.sub.ID})
}

// phasesOf are what is paid for now, until the end of the period, and what comes then. The meter of the new plan is added
// with the first use.
func (b *Billing) phasesOf(ch change) []phase {
	now, then := phase{End: ch.sub.CurrentPeriodEnd}, phase{}
	if d := ch.sub.Discount; d != nil && d.Coupon != nil {
		now.Coupon = d.Coupon.ID
		if lasts(d) {
			then.Coupon = d.Coupon.ID
		}
	}
	for _, item := range ch.sub.Items.Data {
		now.Items = append(now.Items, itemOf(item))
		switch {
		case item.ID == ch.item.ID:
			then.Items = append(then.Items, phaseItem{Price: ch.price, Quantity: ch.seats})
		case !metered(item):
			then.Items = append(then.Items, itemOf(item))
		}
	}
	return []phase{now, then}
}

// lasts says whether a discount goes on in a phase still to come. A coupon for one invoice, or for some months, would be
// taken anew there, beyond what it is for.
func lasts(d *stripe.Discount) bool {
	return d != nil && d.Coupon != nil && d.Coupon.Duration == stripe.CouponDurationForever
}

// KeepPlan takes a planned change back. Asked again, or when it has happened meanwhile, it does nothing.
func (b *Billing) KeepPlan(ctx context.Context, s scope.Scope) error {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	current, err := b.current(ctx, s)
	switch {
	case err != nil:
		return err
	case current == nil || ended(current.Status):
		return fault.New(fault.Conflict, "There is no subscription whose change could be taken back.")
	}
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error { return b.dropIntentsTx(ctx, tx, s, intentPlan) })
	if err != nil {
		return err
	}
	sub, err := b.scheduled(ctx, current.StripeSubscriptionID)
	if err != nil && !gone(err) {
		return away("read the subscription", err)
	}
	if err == nil {
		err = b.releaseSchedule(ctx, sub)
	}
	if err != nil && !gone(err) {
		return err
	}
	if current.PendingAt != nil {
		err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
			return events.AppendTx(ctx, tx, s, events.Event{
				Action: "billing.plan_change_withdrawn", ObjectKind: "subscription", ObjectID: current.ID,
				Changes: map[string][2]string{"plan": {current.PendingPlan, current.Plan}},
			})
		})
		if err != nil {
			return err
		}
	}
	return b.refetch(ctx, s, subject{customer: current.StripeCustomerID, subscription: current.StripeSubscriptionID})
}
