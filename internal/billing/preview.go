package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
)

// Preview is what a change of plan costs and does, before anybody confirms it.
type Preview struct {
	ID         uuid.UUID // of the change, so that confirming twice changes once
	From, To   Plan
	Choice     Choice
	Seats      int64
	Lines      []PreviewLine
	Currency   string
	Due        int64     // to be paid now
	Credit     int64     // what was paid before and is counted against it; negative or zero
	Then       int64     // what a period costs from Renews on, before VAT and discounts
	Renews     time.Time // when the next period begins
	ProratedAt int64     // the moment the amounts are for, in Unix seconds
	Trial      bool      // nothing is due, because the trial goes on
	Later      bool      // nothing happens before Renews: it is no upgrade
	Over       []Over    // what of today's use the new plan does not include
	Withdraws  *Pending  // a change that was planned and is given up for this one
	Discount   Discount
	Card       Card
}

// PreviewLine is one line of the invoice that the change makes; with a kind, what is reckoned below its lines. The one
// with neither kind nor text is what is taken off.
type PreviewLine struct {
	Text   string
	Amount int64
	Kind   string
}

// The kinds of lines below the sum. With them and the credit, the lines add up to what is due.
const (
	LineTax   = "tax"   // that is not in the prices
	LineOpen  = "open"  // what is owed from before
	LineKept  = "kept"  // is left, and counts against what comes
	LineLater = "later" // too little to charge now; stands on the next invoice
)

// Over is a limit of the new plan that today's use is beyond.
type Over struct {
	What  Resource
	Used  int64
	Limit int64
}

// Pending is a change of plan that happens by itself at a time.
type Pending struct {
	Plan     Plan // without a key when its price is in no plan
	Interval string
	At       time.Time
}

// PendingOf is the planned change of a subscription among plans, or nil. Another number of seats alone is none.
func PendingOf(sub *Subscription, plans []Plan) *Pending {
	if sub == nil || sub.PendingAt == nil || sub.PendingPlan == sub.Plan && sub.PendingInterval == sub.Interval {
		return nil
	}
	out := &Pending{Interval: sub.PendingInterval, At: *sub.PendingAt}
	for _, p := range plans {
		if p.Key == sub.PendingPlan {
			out.Plan = p
		}
	}
	return out
}

// Upgrade says whether going from the current choice to another one is done at once and charged, rather than at the end
// of the period: a higher plan, or the same one paid by the year.
func Upgrade(from Plan, fromInterval string, to Plan, toInterval string) bool {
	if to.Rank != from.Rank {
		return to.Rank > from.Rank && (fromInterval != "year" || toInterval != "month")
	}
	return fromInterval == "month" && toInterval == "year"
}

// PreviewChange says what the change does; for one that is made at once it asks Stripe what it costs now. Conflict when
// there is no subscription to change, or when nothing would change.
func (b *Billing) PreviewChange(ctx context.Context, s scope.Scope, c Choice) (Preview, error) {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	ch, err := b.readChange(ctx, s, c)
	if err != nil {
		return Preview{}, err
	}
	if err := ch.refusal(); err != nil {
		return Preview{}, err
	}
	p := ch.preview(b.Plans.plans, c, b.Now())
	if p.Over, err = b.over(ctx, s, ch.to); err != nil || ch.later() {
		return p, err
	}
	params := &stripe.InvoiceUpcomingParams{
		Params: ask(ctx), Customer: &ch.current.StripeCustomerID, Subscription: &ch.current.StripeSubscriptionID,
		SubscriptionItems:             itemParams(ch.items()),
		SubscriptionProrationBehavior: stripe.String("always_invoice"), SubscriptionProrationDate: &p.ProratedAt,
	}
	invoice, err := b.Stripe.Invoices.Upcoming(params)
	if err != nil {
		return Preview{}, away("preview the change", err)
	}
	p.price(invoice)
	return p, nil
}

// over lists what of today's use a plan does not include.
func (b *Billing) over(ctx context.Context, s scope.Scope, plan Plan) ([]Over, error) {
	var members, projects int64
	err := b.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Value(r, &members, billingdb.CountMembers, s.TenantID)
		db.Value(r, &projects, billingdb.CountProjects, s.TenantID)
	})
	if err != nil {
		return nil, fmt.Errorf("count what is in use: %w", err)
	}
	return plan.Over(members, projects), nil
}

// Over lists what of the given use the plan does not include.
func (p Plan) Over(members, projects int64) []Over {
	var all []Over
	for _, o := range []Over{{Members, members, int64(p.Limits.Members)}, {Projects, projects, int64(p.Limits.Projects)}} {
		if o.Limit >= 0 && o.Used > o.Limit {
			all = append(all, o)
		}
	}
	return all
}

// preview is what is known without asking what it costs now.
func (ch change) preview(plans []Plan, c Choice, now time.Time) Preview {
	p := Preview{
		ID: newID(), From: ch.from, To: ch.to, Choice: c, Seats: ch.seats, Currency: ch.currency, Then: ch.amount * ch.seats,
		ProratedAt: now.Unix(), Trial: ch.current.Status == "trialing", Later: ch.later(), Withdraws: PendingOf(ch.current, plans),
		Discount: ch.current.Discount(), Card: ch.current.Card(),
	}
	if d := ch.sub.Discount; p.Later && d != nil && !lasts(d) {
		p.Discount = Discount{} // it ends with the period
	}
	switch {
	case p.Trial && ch.current.TrialEnd != nil:
		p.Renews = *ch.current.TrialEnd
	case p.Later && ch.current.CurrentPeriodEnd != nil:
		p.Renews = *ch.current.CurrentPeriodEnd
	}
	return p
}

// price reads what is due now from the invoice that the change would make.
func (p *Preview) price(invoice *stripe.Invoice) {
	p.Currency = string(invoice.Currency)
	if p.Trial {
		return // the preview of a trial is the first invoice after it; nothing is due before
	}
	p.Due = invoice.AmountDue
	if invoice.Lines != nil {
		for _, line := range invoice.Lines.Data {
			p.Lines = append(p.Lines, PreviewLine{Text: line.Description, Amount: line.Amount})
			if line.Period != nil && line.Amount > 0 {
				p.Renews = time.Unix(line.Period.End, 0).UTC()
			}
		}
	}
	var off int64
	for _, d := range invoice.TotalDiscountAmounts {
		off += d.Amount
	}
	if off > 0 {
		p.Lines = append(p.Lines, PreviewLine{Amount: -off})
	}
	p.settle(invoice)
}

// settle adds what stands between the lines and what is due: tax, the balance from before, and what is left over.
func (p *Preview) settle(invoice *stripe.Invoice) {
	add := func(kind string, amount int64) {
		if amount != 0 {
			p.Lines = append(p.Lines, PreviewLine{Kind: kind, Amount: amount})
		}
	}
	var tax int64
	for _, t := range invoice.TotalTaxAmounts {
		if !t.Inclusive {
			tax += t.Amount
		}
	}
	add(LineTax, tax)
	p.Credit = min(0, max(invoice.StartingBalance, -invoice.Total))
	add(LineOpen, max(0, invoice.StartingBalance))
	rest := p.Due - p.Credit - invoice.Total - max(0, invoice.StartingBalance)
	add(LineKept, max(0, rest))
	add(LineLater, min(0, rest))
}
