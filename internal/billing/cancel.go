package billing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// Reasons are those that Stripe knows for the end of a subscription, in the order in which they are offered.
func Reasons() []string {
	return []string{"too_expensive", "missing_features", "unused", "too_complex", "switched_service", "low_quality", "customer_service", "other"}
}

// longestComment is how many characters somebody may write about why.
const longestComment = 1000

// CancelForm asks for the end of a subscription. Why may be left out.
type CancelForm struct {
	Reason  string `form:"reason"`
	Comment string `form:"comment"`
	Now     bool   `form:"now"` // a trial: at once; what is paid for goes on until the end of its period
}

func (f CancelForm) check() error {
	wrong := fault.Fields{}
	if f.Reason != "" && !slices.Contains(Reasons(), f.Reason) {
		wrong.Add("reason", "Choose one of the list, or leave it.")
	}
	if utf8.RuneCountInString(f.Comment) > longestComment {
		wrong.Add("comment", "This is too long. A thousand characters are enough.")
	}
	return wrong.Err()
}

// wantedCancel is what the intent to end a subscription says. What somebody wrote is in the event alone.
type wantedCancel struct {
	Subscription string `json:"subscription"`
	Now          bool   `json:"now"`
	Reason       string `json:"reason"`
	Comment      string `json:"comment"` // its hash
}

// EndsNow says whether cancelling ends a subscription with this status at once: nothing is paid for that could go on.
func EndsNow(status string) bool {
	return status == "past_due" || status == "unpaid" || status == "paused" || status == "incomplete"
}

// Cancel ends the subscription with its period, a trial with its last day or at once. While a payment is missing it ends
// at once. Asked again, or when Stripe has ended it meanwhile, it is a success that changes nothing.
func (b *Billing) Cancel(ctx context.Context, s scope.Scope, f CancelForm) error {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	f.Comment = strings.TrimSpace(f.Comment)
	if err := f.check(); err != nil {
		return err
	}
	current, err := b.current(ctx, s)
	switch {
	case err != nil:
		return err
	case current == nil:
		return fault.New(fault.Conflict, "There is no subscription that could end.")
	case ended(current.Status):
		return nil
	}
	now := EndsNow(current.Status) || f.Now && current.Status == "trialing"
	if !now && (current.CancelAtPeriodEnd || current.CancelAt != nil) {
		return nil
	}
	sum := sha256.Sum256([]byte(f.Comment))
	wanted := wantedCancel{Subscription: current.StripeSubscriptionID, Now: now, Reason: f.Reason, Comment: hex.EncodeToString(sum[:8])}
	var want intent
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) (err error) {
		if err := b.dropIntentsTx(ctx, tx, s, intentResume, intentPlan); err != nil {
			return err
		}
		want, _, err = b.intendTx(ctx, tx, s, intentCancel, wanted)
		return err
	})
	if err != nil {
		return err
	}
	if err := b.end(ctx, wanted, want, f); err != nil {
		return b.giveUp(ctx, s, want, err)
	}
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error { return b.canceledTx(ctx, tx, s, current, want, f) })
	if err != nil {
		return err
	}
	return b.refetch(ctx, s, subject{customer: current.StripeCustomerID, subscription: current.StripeSubscriptionID})
}

// end orders the end at Stripe. What is gone or has ended there needs no order.
func (b *Billing) end(ctx context.Context, wanted wantedCancel, want intent, f CancelForm) error {
	sub, err := b.scheduled(ctx, wanted.Subscription)
	switch {
	case gone(err):
		return nil
	case err != nil:
		return away("read the subscription", err)
	case ended(string(sub.Status)), sub.CancelAtPeriodEnd && !wanted.Now:
		return nil
	}
	if err := b.releaseSchedule(ctx, sub); err != nil {
		return err
	}
	_, err = retryInUse(ctx, func() (*stripe.Subscription, error) {
		if wanted.Now {
			return b.Stripe.Subscriptions.Cancel(sub.ID, &stripe.SubscriptionCancelParams{
				Params: order(ctx, want.key(intentCancel)), InvoiceNow: stripe.Bool(false), Prorate: stripe.Bool(false),
				CancellationDetails: &stripe.SubscriptionCancelCancellationDetailsParams{Comment: some(f.Comment), Feedback: some(f.Reason)},
			})
		}
		return b.Stripe.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{
			Params: order(ctx, want.key(intentCancel)), CancelAtPeriodEnd: stripe.Bool(true),
			CancellationDetails: &stripe.SubscriptionCancellationDetailsParams{Comment: some(f.Comment), Feedback: some(f.Reason)},
		})
	})
	if err != nil && !gone(err) {
		return unsure("cancel the subscription", err)
	}
	return nil
}

