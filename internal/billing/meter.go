package billing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
	"plinth/jobs"
)

// MeterStorage is the meter of a plan that charges for files beyond what it includes: by whole gigabytes begun.
const MeterStorage = "storage"

// metaMeter marks a price at Stripe that is of a meter and not of a plan.
const metaMeter = "plinth_meter"

const (
	megabyte   = 1_000_000
	gigabyte   = 1000 * megabyte
	meterBatch = 200
	usageKept  = 400 * 24 * time.Hour // a yearly period, and a while to ask about it
)

// MeterPrice is what a unit costs beyond what the plan includes, paid by month or year.
func (p Plan) MeterPrice(interval string) (Price, bool) {
	for _, price := range p.MeterPrices {
		if price.Interval == interval {
			return price, true
		}
	}
	return Price{}, false
}

// meterFaults says what is wrong with a plan's meter.
func (p Plan) meterFaults() []string {
	var all []string
	switch {
	case p.Meter == "" && len(p.MeterPrices) == 0:
		return nil
	case p.Meter != MeterStorage:
		all = append(all, fmt.Sprintf("has the meter %q: there is only %q", p.Meter, MeterStorage))
	case p.Limits.StorageMB < 0:
		all = append(all, "charges for storage and includes it without limit")
	}
	for _, price := range p.Prices {
		if m, ok := p.MeterPrice(price.Interval); !ok || m.Currency != price.Currency {
			all = append(all, fmt.Sprintf("has no meter price by %s in %s", price.Interval, price.Currency))
		}
	}
	return all
}

// MeasureUsage enqueues a report of the hour for a page of the organizations that pay, after the one named, and itself
// for the rest. The zero hour is the one that has just begun by the clock that periods run by. Each is asked for apart:
// what an organization is on can be read in its own scope alone, and two hundred short reads an hour weigh nothing.
func (b *Billing) MeasureUsage(ctx context.Context, hour time.Time, after uuid.UUID) error {
	if hour.IsZero() {
		hour = b.Now().UTC().Truncate(time.Hour)
	}
	tenants, err := billingdb.New().CustomersToMeter(ctx, b.DB.Direct(), billingdb.CustomersToMeterParams{TenantID: after, Limit: meterBatch})
	if err != nil {
		return fmt.Errorf("list who pays: %w", err)
	}
	var metered []uuid.UUID
	for _, tenant := range tenants {
		if _, plan, err := b.meteredPlan(ctx, scope.System(tenant)); err != nil {
			return err
		} else if plan.Meter != "" {
			metered = append(metered, tenant)
		}
	}
	return b.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, tenant := range metered {
			if err := b.Queue.EnqueueTx(ctx, tx, jobs.ReportUsage{ForTenant: jobs.ForTenant{TenantID: tenant}, Hour: hour}); err != nil {
				return err
			}
		}
		if len(tenants) < meterBatch {
			return nil
		}
		return b.Queue.EnqueueTx(ctx, tx, jobs.MeasureUsage{Hour: hour, After: tenants[len(tenants)-1]})
	})
}

// meteredPlan is the current subscription and its plan, when it is being paid and the plan has a meter; else the plan's
// Meter is empty. A trial is charged for nothing.
func (b *Billing) meteredPlan(ctx context.Context, s scope.Scope) (*Subscription, Plan, error) {
	current, err := b.current(ctx, s)
	if err != nil || current == nil || current.Status != "active" && current.Status != "past_due" {
		return nil, Plan{}, err
	}
	plan, ok := b.Plans.Plan(current.Plan)
	if !ok || plan.Meter == "" {
		return nil, Plan{}, nil
	}
	return current, plan, nil
}

// ReportUsage measures what the organization uses in the hour and sets it at Stripe. What was found first is what every
// later try reports, under one idempotency key and as an absolute number for that moment, so that doing it again changes
// nothing. jobs.ErrNothingToDo when there is nothing that could be charged.
func (b *Billing) ReportUsage(ctx context.Context, tenant uuid.UUID, hour time.Time) error {
	s := scope.System(tenant)
	current, plan, err := b.meteredPlan(ctx, s)
	if err != nil {
		return err
	}
	if plan.Meter == "" {
		return jobs.ErrNothingToDo
	}
	use := usage{meter: plan.Meter, hour: hour.UTC().Truncate(time.Hour)}
	had, err := b.usageOfHour(ctx, s, plan, use)
	switch {
	case err != nil:
		return err
	case had.ReportedAt != nil:
		return jobs.ErrNothingToDo
	}
	use.quantity = had.Quantity
	note, err := b.tellUsage(ctx, current, plan, s, use)
	if err != nil {
		return err
	}
	return b.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := billingdb.New()
		if err := q.DropOldUsage(ctx, tx, billingdb.DropOldUsageParams{TenantID: tenant, Hour: use.hour.Add(-usageKept)}); err != nil {
			return fmt.Errorf("drop old usage: %w", err)
		}
		return q.NoteUsage(ctx, tx, billingdb.NoteUsageParams{TenantID: tenant, Meter: use.meter, Hour: use.hour, ReportedAt: b.Now(), Note: note})
	})
}

