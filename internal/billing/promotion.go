package billing

import (
	"context"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// CodeForm gives a promotion code for a subscription that goes on.
type CodeForm struct {
	Code string `form:"promotion"`
}

// wantedCode is what the intent for a promotion code says.
type wantedCode struct {
	Subscription string `json:"subscription"`
	Promotion    string `json:"promotion"`
}

func wrongCode(text string) error { return fault.Field("promotion", text) }

// ApplyCode takes off the subscription's invoices what a promotion code is for, in the place of what was taken off
// before. Given again it is a success that changes nothing. The error stands beside the field promotion, and says why.
func (b *Billing) ApplyCode(ctx context.Context, s scope.Scope, f CodeForm) error {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	if f.Code = strings.TrimSpace(f.Code); f.Code == "" {
		return wrongCode("Enter a promotion code.")
	}
	current, err := b.current(ctx, s)
	switch {
	case err != nil:
		return err
	case current == nil || !live(current.Status):
		return fault.New(fault.Conflict, "There is no subscription yet. Codes are given at the checkout, where a plan is bought.")
	}
	code, err := b.findCode(ctx, f.Code, current.StripeCustomerID)
	if err != nil {
		return err
	}
	sub, err := b.scheduled(ctx, current.StripeSubscriptionID)
	switch {
	case err != nil:
		return away("read the subscription", err)
	case sub.Discount != nil && sub.Discount.PromotionCode != nil && sub.Discount.PromotionCode.ID == code.ID:
		return b.refetch(ctx, s, subject{customer: current.StripeCustomerID, subscription: sub.ID})
	}
	if problem := codeProblem(code, current.StripeCustomerID, b.Now()); problem != "" {
		return wrongCode(problem)
	}
	if planned(sub.Schedule) {
		return wrongCode("A change of plan is planned. Take it back first, then give the code and plan the change anew.")
	}
	if err := b.releaseSchedule(ctx, sub); err != nil { // one that has done its work would take the discount away with its last phase
		return err
	}
	return b.redeem(ctx, s, current, code)
}

func (b *Billing) redeem(ctx context.Context, s scope.Scope, current *Subscription, code *stripe.PromotionCode) error {
	var want intent
	err := b.locked(ctx, s, func(ctx context.Context, tx db.Tx) (err error) {
		want, _, err = b.intendTx(ctx, tx, s, intentPromo, wantedCode{Subscription: current.StripeSubscriptionID, Promotion: code.ID})
		return err
	})
	if err != nil {
		return err
	}
	_, err = retryInUse(ctx, func() (*stripe.Subscription, error) {
		return b.Stripe.Subscriptions.Update(current.StripeSubscriptionID, &stripe.SubscriptionParams{
			Params: order(ctx, want.key(intentPromo)), PromotionCode: &code.ID,
		})
	})
	if err != nil {
		err = b.giveUp(ctx, s, want, err)
	}
	switch {
	case refused(err):
		return wrongCode(refusedCode(code))
	case err != nil:
		return unsure("apply the promotion code", err)
	}
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		first, err := b.settleIntentTx(ctx, tx, s, want.ID)
		if err != nil || !first {
			return err
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "billing.code_applied", ObjectKind: "subscription", ObjectID: current.ID, Changes: map[string][2]string{"code": {"", code.Code}},
		})
	})
	if err != nil {
		return err
	}
	return b.refetch(ctx, s, subject{customer: current.StripeCustomerID, subscription: current.StripeSubscriptionID})
}

// findCode finds the code that a word means: one that can be used before one that cannot, the customer's own before one
// of another.
func (b *Billing) findCode(ctx context.Context, word, customer string) (*stripe.PromotionCode, error) {
	params := &stripe.PromotionCodeListParams{Code: &word}
	params.Context, params.Limit, params.Single = ctx, stripe.Int64(100), true
	var found *stripe.PromotionCode
	best := -1
	list := b.Stripe.PromotionCodes.List(params)
	for list.Next() {
		code, worth := list.PromotionCode(), 0
		if code.Active {
			worth += 2
		}
		if code.Customer == nil || code.Customer.ID == customer {
			worth++
		}
		if worth > best {
			found, best = code, worth
		}
	}
	if err := list.Err(); err != nil {
		return nil, away("look for the promotion code", err)
	}
	if found == nil {
		return nil, wrongCode("There is no such code. Look at how it is spelled.")
	}
	return found, nil
}

// codeProblem is why a code cannot be used, or "".
func codeProblem(code *stripe.PromotionCode, customer string, now time.Time) string {
	coupon := code.Coupon
	switch {
	case code.Customer != nil && code.Customer.ID != customer:
		return "This code is for somebody else."
	case code.ExpiresAt > 0 && code.ExpiresAt <= now.Unix(), coupon != nil && coupon.RedeemBy > 0 && coupon.RedeemBy <= now.Unix():
		return "This code has expired."
	case code.MaxRedemptions > 0 && code.TimesRedeemed >= code.MaxRedemptions,
		coupon != nil && coupon.MaxRedemptions > 0 && coupon.TimesRedeemed >= coupon.MaxRedemptions:
		return "This code has been used up."
	case !code.Active || coupon != nil && !coupon.Valid:
		return "This code is no longer valid."
	}
	return ""
}

// refusedCode says why Stripe may have refused a code that can be used by others.
func refusedCode(code *stripe.PromotionCode) string {
	switch r := code.Restrictions; {
	case r != nil && r.FirstTimeTransaction:
		return "This code is for a first purchase only."
	case r != nil && r.MinimumAmount > 0:
		return "This code needs a larger amount than your plan costs."
	}
	return "This code cannot be used for your plan."
}
