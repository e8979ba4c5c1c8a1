package mail

import (
	"context"
	"fmt"
	"time"

	"plinth/internal/billing"
	"plinth/views/ui"
)

// Billing writes the letter of a kind of billing mail.
func Billing(ctx context.Context, m billing.Mail) Letter {
	l := Letter{
		To: m.To, ButtonText: "Open billing", ButtonURL: m.URL,
		Note: "You get this mail because you own " + m.Organization + " on Plinth. Nothing is deleted when a payment is missing.",
	}
	hello := "Hello " + m.Name + ","
	if m.Name == "" {
		hello = "Hello,"
		l.Note = "You get this mail because invoices of " + m.Organization + " on Plinth go to this address."
	}
	switch m.Kind {
	case billing.MailPaymentFailed:
		l.Subject, l.Title = "A payment for "+m.Organization+" failed", "The payment did not go through"
		l.Paragraphs = []string{hello, "The payment" + amount(m) + " for " + m.Plan + " did not go through. " + next(ctx, m), grace(ctx, m)}
		l.ButtonText = "Update the card"
	case billing.MailActionRequired:
		l.Subject, l.Title = "Your bank asks you to confirm a payment", "Confirm the payment"
		l.Paragraphs = []string{hello, "Your bank wants you to confirm the payment" + amount(m) + " for " + m.Plan + " before it goes through.", grace(ctx, m)}
		if m.PayURL != "" {
			l.ButtonText, l.ButtonURL = "Confirm the payment", m.PayURL
		}
	case billing.MailTrialWillEnd:
		l.Subject, l.Title = "Your trial of "+m.Plan+" ends soon", "Your trial ends"+on(ctx, m.TrialEnd)
		l.Paragraphs = append([]string{hello}, trialEnds(ctx, m)...)
		if m.Card == "" {
			l.ButtonText = "Add a card"
		}
	case billing.MailCanceledNonpayment:
		l.Subject, l.Title = m.Organization+" is on the free plan now", "The subscription has ended"
		l.Paragraphs = []string{hello, "All attempts to charge the card failed, so the subscription has ended. " + m.Organization +
			" is on the free plan now. All your data is still there, and a plan can be chosen at any time."}
		l.ButtonText = "See the plans"
	case billing.MailReceipt:
		l.Subject, l.Title = "Receipt for "+m.Organization+", invoice "+m.Number, "The payment went through"
		l.Paragraphs = []string{hello, ui.Money(m.Amount, m.Currency) + " was paid for " + m.Organization + " on Plinth, invoice " + m.Number + "."}
		if m.PDF != "" {
			l.Paragraphs = append(l.Paragraphs, "The invoice as a PDF: "+m.PDF)
		}
		if m.PayURL != "" {
			l.ButtonText, l.ButtonURL = "See the invoice", m.PayURL
		}
	case billing.MailFinalizationFailed:
		l.Subject, l.Title = "An invoice could not be made", "An invoice needs your help"
		l.Paragraphs = []string{hello, "An invoice for " + m.Organization + " could not be made final, usually because the billing address or tax id is incomplete. Please look at them in the billing portal."}
	}
	return l
}

func amount(m billing.Mail) string {
	if m.Currency == "" {
		return ""
	}
	return " of " + ui.Money(m.Amount, m.Currency)
}

// trialEnds says when a trial ends and what happens then: with a card on file it goes on and is paid for.
func trialEnds(ctx context.Context, m billing.Mail) []string {
	ends := "The trial of " + m.Plan + " for " + m.Organization + " ends" + on(ctx, m.TrialEnd) + "."
	if m.Card == "" {
		return []string{ends + " Add a card to stay on it. Without one " + m.Organization + " is on the free plan afterwards, and all your data stays."}
	}
	what, before := ui.T(ctx, "the first month"), ui.T(ctx, "before VAT")
	if m.Interval == "year" {
		what = ui.T(ctx, "the first year")
	}
	if m.Seats > 0 {
		what += " " + ui.TN(ctx, int(m.Seats), "and one seat", "and %d seats")
	}
	if m.Discount {
		before = ui.T(ctx, "before VAT and the discount")
	}
	return []string{
		fmt.Sprintf("%s %s goes on by itself: the card ending in %s is charged then. That is %s for %s, %s.",
			ends, m.Plan, m.Card, ui.Money(m.Amount, m.Currency), what, before),
		"Nothing needs to be done to stay on it. To stop, cancel on the billing page before that day: then nothing is charged, and all your data stays.",
	}
}

func next(ctx context.Context, m billing.Mail) string {
	if m.NextAttempt == nil {
		return "Please look at the card."
	}
	return fmt.Sprintf("It is tried again%s. A new card before then settles it.", on(ctx, m.NextAttempt))
}

func grace(ctx context.Context, m billing.Mail) string {
	if m.GraceEnds == nil {
		return "Nothing changes for your people today."
	}
	return fmt.Sprintf("Nothing changes for your people until%s. After that everything can be read, and changed again as soon as the payment is made.", date(ctx, *m.GraceEnds))
}

func on(ctx context.Context, t *time.Time) string {
	if t == nil {
		return " soon"
	}
	return " on" + date(ctx, *t)
}

func date(ctx context.Context, t time.Time) string { return " " + ui.LongDay(ctx, t) }
