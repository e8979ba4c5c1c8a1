package billing_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing"
)

// shown is what a row says of a subscription.
type shown struct {
	Status, Access, Price                         string
	Quantity                                      int64
	PeriodEnd, CancelAt, CanceledAt, Ended, Trial int64
	CancelAtPeriodEnd, Current                    bool
	Schedule, PendingPrice                        string
	PendingAt                                     int64
	Pause                                         string
	PastDue                                       bool
}

// projection is what the row has to be when the API says s.
func (s *subState) projection() shown {
	unix := func(t time.Time) int64 {
		if t.IsZero() {
			return 0
		}
		return t.Unix()
	}
	return shown{
		Status: s.Status, Access: s.Status, Price: s.Price, Quantity: s.Quantity, PeriodEnd: s.PeriodEnd.Unix(),
		CancelAt: unix(s.CancelAt), CanceledAt: unix(s.CanceledAt), Ended: unix(s.EndedAt), Trial: unix(s.TrialEnd),
		CancelAtPeriodEnd: s.CancelAtPeriodEnd, Current: true, Schedule: s.Schedule, PendingPrice: s.PendingPrice, PendingAt: unix(s.PendingAt),
		Pause: s.Pause, PastDue: s.Status == "past_due",
	}
}

const shownRow = `select status, access_status, stripe_price_id, quantity,
	coalesce(extract(epoch from current_period_end), 0)::bigint, coalesce(extract(epoch from cancel_at), 0)::bigint,
	coalesce(extract(epoch from canceled_at), 0)::bigint, coalesce(extract(epoch from ended_at), 0)::bigint, coalesce(extract(epoch from trial_end), 0)::bigint,
	cancel_at_period_end, is_current, coalesce(stripe_schedule_id, ''), coalesce(pending_stripe_price_id, ''),
	coalesce(extract(epoch from pending_at), 0)::bigint, coalesce(pause_collection, ''), past_due_since is not null
	from subscriptions where tenant_id = $1`

// wrong says in which way what stands in the end is not what the API says.
func (r *run) wrong() string {
	if r.failed != "" {
		return r.failed
	}
	ctx, tenant := context.Background(), tenantOf(r.h.seed)
	rows, err := r.super.Query(ctx, shownRow, tenant)
	if err != nil {
		return err.Error()
	}
	have, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[shown])
	if err != nil {
		return err.Error()
	}
	last := r.h.moves[len(r.h.moves)-1].sub
	if diff := cmp.Diff(last.projection(), have); diff != "" {
		return "the row (-API +row):\n" + diff
	}
	var applied, jobs, effects, audit int
	var newest string
	err = r.super.QueryRow(ctx, `select
		(select count(*) from stripe_events where customer_id = $2 and state = 'applied'),
		(select count(*) from river.river_job j join stripe_events e on e.id = j.args->>'event_id' where j.kind = 'apply_stripe_event' and e.customer_id = $2),
		(select count(*) from billing_effects where tenant_id = $1),
		(select count(*) from events where tenant_id = $1 and action = 'billing.payment_failed'),
		coalesce((select plan || ' ' || stripe_price_id || ' ' || quantity from subscription_changes where tenant_id = $1 order by at desc, id desc limit 1), '')`,
		tenant, r.h.customer).Scan(&applied, &jobs, &effects, &audit, &newest)
	if err != nil {
		return err.Error()
	}
	if applied != len(r.queued) || jobs != len(r.queued) {
		return fmt.Sprintf("of %d events %d are applied, with %d jobs", len(r.queued), applied, jobs)
	}
	if effects != r.h.failures || audit != r.h.failures {
		return fmt.Sprintf("%d failed payments had %d effects and %d lines in the audit log", r.h.failures, effects, audit)
	}
	want := fmt.Sprintf("%s %s %d", planOf(last.Price), last.Price, last.Quantity)
	if goesOn := last.EndedAt.IsZero() && last.Status != "incomplete"; goesOn && newest != want {
		return fmt.Sprintf("the newest change is %q, and %q is paid for", newest, want)
	}
	if !last.EndedAt.IsZero() && newest != "" && !strings.HasSuffix(newest, " 0") {
		return fmt.Sprintf("the newest change is %q, and nothing is paid for", newest)
	}
	return ""
}

func planOf(price string) string {
	return map[string]string{"price_pro_m": "pro", "price_team_m": "team"}[price]
}

// payload is what is read of a subscription by those who believe what an event says.
type payload struct {
	ID, Object, Customer, Status string
	PeriodEnd                    *int64 `json:"current_period_end"`
	CancelAt                     *int64 `json:"cancel_at"`
	Items                        struct {
		Data []struct {
			Quantity int64
			Price    struct{ ID string }
		}
	}
}

