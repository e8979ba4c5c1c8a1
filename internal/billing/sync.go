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
	"plinth/jobs"
)

const (
	syncPage    = 100                  // subscriptions a request
	syncsKept   = 180 * 24 * time.Hour // reports of runs
	sweepDetail = "the row was not what Stripe says: "
)

// Drift is a row that was not what Stripe says.
type Drift struct {
	TenantID     uuid.UUID
	Subscription string
	What         string
	Shown        bool // only what is shown to people differed: it is mended, and nobody has to look
}

// Run is one comparison of all subscriptions with Stripe, as reported.
type Run struct {
	ID         uuid.UUID
	StartedAt  time.Time
	FinishedAt *time.Time // nil: it goes on, or was ended
	LookedAt   int64      // subscriptions of our organizations that were compared
	Differed   int64      // rows among them that were not what Stripe says
}

// BeginSync opens the report of a run; an id that has one keeps it. Reports older than half a year are let go.
func (b *Billing) BeginSync(ctx context.Context, run uuid.UUID) error {
	return b.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		q := billingdb.New()
		if err := q.ForgetSyncs(ctx, tx, time.Now().Add(-syncsKept)); err != nil {
			return fmt.Errorf("let old reports go: %w", err)
		}
		if err := q.BeginSync(ctx, tx, run); err != nil {
			return fmt.Errorf("open the report: %w", err)
		}
		return nil
	})
}

// Runs are the last comparisons, newest first.
func (b *Billing) Runs(ctx context.Context, limit int32) ([]Run, error) {
	rows, err := billingdb.New().ListSyncs(ctx, b.DB.Direct(), billingdb.ListSyncsParams{Limit: limit, BeforeID: uuid.Max})
	if err != nil {
		return nil, fmt.Errorf("list the reports: %w", err)
	}
	var out []Run
	for _, r := range rows {
		out = append(out, Run(r))
	}
	return out, nil
}

// SyncPage compares a page of Stripe's list of all subscriptions, ended ones too, with the rows, refetches those that
// differ, and returns them, with where the next page begins; empty at the end. It adds to the report of the run, which
// BeginSync has opened. Members are compared with seats too.
func (b *Billing) SyncPage(ctx context.Context, run uuid.UUID, after string) (drift []Drift, next string, err error) {
	params := &stripe.SubscriptionListParams{Status: stripe.String("all")}
	params.Context, params.Limit, params.Single = ctx, stripe.Int64(syncPage), true
	// A path has four parts at most, so the phases of a schedule name their prices by id.
	for _, path := range []string{"data.schedule", "data.default_payment_method", "data.customer.invoice_settings.default_payment_method"} {
		params.AddExpand(path)
	}
	if after != "" {
		params.StartingAfter = &after
	}
	looked, last := int64(0), after
	list := b.Stripe.Subscriptions.List(params)
	for list.Next() {
		sub := list.Subscription()
		last = sub.ID
		d, ours, err := b.compare(ctx, run, sub)
		if err != nil {
			return drift, "", fmt.Errorf("compare %s: %w", sub.ID, err)
		}
		if ours {
			looked++
		}
		if d != nil {
			drift = append(drift, *d)
		}
	}
	if err := list.Err(); err != nil {
		return drift, "", fmt.Errorf("list subscriptions: %w", err)
	}
	if list.Meta().HasMore {
		next = last
	}
	err = billingdb.New().NoteSyncPage(ctx, b.DB.Direct(), billingdb.NoteSyncPageParams{
		ID: run, After: after, NextAfter: last, LookedAt: looked, Finished: next == "",
	})
	if err != nil {
		return drift, "", fmt.Errorf("add to the report: %w", err)
	}
	return drift, next, nil
}

// Sync does SyncPage for one page as a job does, and enqueues the job for the next. The first page, which is after
// nothing, opens the report.
func (b *Billing) Sync(ctx context.Context, run uuid.UUID, after string) error {
	if after == "" {
		if err := b.BeginSync(ctx, run); err != nil {
			return err
		}
	}
	_, next, err := b.SyncPage(ctx, run, after)
	if err != nil || next == "" {
		return err
	}
	return b.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		return b.Queue.EnqueueTx(ctx, tx, jobs.SyncSubscriptions{Run: run, After: next})
	})
}

// compare refetches a subscription whose row is another than what the list says. Customers that are nobody's are not
// ours to look at.
func (b *Billing) compare(ctx context.Context, run uuid.UUID, sub *stripe.Subscription) (d *Drift, ours bool, err error) {
	if sub.Customer == nil {
		return nil, false, nil
	}
	tenant, err := b.tenantOf(ctx, sub.Customer.ID)
	if err != nil || tenant == uuid.Nil {
		return nil, false, err
	}
	s := scope.System(tenant)
	var row *billingdb.SubscriptionStateRow
	var members int64
	err = b.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Maybe(r, &row, billingdb.SubscriptionState, tenant, sub.ID)
		db.Value(r, &members, billingdb.CountMembers, tenant)
	})
	if err != nil {
		return nil, true, err
	}
	what, shown := b.difference(row, sub), false
	if what == "" {
		what = shownDifference(row, sub)
		shown = what != ""
	}
	found := Drift{TenantID: tenant, Subscription: sub.ID, What: what, Shown: shown}
	item := b.Plans.licensed(sub)
	seats := item != nil && paysSeats(string(sub.Status)) && item.Quantity != max(members, 1)
	if what == "" && !seats {
		return nil, true, nil
	}
	// Reported first: once it is mended, a second try would find nothing to report.
	err = b.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		return b.reportTx(ctx, tx, run, found, seats)
	})
	if err != nil || what == "" {
		return nil, true, err
	}
	if err := b.refetch(ctx, s, subject{customer: sub.Customer.ID, subscription: sub.ID}); err != nil {
		return nil, true, err
	}
	return &found, true, nil
}

func (b *Billing) reportTx(ctx context.Context, tx db.Tx, run uuid.UUID, d Drift, seats bool) error {
	if seats {
		if err := b.Queue.EnqueueTx(ctx, tx, jobs.SyncSeats{ForTenant: jobs.ForTenant{TenantID: d.TenantID}}); err != nil {
			return err
		}
	}
	if d.What == "" {
		return nil
	}
	err := billingdb.New().AddDrift(ctx, tx, billingdb.AddDriftParams{SyncID: run, StripeSubscriptionID: d.Subscription, TenantID: d.TenantID, What: d.What})
	if err != nil {
		return fmt.Errorf("report the row: %w", err)
	}
	if d.Shown {
		return nil
	}
	return openTaskTx(ctx, tx, task{Kind: "drift", Object: d.Subscription, Tenant: d.TenantID, Detail: sweepDetail + d.What})
}
