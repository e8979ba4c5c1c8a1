package billing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/jobs"
)

// writeTx writes what was fetched, and what follows from the state alone. When a later fetch has been written nothing
// happens, which is success. The organization is locked, so that two of its subscriptions cannot both become current.
func (b *Billing) writeTx(ctx context.Context, tx db.Tx, s scope.Scope, snap snapshot) error {
	q := billingdb.New()
	if err := q.LockTenant(ctx, tx, s.TenantID); err != nil {
		return fmt.Errorf("lock organization: %w", err)
	}
	for _, invoice := range snap.invoices {
		if err := writeInvoiceTx(ctx, tx, s, snap, invoice); err != nil {
			return err
		}
	}
	had, err := q.SubscriptionForUpdate(ctx, tx, billingdb.SubscriptionForUpdateParams{TenantID: s.TenantID, StripeSubscriptionID: snap.sub.ID})
	if err != nil {
		return fmt.Errorf("read the row: %w", err)
	}
	failed, err := firstFailureTx(ctx, tx, snap.sub)
	if err != nil {
		return err
	}
	row := b.row(s, snap, had, failed)
	written, err := q.WriteSubscription(ctx, tx, row)
	if err != nil {
		return fmt.Errorf("write the row: %w", err)
	}
	if written == 0 {
		return nil
	}
	for _, step := range []func(context.Context, db.Tx, scope.Scope, snapshot, billingdb.SubscriptionForUpdateRow) error{
		b.changeTx, b.currentTx, b.tasksTx, b.checkTx, b.turnTx, b.remindTx,
	} {
		if err := step(ctx, tx, s, snap, had); err != nil {
			return err
		}
	}
	return nil
}

func firstFailureTx(ctx context.Context, tx db.Tx, sub *stripe.Subscription) (*time.Time, error) {
	if sub.LatestInvoice == nil {
		return nil, nil
	}
	at, err := billingdb.New().FirstFailure(ctx, tx, sub.LatestInvoice.ID)
	if db.None(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for the first failure: %w", err)
	}
	at = at.UTC()
	return &at, nil
}

// changeTx adds a row when plan, quantity or monthly amount are others than in the last one. Trials, pauses and what
// has ended bring nothing in; what was never paid for has no row at all.
func (b *Billing) changeTx(ctx context.Context, tx db.Tx, s scope.Scope, snap snapshot, had billingdb.SubscriptionForUpdateRow) error {
	q, item, status := billingdb.New(), b.Plans.licensed(snap.sub), string(snap.sub.Status)
	if item == nil || status == "incomplete" || !known(status) {
		return nil
	}
	last, err := q.LastChange(ctx, tx, billingdb.LastChangeParams{TenantID: s.TenantID, SubscriptionID: had.ID})
	if err != nil && !db.None(err) {
		return fmt.Errorf("read the last change: %w", err)
	}
	next := billingdb.LastChangeRow{At: last.At, Plan: last.Plan, StripePriceID: item.Price.ID, Quantity: item.Quantity, Currency: string(item.Price.Currency)}
	switch plan, ok := b.Plans.planOf(item.Price); {
	case ok:
		next.Plan = plan.Key
	case last.Plan == "":
		return nil // a price outside the catalogue gives no plan
	}
	switch {
	case ended(status):
		if last.Plan == "" {
			return nil
		}
		next.Plan, next.Quantity = last.Plan, 0
	case status == "active" || status == "past_due":
		next.MonthlyAmount = b.Plans.Monthly(snap.sub)
	}
	if next == last {
		return nil
	}
	// Each process has a clock of its own, and the newest change gives the plan: under the lock it is the last one written.
	at := snap.at
	if least := last.At.Add(time.Microsecond); at.Before(least) {
		at = least
	}
	return q.AddChange(ctx, tx, billingdb.AddChangeParams{
		TenantID: s.TenantID, ID: newID(), SubscriptionID: had.ID, Plan: next.Plan, StripePriceID: next.StripePriceID,
		Quantity: next.Quantity, MonthlyAmount: next.MonthlyAmount, Currency: next.Currency, At: at,
	})
}

