package billing

import (
	"context"
	"fmt"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// replaces marks the session of an intent as the one before, which has to be expired first. News of that session's end do
// not close the intent, since this is not its id.
const replaces = "replaces "

// Choice is a plan and how it is paid.
type Choice struct {
	Plan     string `form:"plan"`
	Interval string `form:"interval"` // month or year
}

// wantedCheckout is what the intent for a Checkout says; another wish is another session.
type wantedCheckout struct {
	Customer string `json:"customer"`
	Price    string `json:"price"`
	Quantity int64  `json:"quantity"`
}

// StartCheckout returns the address of the page where the plan is paid for, with a seat for each member. Asked twice
// for the same, also at once, it leads to the same session. Conflict when a subscription goes on already.
func (b *Billing) StartCheckout(ctx context.Context, s scope.Scope, c Choice) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	plan, _, price, err := b.priceID(ctx, c.Plan, c.Interval)
	if err != nil {
		return "", err
	}
	if err := b.noneLive(ctx, s); err != nil {
		return "", err
	}
	customer, err := b.EnsureCustomer(ctx, s)
	if err != nil {
		return "", err
	}
	want, wanted, err := b.intendCheckout(ctx, s, plan, wantedCheckout{Customer: customer, Price: price})
	if err != nil {
		return "", err
	}
	if want.URL != "" {
		return want.URL, nil
	}
	if err := b.expireCheckout(ctx, s, want.StripeID); err != nil {
		return "", err
	}
	session, err := retryInUse(ctx, func() (*stripe.CheckoutSession, error) {
		return b.Stripe.CheckoutSessions.New(b.checkoutParams(ctx, s, want, wanted))
	})
	if err != nil {
		return "", away("make a checkout session", err)
	}
	err = b.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		return billingdb.New().FillIntent(ctx, tx, billingdb.FillIntentParams{TenantID: s.TenantID, ID: want.ID, StripeID: session.ID, Url: session.URL})
	})
	return session.URL, err
}

func (b *Billing) checkoutParams(ctx context.Context, s scope.Scope, want intent, wanted wantedCheckout) *stripe.CheckoutSessionParams {
	page := b.URL + "/orgs/" + s.Slug + "/billing"
	params := &stripe.CheckoutSessionParams{
		Params: order(ctx, want.key(intentCheckout)), Mode: stripe.String(string(stripe.CheckoutSessionModeSubscription)),
		Customer: &wanted.Customer, SuccessURL: stripe.String(page + "?from=checkout"), CancelURL: stripe.String(page),
		LineItems:           []*stripe.CheckoutSessionLineItemParams{{Price: &wanted.Price, Quantity: &wanted.Quantity}},
		AllowPromotionCodes: stripe.Bool(true), BillingAddressCollection: stripe.String("auto"),
		TaxIDCollection: &stripe.CheckoutSessionTaxIDCollectionParams{Enabled: stripe.Bool(true)},
		// What is typed there is kept on the customer, so that the next invoice has it too.
		CustomerUpdate:    &stripe.CheckoutSessionCustomerUpdateParams{Name: stripe.String("auto"), Address: stripe.String("auto")},
		ClientReferenceID: stripe.String(s.TenantID.String()), // for people who look at the dashboard; nothing here believes it
	}
	return params
}

// intendCheckout writes down what is bought. Until the intent has a page of its own it holds the session that it replaces:
// that one could still be paid, or has been, so whoever tries again comes across it too.
func (b *Billing) intendCheckout(ctx context.Context, s scope.Scope, plan Plan, wanted wantedCheckout) (want intent, _ wantedCheckout, err error) {
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := noneLiveTx(ctx, tx, s); err != nil {
			return err
		}
		var err error
		if wanted.Quantity, err = seatsTx(ctx, tx, s, plan); err != nil {
			return err
		}
		var replaced string
		want, replaced, err = b.intendTx(ctx, tx, s, intentCheckout, wanted)
		if err != nil || replaced == "" {
			return err
		}
		want.StripeID = replaces + strings.TrimPrefix(replaced, replaces) // two choices that both failed
		return billingdb.New().FillIntent(ctx, tx, billingdb.FillIntentParams{TenantID: s.TenantID, ID: want.ID, StripeID: want.StripeID})
	})
	return want, wanted, err
}

// noneLive refuses before a customer is made: one that replaces a deleted customer, whose subscription still counts
// here, would leave the news of its end without an organization.
func (b *Billing) noneLive(ctx context.Context, s scope.Scope) error {
	current, err := b.current(ctx, s)
	if err == nil && current != nil && live(current.Status) {
		return errSubscribed()
	}
	return err
}

func errSubscribed() error {
	return fault.New(fault.Conflict, "There is a subscription already. Change its plan instead of buying a second one.")
}

// noneLiveTx refuses a second subscription beside one that goes on, and any in an organization that is being deleted.
func noneLiveTx(ctx context.Context, tx db.Tx, s scope.Scope) error {
	if err := notClosingTx(ctx, tx, s); err != nil {
		return err
	}
	current, err := billingdb.New().CurrentSubscription(ctx, tx, s.TenantID)
	if err != nil && !db.None(err) {
		return fmt.Errorf("read the current subscription: %w", err)
	}
	if err == nil && live(current.Status) {
		return errSubscribed()
	}
	return nil
}

// seatsTx is how many seats are paid for: the members, never less than one; guests take none.
func seatsTx(ctx context.Context, tx db.Tx, s scope.Scope, plan Plan) (int64, error) {
	if !plan.PerSeat {
		return 1, nil
	}
	n, err := billingdb.New().CountMembers(ctx, tx, s.TenantID)
	if err != nil {
		return 0, fmt.Errorf("count members: %w", err)
	}
	return max(n, 1), nil
}

// expireCheckout closes a session that another choice has replaced, so that only one can be paid. When it has been
// paid meanwhile, what was bought is fetched and the person told so.
func (b *Billing) expireCheckout(ctx context.Context, s scope.Scope, session string) error {
	session = strings.TrimPrefix(session, replaces)
	if session == "" {
		return nil
	}
	_, err := b.Stripe.CheckoutSessions.Expire(session, &stripe.CheckoutSessionExpireParams{Params: order(ctx, "expire_"+session)})
	if err == nil || gone(err) {
		return nil
	}
	old, asked := b.Stripe.CheckoutSessions.Get(session, &stripe.CheckoutSessionParams{Params: ask(ctx)})
	switch {
	case asked != nil:
		return away("expire a checkout session", err)
	case old.Status == stripe.CheckoutSessionStatusComplete:
		if old.Subscription != nil && old.Customer != nil {
			if err := b.refetch(ctx, s, subject{customer: old.Customer.ID, subscription: old.Subscription.ID}); err != nil {
				return away("fetch what was bought", err)
			}
		}
		return fault.New(fault.Conflict, "A payment has just been made. Give it a moment and look again.")
	}
	return nil
}
