package billing

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// EmailForm says where invoices and receipts go besides the owners; empty for nowhere else.
type EmailForm struct {
	Email string `form:"email"`
}

// longestEmail is what a mail server takes (RFC 5321, 4.5.3.1.3).
const longestEmail = 254

func (f EmailForm) check() error {
	if f.Email == "" {
		return nil
	}
	parsed, err := mail.ParseAddress(f.Email)
	switch {
	case err != nil || parsed.Address != f.Email || !strings.Contains(f.Email[strings.LastIndex(f.Email, "@")+1:], "."):
		return fault.Field("email", "This is no e-mail address. It looks like accounts@example.com.")
	case len(f.Email) > longestEmail:
		return fault.Field("email", "This address is too long.")
	}
	return nil
}

// wantedEmail is what the intent for the customer's address says.
type wantedEmail struct {
	Customer string `json:"customer"`
	Email    string `json:"email"`
}

// SetEmail says where invoices, receipts and mails about payments go besides the owners. Stripe is told when there is a
// customer; while it cannot be reached nothing changes here either.
func (b *Billing) SetEmail(ctx context.Context, s scope.Scope, f EmailForm) error {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	f.Email = strings.TrimSpace(f.Email)
	if err := f.check(); err != nil {
		return err
	}
	wanted, want, err := b.intendEmail(ctx, s, f.Email)
	if err != nil {
		return err
	}
	if wanted.Customer != "" {
		_, err := retryInUse(ctx, func() (*stripe.Customer, error) {
			return b.Stripe.Customers.Update(wanted.Customer, &stripe.CustomerParams{Params: order(ctx, want.key(intentEmail)), Email: &wanted.Email})
		})
		if err != nil && !gone(err) {
			return b.notAddressed(ctx, s, want, err)
		}
	}
	return b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := b.closeIntentTx(ctx, tx, s, want.ID); err != nil {
			return err
		}
		changed, err := billingdb.New().SetBillingEmail(ctx, tx, billingdb.SetBillingEmailParams{TenantID: s.TenantID, Email: f.Email})
		if err != nil {
			return fmt.Errorf("set the address for invoices: %w", err)
		}
		if changed == 0 {
			return nil
		}
		return events.AppendTx(ctx, tx, s, events.Event{Action: "billing.email_changed", ObjectKind: "organization", Person: map[string]string{"email": f.Email}})
	})
}

// notAddressed says why Stripe has not taken an address.
func (b *Billing) notAddressed(ctx context.Context, s scope.Scope, want intent, cause error) error {
	err := b.giveUp(ctx, s, want, cause)
	if refused(err) {
		return fault.Field("email", "Stripe does not take this address. Look at how it is spelled.")
	}
	return unsure("change the customer's address", err)
}

// intendEmail writes down what the customer's address is to be: the one given, else the first owner's.
func (b *Billing) intendEmail(ctx context.Context, s scope.Scope, email string) (wanted wantedEmail, want intent, err error) {
	q := billingdb.New()
	err = b.locked(ctx, s, func(ctx context.Context, tx db.Tx) error {
		var err error
		if wanted.Customer, err = q.CustomerOfTenant(ctx, tx, s.TenantID); err != nil && !db.None(err) {
			return fmt.Errorf("read the customer: %w", err)
		}
		if wanted.Email = email; email == "" {
			owners, err := q.Owners(ctx, tx, s.TenantID)
			if err != nil {
				return fmt.Errorf("read the owners: %w", err)
			}
			if len(owners) > 0 {
				wanted.Email = owners[0].Email
			}
		}
		want, _, err = b.intendTx(ctx, tx, s, intentEmail, wanted)
		return err
	})
	return wanted, want, err
}