// currentTx chooses the row that decides access. The current one stays while it goes on.
func (b *Billing) currentTx(ctx context.Context, tx db.Tx, s scope.Scope, _ snapshot, _ billingdb.SubscriptionForUpdateRow) error {
	q := billingdb.New()
	rows, err := q.SubscriptionStates(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("read the organization's subscriptions: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	best, alive := slices.MinFunc(rows, func(a, b billingdb.SubscriptionStatesRow) int {
		return weight(a) - weight(b) // the rows come by id, and the first of equals is kept
	}), 0
	for _, r := range rows {
		if live(r.Status) {
			alive++
		}
	}
	if err := q.ClearCurrent(ctx, tx, billingdb.ClearCurrentParams{TenantID: s.TenantID, ID: best.ID}); err != nil {
		return fmt.Errorf("clear the current row: %w", err)
	}
	if err := q.SetCurrent(ctx, tx, billingdb.SetCurrentParams{TenantID: s.TenantID, ID: best.ID}); err != nil {
		return fmt.Errorf("set the current row: %w", err)
	}
	return settleTaskTx(ctx, tx, alive > 1, task{Kind: "two_subscriptions", Object: s.TenantID.String(), Tenant: s.TenantID,
		Detail: fmt.Sprintf("%d subscriptions are paid for at once", alive)})
}

func weight(r billingdb.SubscriptionStatesRow) int {
	if r.IsCurrent && live(r.Status) {
		return -1
	}
	return rank(r.Status)
}

// tasksTx tells staff of what the program cannot judge, and takes that back when it is over.
func (b *Billing) tasksTx(ctx context.Context, tx db.Tx, s scope.Scope, snap snapshot, _ billingdb.SubscriptionForUpdateRow) error {
	sub, item := snap.sub, b.Plans.licensed(snap.sub)
	outside := false
	if item != nil {
		_, ok := b.Plans.planOf(item.Price)
		outside = !ok && !ended(string(sub.Status))
	}
	for _, t := range []struct {
		kind, detail string
		open         bool
	}{
		{"object_missing", "", false}, // it has just been found
		{"price_unknown", "the price is in no plan of the catalogue", outside},
		{"status_unknown", "the status " + string(sub.Status) + " is new to this program", !known(string(sub.Status))},
	} {
		if err := settleTaskTx(ctx, tx, t.open, task{Kind: t.kind, Object: sub.ID, Tenant: s.TenantID, Detail: t.detail}); err != nil {
			return err
		}
	}
	return nil
}

// checkDelay is how long after a planned end the state is looked at although no event came.
const checkDelay = time.Hour

// remindBefore is how long before its end Stripe tells of a trial (customer.subscription.trial_will_end).
const remindBefore = 3 * 24 * time.Hour

// remindTx reminds of the end of a trial, when the event that tells of it is late: checkTx has it looked at then.
func (b *Billing) remindTx(ctx context.Context, tx db.Tx, s scope.Scope, snap snapshot, had billingdb.SubscriptionForUpdateRow) error {
	ends := unix(snap.sub.TrialEnd)
	if snap.sub.Status != stripe.SubscriptionStatusTrialing || ends == nil || !ends.After(snap.at) || ends.Sub(snap.at) > remindBefore-checkDelay {
		return nil
	}
	return b.effectTx(ctx, tx, s, reminder(snap.sub.ID, *ends, had.ID))
}

// reminder is the effect of a trial that ends soon: one for each end.
func reminder(subscription string, ends time.Time, row uuid.UUID) effect {
	return effect{Kind: MailTrialWillEnd, Subscription: subscription, Attempt: ends.Unix(), Row: row, Mail: true}
}

