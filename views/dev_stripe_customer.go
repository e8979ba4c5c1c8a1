package views

import (
	"context"
	"time"

	"plinth/internal/stripesim"
	"plinth/views/ui"
)

// DevStripeCustomer is one customer of the local Stripe with everything of it.
type DevStripeCustomer struct {
	Customer      stripesim.Customer
	Now           time.Time // by its own clock
	Ahead         time.Duration
	Subscriptions []stripesim.Subscription
	Items         map[string][]string // what each subscription has, for people
	Invoices      []stripesim.Invoice
	Charges       []stripesim.Charge
	Disputes      map[string]stripesim.Dispute // by id
	TaxIDs        []stripesim.TaxID
	// Form is a refund that was refused, with the id of its charge.
	Form ui.Form
}

// tenant is the organization that Plinth made the customer for, or empty.
func (p DevStripeCustomer) tenant() string { return p.Customer.Metadata["tenant_id"] }

func (p DevStripeCustomer) path(act string) string {
	return "/dev/stripe/customers/" + p.Customer.ID + act
}

// refund is the field for a part of a charge.
func (p DevStripeCustomer) refund(ch stripesim.Charge, label string) ui.Input {
	in := ui.Input{ID: "amount-" + ch.ID, Name: "amount", Label: label, Inputmode: "decimal", HideLabel: true, Placeholder: ui.Money(left(ch), ch.Currency)}
	if p.Form.Value("charge") == ch.ID {
		in = p.Form.In(in)
	}
	return in
}

// left is what of a charge can still be given back.
func left(ch stripesim.Charge) int64 { return ch.Amount - ch.AmountRefunded }

// refundable tells whether anything of a charge can be given back now.
func (p DevStripeCustomer) refundable(ch stripesim.Charge) bool {
	d, disputed := p.Disputes[ch.Dispute]
	return ch.Paid && left(ch) > 0 && (!disputed || d.Status == "won")
}

func undecided(d stripesim.Dispute) bool {
	return d.Status == "needs_response" || d.Status == "under_review"
}

// became says what has become of a charge.
func (p DevStripeCustomer) became(ch stripesim.Charge) (text, hue string) {
	switch d := p.Disputes[ch.Dispute]; {
	case undecided(d):
		return "disputed", "brick"
	case d.ID != "":
		return "dispute " + d.Status, stripeHue(d.Status)
	case ch.Refunded:
		return "refunded", "bronze"
	case ch.AmountRefunded > 0:
		return "refunded in part", "bronze"
	}
	return ch.Status, stripeHue(ch.Status)
}

// devStripeClockNote says how far a customer's clock is from the one for all.
func devStripeClockNote(ctx context.Context, p DevStripeCustomer) string {
	days, hours := int(p.Ahead/(24*time.Hour)), int(p.Ahead/time.Hour)
	switch {
	case days > 0:
		return ui.TN(ctx, days, "for this customer alone; a day ahead of the others", "for this customer alone; %d days ahead of the others")
	case hours > 0:
		return ui.TN(ctx, hours, "for this customer alone; an hour ahead of the others", "for this customer alone; %d hours ahead of the others")
	}
	return ui.T(ctx, "for this customer alone")
}
