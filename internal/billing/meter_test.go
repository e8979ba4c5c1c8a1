package billing_test

import (
	"context"
	"errors"
	"os"
	"path"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing"
	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/internal/stripesim"
	"plinth/jobs"
	"plinth/test/webtest"
)

const gigabytes = 1_000_000_000

// metered is an organization that pays for Business, which includes 50 gigabytes, and keeps as many bytes as stored says.
type metered struct {
	*shopOfMeter
	stored int64
}

type shopOfMeter struct {
	t    *testing.T
	site *webtest.Site
	st   *webtest.Stripe
	s    scope.Scope
	sub  string
}

func newMetered(t *testing.T, plan string) *metered {
	t.Helper()
	site, st := webtest.NewWithStripe(t, zero())
	m := &metered{shopOfMeter: &shopOfMeter{t: t, site: site, st: st}}
	m.s = site.Org(t, site.Account(t, "Ada", "ada@example.com"), "acme", "Acme")
	for _, b := range []*billing.Billing{site.App.Billing, site.Worker.Billing} {
		b.Stored = func(context.Context, uuid.UUID) (int64, error) { return m.stored, nil }
	}
	url, err := site.App.Billing.StartCheckout(t.Context(), m.s, billing.Choice{Plan: plan, Interval: "month"})
	if err == nil {
		_, err = st.Sim.PayCheckout(path.Base(url), "4242424242424242")
	}
	if err != nil {
		t.Fatal(err)
	}
	st.Deliver(t)
	m.sub = st.Sim.Subscriptions(1)[0].ID
	return m
}

func (m *metered) report(hour time.Time) error {
	return m.site.Worker.Billing.ReportUsage(m.t.Context(), m.s.TenantID, hour)
}

func TestUseOfAMeterIsToldOnceAnHour(t *testing.T) {
	t.Parallel()
	m := newMetered(t, "business")
	hour := zero().Add(time.Hour)
	m.st.SetClock(hour.Add(time.Minute))

	m.stored = 50 * gigabytes
	if err := m.report(hour); err != nil {
		t.Fatal(err)
	}
	if n := len(m.items()); n != 1 {
		t.Fatalf("%d items: nothing is used beyond what is included, so there is nothing to charge by", n)
	}

	// The answer is lost; the use grows before the job comes again, and the hour stays what it was.
	hour = hour.Add(time.Hour)
	m.st.SetClock(hour.Add(time.Minute))
	m.stored = 91*gigabytes + 1
	m.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: "/v1/subscription_items/", Times: 1, Status: 500, AfterCarryingOut: true})
	if err := m.report(hour); err == nil {
		t.Fatal("the answer was lost and the job says that it has it")
	}
	m.stored = 200 * gigabytes
	if err := m.report(hour); err != nil {
		t.Fatal(err)
	}
	if err := m.report(hour); !errors.Is(err, jobs.ErrNothingToDo) {
		t.Errorf("told twice: %v", err)
	}
	if got := m.used(); got != 42 {
		t.Errorf("Stripe counts %d gigabytes, want 42", got)
	}
	if n := len(m.items()); n != 2 {
		t.Errorf("%d items, want the seats and the meter", n)
	}
	m.st.Deliver(t)
	page := m.site.SignIn(t, "ada@example.com").Get("/orgs/acme/billing").Want(200)
	page.Says("Storage", "91 GB of 50 GB", "42 are charged at the moment", "€0.20 a month")
	if row := m.row(); row.plan != "business" || row.quantity != 1 {
		t.Errorf("the row is %+v: the meter's item must not count for the plan", row)
	}
}

func TestWhoIsNotMetered(t *testing.T) {
	t.Parallel()
	m := newMetered(t, "team")
	m.stored = 900 * gigabytes
	if err := m.report(zero()); !errors.Is(err, jobs.ErrNothingToDo) {
		t.Errorf("a plan without a meter: %v", err)
	}
	if err := m.site.Worker.Billing.MeasureUsage(t.Context(), time.Time{}, uuid.Nil); err != nil {
		t.Fatal(err)
	}
	if n := m.jobs(); n != 0 {
		t.Errorf("%d reports are asked for", n)
	}
}

