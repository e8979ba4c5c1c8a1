package billing

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
)

// Overview is what the billing page shows. It is read from our own rows in one round trip; Stripe is not asked.
type Overview struct {
	Access       Access
	Subscription *Subscription // nil: never subscribed
	Customer     bool          // there is something in the Portal
	TrialFree    bool          // neither this organization nor the person has had a trial
	Checkout     bool          // a Checkout is open that has not been paid
	Members      int64
	Projects     int64
	Pending      int64 // open invitations that would take a seat
	Invoices     []Invoice
	Next         *InvoiceCursor // nil on the last page
	Failing      *Invoice       // tried and not paid
	Stored       int64          // bytes of files of tickets
	Use          *HourOfUse     // of the plan's meter, as last measured; nil when the plan has none
	Given        *Given         // nil: staff gave nothing
	Waiting      time.Time      // since when news from Stripe wait to be fetched; zero when none do
	Email        string         // where receipts go instead of to the owners; empty: to them
	Now          time.Time      // by the clock that periods run by
}

// Subscription is the one that decides access, as its row shows it.
type Subscription struct {
	ID                   uuid.UUID
	StripeSubscriptionID string
	StripeCustomerID     string
	Status               string
	StripePriceID        string
	Quantity             int64
	UnitAmount           int64 // of a seat and period, in the smallest unit of Currency
	Currency             string
	Interval             string // month or year
	CurrentPeriodEnd     *time.Time
	CancelAtPeriodEnd    bool
	CancelAt             *time.Time
	TrialEnd             *time.Time
	StripeScheduleID     *string
	PendingStripePriceID *string
	PendingAt            *time.Time
	PastDueSince         *time.Time
	UpdatedAt            time.Time
	Plan                 string
	PendingPlan          string     // begins at PendingAt; empty when its price is in no plan
	PendingInterval      string     // month or year
	CardBrand            string     // as Stripe calls it: visa, mastercard
	CardLast4            string     // empty: no card is on file
	CardExpires          *time.Time // the last day it is good for
	DiscountName         string     // empty: nothing is taken off
	DiscountPercent      float64
	DiscountAmount       int64 // in Currency, where it is no percentage
	DiscountUntil        *time.Time
	CurrentPeriodStart   *time.Time
}

// Invoice is one line of the list of invoices.
type Invoice struct {
	ID            uuid.UUID
	Number        string
	Status        string // open, paid, void or uncollectible
	Currency      string
	Total         int64
	AmountDue     int64
	AmountPaid    int64
	URL           string // its page at Stripe
	PDF           string
	IssuedAt      time.Time
	Attempts      int64
	NextAttemptAt *time.Time
}

// HourOfUse is what was used of a meter at the beginning of an hour.
type HourOfUse struct {
	Meter    string
	Hour     time.Time
	Quantity int64 // charged units beyond what the plan includes
	Measured int64 // bytes
}

// InvoiceCursor is where a page of invoices begins: after this one. The zero cursor is the first page.
type InvoiceCursor struct {
	IssuedAt time.Time
	ID       uuid.UUID
}

func (c InvoiceCursor) before() (time.Time, uuid.UUID) {
	if c.IssuedAt.IsZero() {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), uuid.Max
	}
	return c.IssuedAt, c.ID
}

// How many invoices the billing page and the list show.
const (
	invoicesInOverview = 4
	invoicePageSize    = 50
)

// Overview reads the billing page.
func (b *Billing) Overview(ctx context.Context, s scope.Scope) (Overview, error) {
	o := Overview{Now: b.Now()}
	var access *billingdb.AccessRow
	var customer, trial, checkout string
	at, id := InvoiceCursor{}.before()
	err := b.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Maybe(r, &access, billingdb.AccessOfTenant, s.TenantID)
		db.Maybe(r, &o.Subscription, billingdb.CurrentSubscription, s.TenantID)
		db.Value(r, &customer, billingdb.CustomerOfTenant, s.TenantID)
		db.Value(r, &trial, billingdb.TrialPlan, s.TenantID, s.Person.ID)
		db.Value(r, &checkout, billingdb.OpenCheckout, s.TenantID)
		db.Value(r, &o.Members, billingdb.CountMembers, s.TenantID)
		db.Value(r, &o.Projects, billingdb.CountProjects, s.TenantID)
		db.Value(r, &o.Pending, billingdb.CountPending, s.TenantID)
		db.Rows(r, &o.Invoices, billingdb.ListInvoices, s.TenantID, invoicesInOverview+1, at, id)
		db.Maybe(r, &o.Failing, billingdb.FailingInvoice, s.TenantID)
		db.Value(r, &o.Email, billingdb.BillingEmail, s.TenantID)
		db.Maybe(r, &o.Use, billingdb.LatestUsage, s.TenantID)
		db.Value(r, &o.Stored, billingdb.CountStorage, s.TenantID)
		db.Maybe(r, &o.Given, billingdb.OverrideInForce, s.TenantID)
		db.Value(r, &o.Waiting, billingdb.WaitingSince, s.TenantID)
	})
	if err != nil {
		return o, fmt.Errorf("read the billing page: %w", err)
	}
	o.Access = b.Plans.Access(access, o.Now)
	if o.Use != nil && o.Use.Meter != b.paid(o).Meter {
		o.Use = nil // of a plan before
	}
	o.Customer, o.TrialFree, o.Checkout = customer != "", trial == "", checkout != ""
	o.Invoices, o.Next = cut(o.Invoices, invoicesInOverview)
	return o, nil
}

