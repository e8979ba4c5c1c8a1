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

// Preview is what a change of plan costs, before anybody confirms it.
type Preview struct {
	ID         uuid.UUID // of the change, so that confirming twice changes once
	From, To   Plan
	Choice     Choice
	Seats      int64
	Lines      []PreviewLine
	Currency   string
	Due        int64     // to be paid now
	Credit     int64     // what was paid before and is counted against it; negative or zero
	Then       int64     // what a period costs from Renews on
	Renews     time.Time // when the next period begins
	ProratedAt int64     // the moment the amounts are for, in Unix seconds
	Trial      bool      // nothing is due, because the trial goes on
}

// PreviewLine is one line of the invoice that the change makes.
type PreviewLine struct {
	Text   string
	Amount int64
}

// Upgrade says whether going from the current choice to another one is done at once and charged, rather than led to
// the Portal: a higher plan, or the same one paid by the year.
func Upgrade(from Plan, fromInterval string, to Plan, toInterval string) bool {
	if to.Rank != from.Rank {
		return to.Rank > from.Rank && (fromInterval != "year" || toInterval != "month")
	}
	return fromInterval == "month" && toInterval == "year"
}

// PreviewChange asks Stripe what the change costs now. Conflict when there is no subscription to change, or when the
// choice is no upgrade.
func (b *Billing) PreviewChange(ctx context.Context, s scope.Scope, c Choice) (Preview, error) {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	ch, err := b.readChange(ctx, s, c)
	if err != nil {
		return Preview{}, err
	}
	at := b.Now().Unix()
	params := &stripe.InvoiceUpcomingParams{
		Params: ask(ctx), Customer: &ch.current.StripeCustomerID, Subscription: &ch.current.StripeSubscriptionID,
		SubscriptionItems:             []*stripe.SubscriptionItemsParams{{ID: &ch.item.ID, Price: &ch.price, Quantity: &ch.seats}},
		SubscriptionProrationBehavior: stripe.String("always_invoice"), SubscriptionProrationDate: &at,
	}
	invoice, err := b.Stripe.Invoices.Upcoming(params)
	if err != nil {
		return Preview{}, away("preview the change", err)
	}
	return ch.preview(c, invoice, at), nil
}

// change is what is known of a wished change.
type change struct {
	current *Subscription
	from    Plan
	to      Plan
	amount  int64 // of a seat and period afterwards
	price   string
	item    *stripe.SubscriptionItem
	seats   int64
	done    bool // the current subscription is what is wished for
}

func (b *Billing) readChange(ctx context.Context, s scope.Scope, c Choice) (change, error) {
	var ch change
	var err error
	if ch.current, err = b.current(ctx, s); err != nil {
		return ch, err
	}
	if ch.current == nil || !paysSeats(ch.current.Status) || ch.current.Status == "past_due" {
		return ch, fault.New(fault.Conflict, "There is no subscription that could be changed now.")
	}
	to, price, id, err := b.priceID(ctx, c.Plan, c.Interval)
	if err != nil {
		return ch, err
	}
	ch.to, ch.price, ch.amount = to, id, price.Amount
	ch.from, _ = b.Plans.Plan(ch.current.Plan)
	ch.done = ch.from.Key == to.Key && ch.current.Interval == c.Interval
	if !Upgrade(ch.from, ch.current.Interval, to, c.Interval) {
		return ch, fault.New(fault.Conflict, "This change is made in the billing portal.")
	}
	sub, err := b.Stripe.Subscriptions.Get(ch.current.StripeSubscriptionID, &stripe.SubscriptionParams{Params: ask(ctx)})
	if err != nil {
		return ch, away("read the subscription", err)
	}
	if ch.item = b.Plans.licensed(sub); ch.item == nil {
		return ch, fmt.Errorf("subscription %s has no item that counts", sub.ID)
	}
	ch.seats = 1
	if to.PerSeat {
		ch.seats, err = b.members(ctx, s)
	}
	return ch, err
}