// What staff give counts beside what is paid for: the larger of the two is included.
func TestAGivenPlanIncludesStorage(t *testing.T) {
	t.Parallel()
	plan := func(meter string, mb int) *billing.Plan {
		return &billing.Plan{Meter: meter, Limits: billing.PlanLimits{StorageMB: mb}}
	}
	paid := plan("storage", 50_000)
	for name, c := range map[string]struct {
		given *billing.Plan
		want  int64
	}{
		"nothing given":              {nil, 20},
		"a smaller one":              {plan("", 5_000), 20},
		"a larger one with a meter":  {plan("storage", 60_000), 10},
		"a smaller one with a meter": {plan("storage", 10_000), 20},
		"a larger one without":       {plan("", 60_000), 0},
		"as much without a meter":    {plan("", 50_000), 0},
		"one without a limit":        {plan("", -1), 0},
	} {
		if got := paid.Beyond(c.given, 69*gigabytes+1); got != c.want {
			t.Errorf("%s: %d gigabytes are charged, want %d", name, got, c.want)
		}
	}

	m := newMetered(t, "business")
	data, err := os.ReadFile("plans.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data = append(data, "\n  - { key: grand, name: Grand, rank: 9, limits: { projects: -1, members: -1, storage_mb: 90000, api_rpm: 1 } }\n"...)
	wide, err := billing.ParseCatalogue(data)
	if err != nil {
		t.Fatal(err)
	}
	m.site.App.Plans, m.site.Worker.Billing.Plans = wide, wide
	m.site.Give(t, m.s, "grand")
	m.stored = 89 * gigabytes
	hour := zero().Add(time.Hour)
	m.st.SetClock(hour.Add(time.Minute))
	if err := m.report(hour); err != nil {
		t.Fatal(err)
	}
	if got, items := m.used(), len(m.items()); got != 0 || items != 1 {
		t.Errorf("%d gigabytes are charged by %d items although the given plan includes them", got, items)
	}
}

// The hourly job finds who has a meter, and asks for one report an hour.
func TestMeasuringAsksOnceAnHour(t *testing.T) {
	t.Parallel()
	m := newMetered(t, "business")
	m.stored = 51 * gigabytes
	for range 2 {
		if err := m.site.Worker.Billing.MeasureUsage(t.Context(), time.Time{}, uuid.Nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := m.jobs(); n != 1 {
		t.Errorf("%d reports are asked for, want one", n)
	}
	m.site.Settle(t)
	if got := m.used(); got != 1 {
		t.Errorf("Stripe counts %d gigabytes, want one", got)
	}
}

func (m *metered) jobs() (n int) {
	m.t.Helper()
	err := m.site.Worker.DB.Direct().QueryRow(m.t.Context(), `select count(*) from river.river_job where kind = 'report_usage'`).Scan(&n)
	if err != nil {
		m.t.Fatal(err)
	}
	return n
}

type meteredRow struct {
	plan     string
	quantity int64
}

func (m *metered) row() (row meteredRow) {
	m.t.Helper()
	conn := dbtest.Connect(m.t, m.site.Database.Super)
	err := conn.QueryRow(m.t.Context(), `select c.plan, s.quantity from subscriptions s join subscription_changes c on c.subscription_id = s.id
		where s.is_current order by c.at desc, c.id desc limit 1`).Scan(&row.plan, &row.quantity)
	if err != nil {
		m.t.Fatal(err)
	}
	return row
}

func (m *metered) items() []*stripe.SubscriptionItem {
	m.t.Helper()
	sub, err := m.site.App.Billing.Stripe.Subscriptions.Get(m.sub, nil)
	if err != nil {
		m.t.Fatal(err)
	}
	return sub.Items.Data
}

// used is what Stripe counts in the period.
func (m *metered) used() (sum int64) {
	m.t.Helper()
	for _, item := range m.items() {
		if item.Price.Recurring.UsageType != stripe.PriceRecurringUsageTypeMetered {
			continue
		}
		list := m.site.App.Billing.Stripe.UsageRecordSummaries.List(&stripe.UsageRecordSummaryListParams{SubscriptionItem: &item.ID})
		for list.Next() {
			sum += list.UsageRecordSummary().TotalUsage
		}
		if err := list.Err(); err != nil {
			m.t.Fatal(err)
		}
	}
	return sum
}