// paid is the plan of the subscription that goes on beside one that was given, else the one that access is by.
func (b *Billing) paid(o Overview) Plan {
	if o.Access.Override && o.Live() {
		if plan, ok := b.Plans.Plan(o.Subscription.Plan); ok {
			return plan
		}
	}
	return o.Access.Plan
}

// Invoices reads a page of the list, newest first.
func (b *Billing) Invoices(ctx context.Context, s scope.Scope, after InvoiceCursor) ([]Invoice, *InvoiceCursor, error) {
	var all []Invoice
	at, id := after.before()
	err := b.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Rows(r, &all, billingdb.ListInvoices, s.TenantID, invoicePageSize+1, at, id)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list invoices: %w", err)
	}
	page, next := cut(all, invoicePageSize)
	return page, next, nil
}

func cut(all []Invoice, size int) ([]Invoice, *InvoiceCursor) {
	if len(all) <= size {
		return all, nil
	}
	last := all[size-1]
	return all[:size], &InvoiceCursor{IssuedAt: last.IssuedAt, ID: last.ID}
}

// Live says whether a subscription goes on, so that a plan is changed and not bought.
func (o Overview) Live() bool { return o.Subscription != nil && live(o.Subscription.Status) }

// Cancelable says whether there is a subscription that could be asked to end.
func (o Overview) Cancelable() bool {
	return o.Subscription != nil && !ended(o.Subscription.Status) && o.Subscription.Ends() == nil
}

// silentAfter is how long news may wait before a page says that Stripe does not answer.
const silentAfter = 2 * time.Minute

// Silent says whether there are news that could not be fetched for a while, so that what is shown may be old. How long
// they wait is real time, also where periods run by another clock.
func (o Overview) Silent() bool { return !o.Waiting.IsZero() && time.Since(o.Waiting) > silentAfter }

// TrialDays is how many days of a trial are left, rounded up; zero when there is none.
func (o Overview) TrialDays() int {
	if o.Subscription == nil || o.Subscription.Status != "trialing" || o.Subscription.TrialEnd == nil {
		return 0
	}
	return max(int(math.Ceil(o.Subscription.TrialEnd.Sub(o.Now).Hours()/24)), 0)
}

// refreshPause is how long the page waits before it asks Stripe once more.
const refreshPause = 2 * time.Second

// Refresh asks Stripe once for the organization's subscriptions, because somebody comes back from there. It asks at
// most once in two seconds for an organization; what it finds is written by the usual way. Coming back proves nothing.
func (b *Billing) Refresh(ctx context.Context, s scope.Scope) error {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	customer, err := b.Customer(ctx, s.TenantID)
	if err != nil || customer == "" {
		return err
	}
	var may int64
	err = b.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		now := b.Now()
		may, err = billingdb.New().MayRefresh(ctx, tx, billingdb.MayRefreshParams{TenantID: s.TenantID, Now: now, Before: now.Add(-refreshPause)})
		return err
	})
	if err != nil || may == 0 {
		return err
	}
	subs, err := b.listSubscriptions(ctx, customer)
	if err != nil {
		return away("look at the subscriptions", err)
	}
	var rows []billingdb.SubscriptionStatesRow
	if err := b.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Rows(r, &rows, billingdb.SubscriptionStates, s.TenantID) }); err != nil {
		return fmt.Errorf("read the subscriptions: %w", err)
	}
	done := map[string]bool{}
	for _, r := range rows {
		done[r.StripeSubscriptionID] = ended(r.Status)
	}
	for _, id := range subs {
		if done[id] {
			continue
		}
		if err := b.refetch(ctx, s, subject{customer: customer, subscription: id}); err != nil {
			return away("refetch "+id, err)
		}
	}
	return nil
}