// checkTx plans the next look at the subscription without an event.
func (b *Billing) checkTx(ctx context.Context, tx db.Tx, s scope.Scope, snap snapshot, _ billingdb.SubscriptionForUpdateRow) error {
	sub, q := snap.sub, billingdb.New()
	var next time.Time
	for _, seconds := range []int64{sub.CancelAt, sub.TrialEnd - int64(remindBefore/time.Second), sub.TrialEnd, sub.CurrentPeriodEnd} {
		if at := unix(max(seconds, 0)); at != nil && at.After(snap.at) && (next.IsZero() || at.Before(next)) {
			next = *at
		}
	}
	if next.IsZero() || ended(string(sub.Status)) {
		return q.DropCheck(ctx, tx, sub.ID)
	}
	return q.SetCheck(ctx, tx, billingdb.SetCheckParams{StripeSubscriptionID: sub.ID, TenantID: s.TenantID, DueAt: next.Add(checkDelay)})
}

// turnTx has the effects of a change of status.
func (b *Billing) turnTx(ctx context.Context, tx db.Tx, s scope.Scope, snap snapshot, had billingdb.SubscriptionForUpdateRow) error {
	before, after := had.Status, string(snap.sub.Status)
	if before == after {
		return nil
	}
	err := events.AppendTx(ctx, tx, s, events.Event{
		Action: "billing.subscription_changed", ObjectKind: "subscription", ObjectID: had.ID, Changes: map[string][2]string{"status": {before, after}},
	})
	if err != nil {
		return err
	}
	if live(after) && (before == "" || !live(before)) {
		if err := b.startedTx(ctx, tx, s, snap.at); err != nil {
			return err
		}
	}
	if d := snap.sub.CancellationDetails; ended(after) && d != nil && d.Reason == stripe.SubscriptionCancellationDetailsReasonPaymentFailed {
		return b.effectTx(ctx, tx, s, effect{Kind: "canceled_nonpayment", Subscription: snap.sub.ID, Row: had.ID, Mail: true})
	}
	return nil
}

// startedTx: Checkout is done with, and people may have come while it was open.
func (b *Billing) startedTx(ctx context.Context, tx db.Tx, s scope.Scope, now time.Time) error {
	err := billingdb.New().CloseIntents(ctx, tx, billingdb.CloseIntentsParams{TenantID: s.TenantID, Kind: intentCheckout, ClosedAt: now})
	if err != nil {
		return fmt.Errorf("close the checkout: %w", err)
	}
	return b.Queue.EnqueueTx(ctx, tx, jobs.SyncSeats{ForTenant: jobs.ForTenant{TenantID: s.TenantID}})
}

func writeInvoiceTx(ctx context.Context, tx db.Tx, s scope.Scope, snap snapshot, in *stripe.Invoice) error {
	issued := unix(in.Created)
	if in.StatusTransitions != nil && in.StatusTransitions.FinalizedAt > 0 {
		issued = unix(in.StatusTransitions.FinalizedAt)
	}
	if issued == nil {
		issued = &snap.at
	}
	err := billingdb.New().WriteInvoice(ctx, tx, billingdb.WriteInvoiceParams{
		TenantID: s.TenantID, ID: uuid.Must(uuid.NewV7()), StripeInvoiceID: in.ID, StripeCustomerID: snap.sub.Customer.ID,
		SubscriptionID: snap.sub.ID, Number: in.Number, Status: string(in.Status), Currency: string(in.Currency), Total: in.Total,
		AmountDue: in.AmountDue, AmountPaid: in.AmountPaid, HostedUrl: in.HostedInvoiceURL, PdfUrl: in.InvoicePDF,
		PeriodStart: unix(in.PeriodStart), PeriodEnd: unix(in.PeriodEnd), IssuedAt: *issued, Attempts: in.AttemptCount,
		NextAttemptAt: unix(in.NextPaymentAttempt), Applied: snap.ticket, UpdatedAt: snap.at,
	})
	if err != nil {
		return fmt.Errorf("write invoice: %w", err)
	}
	return nil
}