// canceledTx writes down once that the end was asked for, and why.
func (b *Billing) canceledTx(ctx context.Context, tx db.Tx, s scope.Scope, sub *Subscription, want intent, f CancelForm) error {
	first, err := b.settleIntentTx(ctx, tx, s, want.ID)
	if err != nil || !first {
		return err
	}
	e := events.Event{
		Action: "billing.cancel_asked", ObjectKind: "subscription", ObjectID: sub.ID,
		Changes: map[string][2]string{"plan": {sub.Plan, ""}, "reason": {"", f.Reason}},
	}
	if f.Comment != "" {
		e.Person = map[string]string{"comment": f.Comment}
	}
	return events.AppendTx(ctx, tx, s, e)
}

// wantedResume is what the intent to keep a subscription says.
type wantedResume struct {
	Subscription string    `json:"subscription"`
	Ends         time.Time `json:"ends"`
}

// Resume takes the planned end of the subscription back. Asked again it is a success that changes nothing. Conflict when
// it has ended.
func (b *Billing) Resume(ctx context.Context, s scope.Scope) error {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	current, err := b.current(ctx, s)
	switch {
	case err != nil:
		return err
	case current == nil || ended(current.Status):
		return fault.New(fault.Conflict, "The subscription has ended. Choose a plan to go on.")
	case !current.CancelAtPeriodEnd && current.CancelAt == nil:
		return nil
	}
	wanted := wantedResume{Subscription: current.StripeSubscriptionID}
	if ends := current.Ends(); ends != nil {
		wanted.Ends = *ends
	}
	var want intent
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) (err error) {
		if err := b.dropIntentsTx(ctx, tx, s, intentCancel, intentPlan); err != nil {
			return err
		}
		want, _, err = b.intendTx(ctx, tx, s, intentResume, wanted)
		return err
	})
	if err != nil {
		return err
	}
	stays, err := b.keep(ctx, current, want)
	if err != nil {
		return b.giveUp(ctx, s, want, err)
	}
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		first, err := b.settleIntentTx(ctx, tx, s, want.ID)
		if err != nil || !first || !stays {
			return err
		}
		return events.AppendTx(ctx, tx, s, events.Event{Action: "billing.resumed", ObjectKind: "subscription", ObjectID: current.ID})
	})
	if err != nil {
		return err
	}
	err = b.refetch(ctx, s, subject{customer: current.StripeCustomerID, subscription: current.StripeSubscriptionID})
	if err == nil && !stays {
		return fault.New(fault.Conflict, "The subscription has ended. Choose a plan to go on.")
	}
	return err
}

// keep orders the subscription to go on, and says whether it does: it may have ended in this moment.
func (b *Billing) keep(ctx context.Context, current *Subscription, want intent) (bool, error) {
	sub, err := b.scheduled(ctx, current.StripeSubscriptionID)
	switch {
	case gone(err):
		return false, nil
	case err != nil:
		return false, away("read the subscription", err)
	case ended(string(sub.Status)):
		return false, nil
	}
	if err := b.releaseSchedule(ctx, sub); err != nil {
		return false, err
	}
	params := &stripe.SubscriptionParams{Params: order(ctx, want.key(intentResume))}
	if sub.CancelAtPeriodEnd {
		params.CancelAtPeriodEnd = stripe.Bool(false)
	} else {
		params.AddExtra("cancel_at", "") // a day that was set in the dashboard
	}
	_, err = retryInUse(ctx, func() (*stripe.Subscription, error) { return b.Stripe.Subscriptions.Update(sub.ID, params) })
	if gone(err) {
		return false, nil
	}
	if err != nil {
		return false, unsure("keep the subscription", err)
	}
	return true, nil
}

// Ends is when the subscription stops by plan, or nil.
func (s *Subscription) Ends() *time.Time {
	if s.CancelAt != nil {
		return s.CancelAt
	}
	if s.CancelAtPeriodEnd {
		return s.CurrentPeriodEnd
	}
	return nil
}

func some(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