// lastWriteWins is what many programs do with a webhook: the row becomes what the payload says.
func (l *lab) lastWriteWins(ctx context.Context, _ *billing.Billing, id string) error {
	var e struct{ Data struct{ Object payload } }
	if waits, err := l.read(ctx, id, &e); err != nil || !waits || e.Data.Object.Object != "subscription" {
		return err // nothing to do when it was applied before, or is about an invoice
	}
	return l.write(ctx, id, e.Data.Object)
}

// fetched is what some do: the row becomes what the API answers, whichever answer is written last.
func (l *lab) fetched(ctx context.Context, b *billing.Billing, id string) error {
	var e any
	if waits, err := l.read(ctx, id, &e); err != nil || !waits {
		return err
	}
	_, seed, _ := strings.Cut(id, "_")
	seed, _, _ = strings.Cut(seed, "_")
	sub, err := b.Stripe.Subscriptions.Get("sub_"+seed, &stripe.SubscriptionParams{Params: stripe.Params{Context: ctx}})
	if err != nil {
		return err
	}
	p := payload{ID: sub.ID, Customer: sub.Customer.ID, Status: string(sub.Status), PeriodEnd: &sub.CurrentPeriodEnd}
	if sub.CancelAt != 0 {
		p.CancelAt = &sub.CancelAt
	}
	p.Items.Data = append(p.Items.Data, struct {
		Quantity int64
		Price    struct{ ID string }
	}{sub.Items.Data[0].Quantity, struct{ ID string }{sub.Items.Data[0].Price.ID}})
	return l.write(ctx, id, p)
}

// read takes the payload of an event that waits.
// read reads an event, and says whether it still waits.
func (l *lab) read(ctx context.Context, id string, into any) (waits bool, err error) {
	var body []byte
	err = l.super.QueryRow(ctx, `select payload from stripe_events where id = $1 and state = 'queued'`, id).Scan(&body)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal(body, into)
}

func (l *lab) write(ctx context.Context, id string, o payload) error {
	_, err := l.super.Exec(ctx, `with done as (update stripe_events set state = 'applied' where id = $1)
		insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, is_current, livemode,
			status, access_status, stripe_price_id, quantity, current_period_end, cancel_at)
		select c.tenant_id, gen_random_uuid(), $2, $3, true, true, $4, $4, $5, $6, to_timestamp($7::bigint), to_timestamp($8::bigint)
		from billing_customers c where c.stripe_customer_id = $3
		on conflict (tenant_id, stripe_subscription_id) do update set status = excluded.status, access_status = excluded.access_status,
			stripe_price_id = excluded.stripe_price_id, quantity = excluded.quantity, current_period_end = excluded.current_period_end, cancel_at = excluded.cancel_at`,
		id, o.ID, o.Customer, o.Status, o.Items.Data[0].Price.ID, o.Items.Data[0].Quantity, o.PeriodEnd, o.CancelAt)
	return err
}

// stale counts the rows whose status, price, quantity or planned end are not what the API says.
func (l *lab) stale(seeds []uint64) int {
	l.t.Helper()
	n := 0
	for _, seed := range seeds {
		rows, err := l.super.Query(context.Background(), shownRow, tenantOf(seed))
		if err != nil {
			l.t.Fatal(err)
		}
		have, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[shown])
		if err != nil {
			l.t.Fatal(err)
		}
		h := l.history(seed)
		want := h.moves[len(h.moves)-1].sub.projection()
		if want.Status != have.Status || want.Price != have.Price || want.Quantity != have.Quantity || want.CancelAt != have.CancelAt || want.PeriodEnd != have.PeriodEnd {
			n++
		}
	}
	return n
}

// The property test can fail: the same histories leave rows stale when the payload is believed, and when answers of the
// API are written as they come.
func TestOtherWaysLeaveRowsStale(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		name     string
		of, want int
		apply    func(*lab) applier
	}{
		{"payload, last write wins", 100, 25, func(l *lab) applier { return l.lastWriteWins }},
		{"fetched, last write wins", 300, 1, func(l *lab) applier { return l.fetched }},
	} {
		l, seeds := newLab(t, property(t)), seedsTo(way.of)
		l.live(seeds, way.apply(l))
		n := l.stale(seeds)
		t.Logf("%s: %d of %d rows are stale", way.name, n, way.of)
		if n < way.want {
			t.Errorf("%s: %d of %d rows are stale: the histories prove nothing", way.name, n, way.of)
		}
	}
}

func seedsTo(n int) []uint64 {
	seeds := make([]uint64, n)
	for i := range seeds {
		seeds[i] = uint64(i + 1)
	}
	return seeds
}

// property is the case's.
func property(t *testing.T) propertySpec {
	t.Helper()
	for _, c := range cases(t).Cases {
		if c.Property != nil {
			return *c.Property
		}
	}
	t.Fatal("no case has a property")
	return propertySpec{}
}
