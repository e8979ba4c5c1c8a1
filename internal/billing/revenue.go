package billing

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/jobs"
)

// StripeRevenue is what Stripe's subscriptions bring in a month in one currency, in its smallest unit. Strange is the
// part of customers that are no organization's, counted apart.
type StripeRevenue struct {
	Amount        int64 `json:"amount"`
	Subscriptions int64 `json:"subscriptions"`
	StrangeAmount int64 `json:"strange_amount"`
	Strange       int64 `json:"strange"`
}

// StartRevenueCheckTx begins a comparison of our revenue with Stripe's; one that is under way ends. id is made when the
// form is shown, so that sending it twice begins once: false then. Conflict when another one was begun at the same moment.
// It is called inside db.InAdmin.
func (b *Billing) StartRevenueCheckTx(ctx context.Context, tx db.Tx, id uuid.UUID) (bool, error) {
	q, now := billingdb.New(), b.Now()
	if err := q.EndRevenueChecks(ctx, tx, billingdb.EndRevenueChecksParams{ID: id, Now: now}); err != nil {
		return false, fmt.Errorf("end the comparison under way: %w", err)
	}
	added, err := q.AddRevenueCheck(ctx, tx, billingdb.AddRevenueCheckParams{ID: id, StartedAt: now})
	if err != nil {
		return false, fmt.Errorf("begin a comparison: %w", err)
	}
	if added == 0 {
		known, err := q.RevenueCheckKnown(ctx, tx, id)
		if err != nil {
			return false, fmt.Errorf("look for the comparison: %w", err)
		}
		if !known {
			return false, fault.New(fault.Conflict, "A comparison has just been begun by somebody else. Its result is kept here.")
		}
		return false, nil
	}
	return true, b.Queue.EnqueueTx(ctx, tx, jobs.CheckRevenue{CheckID: id})
}

// CheckRevenue reads a page of Stripe's list of subscriptions that have not ended, adds what they bring in a month, and
// enqueues the job for the next page. A page is counted once, however often it is read.
func (b *Billing) CheckRevenue(ctx context.Context, id uuid.UUID, after string) error {
	q := billingdb.New()
	row, err := q.RevenueCheckUnderWay(ctx, b.DB.Direct(), id)
	if db.None(err) || err == nil && row.AfterID != after {
		return jobs.ErrNothingToDo
	}
	if err != nil {
		return fmt.Errorf("read the comparison: %w", err)
	}
	totals := map[string]StripeRevenue{}
	if err := json.Unmarshal(row.Totals, &totals); err != nil {
		return fmt.Errorf("read what was counted: %w", err)
	}
	subs, next, err := b.revenuePage(ctx, after)
	if err != nil {
		_ = q.NoteRevenueProblem(ctx, b.DB.Direct(), billingdb.NoteRevenueProblemParams{ID: id, Problem: "Stripe did not answer; it is tried again"})
		return err
	}
	if err := b.addRevenue(ctx, totals, subs); err != nil {
		return err
	}
	counted, err := json.Marshal(totals)
	if err != nil {
		return fmt.Errorf("write what was counted: %w", err)
	}
	return b.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		n, err := q.AdvanceRevenueCheck(ctx, tx, billingdb.AdvanceRevenueCheckParams{ID: id, Was: after, Next: next, Totals: counted, Now: b.Now()})
		if err != nil {
			return fmt.Errorf("note what was counted: %w", err)
		}
		if n == 0 || next == "" {
			return nil
		}
		return b.Queue.EnqueueTx(ctx, tx, jobs.CheckRevenue{CheckID: id, After: next})
	})
}

// revenuePage is a page of the subscriptions that have not ended, and where the next begins; empty at the end.
func (b *Billing) revenuePage(ctx context.Context, after string) (subs []*stripe.Subscription, next string, err error) {
	params := &stripe.SubscriptionListParams{}
	params.Context, params.Limit, params.Single = ctx, stripe.Int64(syncPage), true
	if after != "" {
		params.StartingAfter = &after
	}
	list := b.Stripe.Subscriptions.List(params)
	for list.Next() {
		subs = append(subs, list.Subscription())
	}
	if err := list.Err(); err != nil {
		return nil, "", fmt.Errorf("list subscriptions: %w", err)
	}
	if list.Meta().HasMore && len(subs) > 0 {
		next = subs[len(subs)-1].ID
	}
	return subs, next, nil
}

// addRevenue counts by the rules by which changes are written: what is active or past due brings its monthly amount.
func (b *Billing) addRevenue(ctx context.Context, totals map[string]StripeRevenue, subs []*stripe.Subscription) error {
	var customers []string
	for _, sub := range subs {
		if sub.Customer != nil {
			customers = append(customers, sub.Customer.ID)
		}
	}
	found, err := billingdb.New().KnownCustomers(ctx, b.DB.Direct(), customers)
	if err != nil {
		return fmt.Errorf("look for the customers: %w", err)
	}
	ours := map[string]bool{}
	for _, id := range found {
		ours[id] = true
	}
	for _, sub := range subs {
		item := b.Plans.licensed(sub)
		amount := b.Plans.Monthly(sub)
		if item == nil || amount == 0 || sub.Status != stripe.SubscriptionStatusActive && sub.Status != stripe.SubscriptionStatusPastDue {
			continue
		}
		currency := string(item.Price.Currency)
		t := totals[currency]
		if sub.Customer != nil && ours[sub.Customer.ID] {
			t.Amount, t.Subscriptions = t.Amount+amount, t.Subscriptions+1
		} else {
			t.StrangeAmount, t.Strange = t.StrangeAmount+amount, t.Strange+1
		}
		totals[currency] = t
	}
	return nil
}
