package billing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/jobs"
)

// The kinds of mail.
const (
	MailPaymentFailed      = "payment_failed"
	MailActionRequired     = "payment_action_required"
	MailTrialWillEnd       = "trial_will_end"
	MailCanceledNonpayment = "canceled_nonpayment"
	MailFinalizationFailed = "finalization_failed"
	MailReceipt            = "receipt"
)

// Mail is what a mail about billing is made of, for one owner, or for the address that invoices go to, which has no
// person.
type Mail struct {
	Kind         string
	UserID       uuid.UUID
	To           string
	Name         string
	Organization string
	Plan         string
	URL          string // of the billing page
	PayURL       string // of the invoice at Stripe, when there is one
	PDF          string
	Number       string // of the invoice
	Amount       int64  // what is due or was paid, when Currency is not empty
	Currency     string
	NextAttempt  *time.Time
	TrialEnd     *time.Time
	Card         string // the last four digits of the one that is charged when a trial ends; empty: none is on file
	Seats        int64  // that the amount at the end of a trial is for; zero where the plan is not paid by the seat
	Interval     string // that it pays for: month or year
	Discount     bool   // the amount is before one
	GraceEnds    *time.Time
}

// Mails reads what the mails of a cause need: one for each owner and for the address that invoices go to. A receipt goes
// there alone when there is one. jobs.ErrNothingToDo when what they would say is no
// longer true: the invoice was paid, the trial is over or was cancelled.
func (b *Billing) Mails(ctx context.Context, kind string, tenantID uuid.UUID, subscription, invoice string) ([]Mail, error) {
	s := scope.System(tenantID)
	var org billingdb.BilledOrganizationRow
	var owners []billingdb.OwnersRow
	var sub *Subscription
	var inv *billingdb.InvoiceByStripeIDRow
	var address string
	err := b.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Row(r, &org, billingdb.BilledOrganization, tenantID)
		db.Rows(r, &owners, billingdb.Owners, tenantID)
		db.Maybe(r, &sub, billingdb.CurrentSubscription, tenantID)
		db.Maybe(r, &inv, billingdb.InvoiceByStripeID, tenantID, invoice)
		db.Value(r, &address, billingdb.BillingEmail, tenantID)
	})
	if err != nil {
		return nil, fmt.Errorf("read what the mail needs: %w", err)
	}
	m := Mail{Kind: kind, Organization: org.Name, Plan: b.Plans.Free().Name, URL: b.URL + "/orgs/" + org.Slug + "/billing"}
	if sub != nil {
		if plan, ok := b.Plans.Plan(sub.Plan); ok {
			m.Plan = plan.Name
			if plan.PerSeat {
				m.Seats = sub.Quantity
			}
		}
		m.TrialEnd = sub.TrialEnd
		m.Card, m.Interval, m.Discount = sub.CardLast4, sub.Interval, sub.DiscountName != ""
		if kind == MailTrialWillEnd {
			m.Amount, m.Currency = sub.UnitAmount*sub.Quantity, sub.Currency
		}
		if sub.PastDueSince != nil {
			ends := sub.PastDueSince.Add(Grace)
			m.GraceEnds = &ends
		}
	}
	if inv != nil {
		m.Amount, m.Currency, m.NextAttempt, m.PayURL = inv.AmountDue, inv.Currency, inv.NextAttemptAt, inv.HostedUrl
		m.PDF, m.Number = inv.PdfUrl, inv.Number
		if kind == MailReceipt {
			m.Amount = inv.AmountPaid
		}
	}
	if over(kind, subscription, sub, inv) {
		return nil, jobs.ErrNothingToDo
	}
	return m.toAll(owners, address), nil
}

func (m Mail) toAll(owners []billingdb.OwnersRow, address string) []Mail {
	var all []Mail
	for _, o := range owners {
		if strings.EqualFold(o.Email, address) {
			address = "" // one of them: no second mail of the same
		}
		m.UserID, m.To, m.Name = o.ID, o.Email, o.Name
		all = append(all, m)
	}
	if address == "" {
		return all
	}
	m.UserID, m.To, m.Name = uuid.Nil, address, ""
	if m.Kind == MailReceipt {
		return []Mail{m}
	}
	return append(all, m)
}

// over says whether what a mail would tell has passed.
func over(kind, subscription string, sub *Subscription, inv *billingdb.InvoiceByStripeIDRow) bool {
	switch kind {
	case MailPaymentFailed, MailActionRequired:
		return inv != nil && inv.Status != "open"
	case MailReceipt:
		return inv == nil || inv.Status != "paid" || inv.AmountPaid == 0
	case MailTrialWillEnd:
		return sub == nil || sub.StripeSubscriptionID != subscription || sub.Status != "trialing" ||
			trialStops(sub.TrialEnd, sub.CancelAt, sub.CancelAtPeriodEnd) != nil
	}
	return false
}