// usage is what is charged for an hour.
type usage struct {
	meter    string
	hour     time.Time
	quantity int64
}

// usageOfHour is what was found for the hour, measured now if nobody has.
func (b *Billing) usageOfHour(ctx context.Context, s scope.Scope, plan Plan, use usage) (had billingdb.UsageOfHourRow, err error) {
	key := billingdb.UsageOfHourParams{TenantID: s.TenantID, Meter: use.meter, Hour: use.hour}
	read := func(ctx context.Context, tx db.Tx) error {
		had, err = billingdb.New().UsageOfHour(ctx, tx, key)
		return err
	}
	if err := b.DB.InTenant(ctx, s, read); !db.None(err) {
		return had, err
	}
	bytes, err := b.Stored(ctx, s.TenantID)
	if err != nil {
		return had, fmt.Errorf("measure %s: %w", use.meter, err)
	}
	given, err := b.givenPlan(ctx, s)
	if err != nil {
		return had, err
	}
	row := billingdb.AddUsageParams{TenantID: s.TenantID, Meter: use.meter, Hour: use.hour, Quantity: plan.Beyond(given, bytes), Measured: bytes}
	err = b.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := billingdb.New().AddUsage(ctx, tx, row); err != nil {
			return fmt.Errorf("note the use: %w", err)
		}
		return read(ctx, tx)
	})
	return had, err
}

// tellUsage sets the hour's use at Stripe. A note says why it is not charged, which is in the customer's favour: there
// is nothing to charge, the subscription is about to lose the plan, or the period is over.
func (b *Billing) tellUsage(ctx context.Context, current *Subscription, plan Plan, s scope.Scope, use usage) (note string, err error) {
	sub, err := b.scheduled(ctx, current.StripeSubscriptionID)
	if gone(err) || err == nil && ended(string(sub.Status)) {
		return "the subscription has ended", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the subscription: %w", err)
	}
	item := b.Plans.meterItem(plan, sub)
	switch {
	case use.hour.Unix() < sub.CurrentPeriodStart:
		return "the period is over", nil
	case item == "" && use.quantity == 0:
		return "", nil
	case item == "" && planned(sub.Schedule):
		return "another plan is about to come", nil
	case item == "":
		if item, err = b.addMeter(ctx, current, plan, use.hour); err != nil {
			return "", err
		}
	}
	at, key := use.hour.Unix(), fmt.Sprintf("usage_%s_%s_%d", s.TenantID, use.meter, use.hour.Unix())
	_, err = b.Stripe.UsageRecords.New(&stripe.UsageRecordParams{
		Params: order(ctx, key), SubscriptionItem: &item, Quantity: &use.quantity, Timestamp: &at, Action: stripe.String(stripe.UsageRecordActionSet),
	})
	var problem *stripe.Error
	if errors.As(err, &problem) && problem.HTTPStatusCode == http.StatusBadRequest && problem.Param == "timestamp" {
		return "the period is over", nil
	}
	if err != nil {
		return "", fmt.Errorf("report the use: %w", err)
	}
	return "", nil
}

// addMeter puts the meter's price on the subscription, where use is charged for the first time. Stripe refuses a second
// item with the same price, so two hours at once cannot add two.
func (b *Billing) addMeter(ctx context.Context, current *Subscription, plan Plan, hour time.Time) (item string, err error) {
	price, ok := plan.MeterPrice(current.Interval)
	if !ok {
		return "", fmt.Errorf("the plan %s has no meter price by %s", plan.Key, current.Interval)
	}
	id := price.StripePrice
	if id == "" {
		ids, _, err := b.catalogueAtStripe(ctx)
		if err != nil {
			return "", err
		}
		if id = ids[price.LookupKey]; id == "" {
			return "", fmt.Errorf("no price with lookup key %s: run plinth billing setup", price.LookupKey)
		}
	}
	made, err := b.Stripe.SubscriptionItems.New(&stripe.SubscriptionItemParams{
		Params: order(ctx, fmt.Sprintf("meter_%s_%s_%d", current.StripeSubscriptionID, id, hour.Unix())), Subscription: &current.StripeSubscriptionID, Price: &id,
	})
	if err != nil {
		return "", fmt.Errorf("add the meter to the subscription: %w", err)
	}
	return made.ID, nil
}

// meterItem is the subscription's item that the plan's meter is charged by, or "".
func (c *Catalogue) meterItem(plan Plan, sub *stripe.Subscription) string {
	if sub.Items == nil {
		return ""
	}
	for _, item := range sub.Items.Data {
		if item.Price == nil || item.Price.Recurring == nil || item.Price.Recurring.UsageType != stripe.PriceRecurringUsageTypeMetered {
			continue
		}
		for _, p := range plan.MeterPrices {
			if p.LookupKey == item.Price.LookupKey || p.StripePrice != "" && p.StripePrice == item.Price.ID || item.Price.Metadata[metaMeter] == plan.Meter {
				return item.ID
			}
		}
	}
	return ""
}