func (ch change) preview(c Choice, invoice *stripe.Invoice, at int64) Preview {
	p := Preview{
		ID: newID(), From: ch.from, To: ch.to, Choice: c, Seats: ch.seats, Currency: string(invoice.Currency), Due: invoice.AmountDue,
		Then: ch.amount * ch.seats, ProratedAt: at, Trial: ch.current.Status == "trialing",
	}
	if p.Trial {
		// The preview of a trial is the first invoice after it; nothing is due before.
		p.Due = 0
		if ch.current.TrialEnd != nil {
			p.Renews = *ch.current.TrialEnd
		}
		return p
	}
	if invoice.Lines != nil {
		for _, line := range invoice.Lines.Data {
			p.Lines = append(p.Lines, PreviewLine{Text: line.Description, Amount: line.Amount})
			if line.Period != nil && line.Amount > 0 {
				p.Renews = time.Unix(line.Period.End, 0).UTC()
			}
		}
	}
	if invoice.StartingBalance < 0 {
		p.Credit = max(invoice.StartingBalance, -invoice.Total)
	}
	return p
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
	PayURL string // where the person has to do something before the payment goes through; "" when it is done
}

// ChangePlan changes the plan at once and charges the difference. The higher limits come only with the payment: until
// then Stripe keeps the change pending.
func (b *Billing) ChangePlan(ctx context.Context, s scope.Scope, f ChangeForm) (Changed, error) {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	at, now := time.Unix(f.ProratedAt, 0), b.Now()
	if f.ID == uuid.Nil || now.Sub(at) > previewLasts || at.Sub(now) > time.Minute {
		return Changed{}, errOldAmounts()
	}
	ch, err := b.readChange(ctx, s, Choice{Plan: f.Plan, Interval: f.Interval})
	switch {
	case ch.done:
		return Changed{}, nil
	case err != nil:
		return Changed{}, err
	case ch.seats != f.Seats:
		return Changed{}, errOldAmounts()
	}
	sub, err := retryInUse(ctx, func() (*stripe.Subscription, error) {
		return b.Stripe.Subscriptions.Update(ch.current.StripeSubscriptionID, ch.params(ctx, f))
	})
	var problem *stripe.Error
	if errors.As(err, &problem) && problem.Type == stripe.ErrorTypeCard {
		return Changed{}, fault.Wrap(fault.Conflict, "The payment was declined, and the plan stays as it is. Update the card and try again.", err)
	}
	if err != nil {
		return Changed{}, away("change the plan", err)
	}
	err = b.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "billing.plan_change_asked", ObjectKind: "subscription", ObjectID: ch.current.ID,
			Changes: map[string][2]string{"plan": {ch.from.Key, ch.to.Key}},
		})
	})
	if err != nil {
		return Changed{}, err
	}
	if err := b.refetch(ctx, s, subject{customer: ch.current.StripeCustomerID, subscription: sub.ID}); err != nil {
		return Changed{}, err
	}
	if sub.PendingUpdate != nil && sub.LatestInvoice != nil {
		return Changed{PayURL: sub.LatestInvoice.HostedInvoiceURL}, nil
	}
	return Changed{}, nil
}

func errOldAmounts() error {
	return fault.New(fault.Conflict, "These amounts are no longer right. Look at the new ones and confirm again.")
}

func (ch change) params(ctx context.Context, f ChangeForm) *stripe.SubscriptionParams {
	p := &stripe.SubscriptionParams{
		Params:          order(ctx, "change_"+f.ID.String(), "latest_invoice"),
		Items:           []*stripe.SubscriptionItemsParams{{ID: &ch.item.ID, Price: &ch.price, Quantity: &ch.seats}},
		PaymentBehavior: stripe.String("pending_if_incomplete"), ProrationBehavior: stripe.String("always_invoice"),
	}
	if ch.current.Status != "trialing" {
		p.ProrationDate = &f.ProratedAt
	}
	return p
}
