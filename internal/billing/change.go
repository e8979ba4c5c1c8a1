package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// change is what is known of a wished change.
type change struct {
	choice   Choice
	current  *Subscription
	from     Plan
	to       Plan
	amount   int64 // of a seat and period afterwards
	currency string
	price    string
	sub      *stripe.Subscription
	item     *stripe.SubscriptionItem
	seats    int64
}

// readChange reads what a change would begin from. Conflict when there is no subscription that could be changed now.
func (b *Billing) readChange(ctx context.Context, s scope.Scope, c Choice) (change, error) {
	ch := change{choice: c}
	var err error
	if ch.current, err = b.current(ctx, s); err != nil {
		return ch, err
	}
	if ch.current == nil || ch.current.Status != "trialing" && ch.current.Status != "active" {
		return ch, fault.New(fault.Conflict, "There is no subscription that could be changed now.")
	}
	to, price, id, err := b.priceID(ctx, c.Plan, c.Interval)
	if err != nil {
		return ch, err
	}
	ch.to, ch.price, ch.amount, ch.currency = to, id, price.Amount, price.Currency
	ch.from, _ = b.Plans.Plan(ch.current.Plan)
	if ch.sub, err = b.scheduled(ctx, ch.current.StripeSubscriptionID); err != nil {
		return ch, away("read the subscription", err)
	}
	if ch.item = b.Plans.licensed(ch.sub); ch.item == nil {
		return ch, fmt.Errorf("subscription %s has no item that counts", ch.sub.ID)
	}
	ch.seats = 1
	if to.PerSeat {
		ch.seats, err = b.members(ctx, s)
	}
	return ch, err
}

// scheduled reads a subscription with its schedule.
func (b *Billing) scheduled(ctx context.Context, id string) (*stripe.Subscription, error) {
	return b.Stripe.Subscriptions.Get(id, &stripe.SubscriptionParams{Params: ask(ctx, "schedule")})
}

// done says whether the subscription is what is wished for.
func (ch change) done() bool {
	return ch.from.Key == ch.to.Key && ch.current.Interval == ch.choice.Interval
}

// later says whether the change waits for the end of the period: what was paid for is kept until then. In a trial
// nothing was paid.
func (ch change) later() bool {
	return ch.current.Status == "active" && !Upgrade(ch.from, ch.current.Interval, ch.to, ch.choice.Interval)
}

// planned says whether the change waits for its time already.
func (ch change) planned() bool {
	return ch.current.PendingAt != nil && ch.current.PendingPlan == ch.to.Key && ch.current.PendingInterval == ch.choice.Interval
}

// refusal is why the change cannot be asked for, or nil.
func (ch change) refusal() error {
	switch {
	case ch.done() && ch.current.PendingAt != nil:
		return fault.New(fault.Conflict, "This is your plan. To keep it, take the planned change back under Billing.")
	case ch.done():
		return fault.New(fault.Conflict, "This is your plan already.")
	case ch.later() && ch.planned():
		return fault.New(fault.Conflict, "This change is planned already.")
	case ch.current.CancelAtPeriodEnd || ch.current.CancelAt != nil:
		return fault.New(fault.Conflict, "The subscription is about to end. Keep it first, and change it then.")
	}
	return nil
}

// ChangeForm confirms a previewed change. ID is made when the preview is shown, so that sending the form twice changes
// once; ProratedAt is the moment the preview was for and Seats what it counted, so that what was shown is what is
// charged.
type ChangeForm struct {
	ID         uuid.UUID `form:"id"`
	Plan       string    `form:"plan"`
	Interval   string    `form:"interval"`
	ProratedAt int64     `form:"prorated_at"`
	Seats      int64     `form:"seats"`
}

// previewLasts is how long the amounts of a preview may be charged.
const previewLasts = time.Hour

// Changed is what became of a confirmed change.
type Changed struct {
	PayURL string    // where the person has to do something before the payment goes through; "" when it is done
	At     time.Time // when it happens; zero when it has
}

// ChangePlan changes the plan at once and charges the difference when it is an upgrade: the higher limits come only with
// the payment, until then Stripe keeps the change pending. Any other change is planned for the end of the period.
func (b *Billing) ChangePlan(ctx context.Context, s scope.Scope, f ChangeForm) (Changed, error) {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	at, now := time.Unix(f.ProratedAt, 0), b.Now()
	if f.ID == uuid.Nil || now.Sub(at) > previewLasts || at.Sub(now) > time.Minute {
		return Changed{}, errOldAmounts()
	}
	ch, err := b.readChange(ctx, s, Choice{Plan: f.Plan, Interval: f.Interval})
	switch {
	case err != nil:
		return Changed{}, err
	case ch.done() && !planned(ch.sub.Schedule):
		return Changed{}, b.changedBefore(ctx, s, ch, f)
	case ch.planned() && ch.later():
		return Changed{At: *ch.current.PendingAt}, nil
	}
	if err := ch.refusal(); err != nil {
		return Changed{}, err
	}
	if ch.seats != f.Seats {
		return Changed{}, errOldAmounts()
	}
	if ch.later() {
		return b.planChange(ctx, s, ch)
	}
	return b.changeNow(ctx, s, ch, f)
}

func (ch change) askedTx(ctx context.Context, tx db.Tx, s scope.Scope) error {
	return askedTx(ctx, tx, s, ch.current.ID, [2]string{ch.from.Key, ch.to.Key}, [2]string{ch.current.Interval, ch.choice.Interval})
}

func askedTx(ctx context.Context, tx db.Tx, s scope.Scope, subscription uuid.UUID, plan, interval [2]string) error {
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: "billing.plan_change_asked", ObjectKind: "subscription", ObjectID: subscription, Changes: map[string][2]string{"plan": plan, "interval": interval},
	})
}

func errOldAmounts() error {
	return fault.New(fault.Conflict, "These amounts are no longer right. Look at the new ones and confirm again.")
}

// declined says whether a card did not pay.
func declined(err error) bool {
	var problem *stripe.Error
	return errors.As(err, &problem) && problem.Type == stripe.ErrorTypeCard
}

func metered(item *stripe.SubscriptionItem) bool {
	return item.Price != nil && item.Price.Recurring != nil && item.Price.Recurring.UsageType == stripe.PriceRecurringUsageTypeMetered
}
