package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// changed is one row of subscription_changes: of which organization and subscription, when, and what it brings.
type changed struct {
	of, sub, day   string
	plan, currency string
	seats, monthly int
}

// history is a year and a half: its figures are worked out by hand in TestRevenueOfAKnownHistory.
func history() []changed {
	return []changed{
		{"e", "e1", "2025-01-05", "business", "eur", 5, 5000}, // before the months that are shown
		{"a", "a1", "2025-09-10", "team", "eur", 1, 900},      // new
		{"b", "b1", "2025-09-20", "team", "eur", 2, 0},        // a trial
		{"b", "b1", "2025-10-04", "team", "eur", 2, 1800},     // paid: new
		{"a", "a1", "2025-10-05", "business", "eur", 1, 1900}, // upgrade
		{"a", "a1", "2025-11-20", "business", "eur", 3, 5700}, // seats
		{"h", "h1", "2025-12-01", "team", "eur", 1, 1000},     // new
		{"k", "k1", "2025-11-02", "team", "usd", 1, 700},      // new
		{"k", "k1", "2025-12-05", "team", "eur", 1, 600},      // goes over to another currency: churn in one, new in the other
		{"a", "a1", "2026-01-10", "team", "eur", 3, 2700},     // downgrade
		{"c", "c1", "2026-02-01", "team", "eur", 1, 0},        // a trial
		{"g", "g1", "2026-02-10", "team", "usd", 2, 2000},     // another currency: new
		{"c", "c1", "2026-02-15", "team", "eur", 0, 0},        // that ends
		{"h", "h1", "2026-02-20", "team", "eur", 0, 0},        // one subscription ends and another begins:
		{"h", "h2", "2026-02-20", "business", "eur", 1, 1500}, // the organization brings more
		{"a", "a1", "2026-03-01", "team", "eur", 0, 0},        // cancelled
		{"k", "k1", "2026-03-08", "team", "eur", 0, 0},        // cancelled
		{"g", "g1", "2026-04-01", "team", "usd", 0, 0},        // cancelled
		{"f", "f1", "2026-04-03", "team", "eur", 1, 900},      // comes and goes
		{"f", "f1", "2026-04-20", "team", "eur", 0, 0},        // within a month
		{"a", "a2", "2026-05-15", "team", "eur", 1, 900},      // comes back
		{"b", "b1", "2026-06-02", "team", "eur", 2, 1500},     // pays by the year
		{"d", "d1", "2026-06-10", "team", "eur", 1, 0},        // a trial that goes on
		{"a", "a2", "2026-07-01", "team", "eur", 9, 8100},     // after the moment that is looked from
	}
}

// newHistory is a site that looks from 20 June 2026, with the history written as billing writes it.
func newHistory(t *testing.T) office {
	t.Helper()
	s := webtest.New(t)
	s.App.Billing.Now = func() time.Time { return time.Date(2026, 6, 20, 12, 0, 0, 0, time.UTC) }
	o := office{Site: s}
	o.sam, o.staff = s.Staff(t, "Sam Reyes", sam)
	owner := s.Account(t, "Dana", dana)
	orgs, subs := map[string]uuid.UUID{}, map[string]uuid.UUID{}
	for i, c := range history() {
		if orgs[c.of] == uuid.Nil {
			orgs[c.of] = s.Org(t, owner, "org-"+c.of, "Org "+c.of).TenantID
		}
		if subs[c.sub] == uuid.Nil {
			subs[c.sub] = uuid.Must(uuid.NewV7())
			o.exec(t, `insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, status, access_status, livemode)
				values ($1, $2, 'sub_' || $3::text, 'cus_' || $4::text, 'active', 'active', false)`, orgs[c.of], subs[c.sub], c.sub, c.of)
		}
		o.exec(t, `insert into subscription_changes (tenant_id, id, subscription_id, plan, stripe_price_id, quantity, monthly_amount, currency, at)
			values ($1, $2, $3, $4, 'price_x', $5, $6, $7, ($8 || ' 10:00Z')::timestamptz + make_interval(secs => $9))`,
			orgs[c.of], uuid.Must(uuid.NewV7()), subs[c.sub], c.plan, c.seats, c.monthly, c.currency, c.day, i)
	}
	return o
}

func TestRevenueOfAKnownHistory(t *testing.T) {
	t.Parallel()
	o := newHistory(t)
	page := press(o.staff.Get("/admin/revenue"), "/admin/revenue/export").Want(200)
	if got := page.Header.Get("Content-Disposition"); got != `attachment; filename="revenue-2026-06-20.csv"` {
		t.Errorf("the file is called %s", got)
	}
	want := []string{
		"currency,month,start,new,expansion,reactivation,contraction,churn,end,organizations_came,organizations_went,organizations_paying",
		"eur,2025-07,5000,0,0,0,0,0,5000,0,0,1",
		"eur,2025-08,5000,0,0,0,0,0,5000,0,0,1",
		"eur,2025-09,5000,900,0,0,0,0,5900,1,0,2",
		"eur,2025-10,5900,1800,1000,0,0,0,8700,1,0,3",
		"eur,2025-11,8700,0,3800,0,0,0,12500,0,0,3",
		"eur,2025-12,12500,1600,0,0,0,0,14100,2,0,5",
		"eur,2026-01,14100,0,0,0,3000,0,11100,0,0,5",
		"eur,2026-02,11100,0,500,0,0,0,11600,0,0,5",
		"eur,2026-03,11600,0,0,0,0,3300,8300,0,2,3",
		"eur,2026-04,8300,0,0,0,0,0,8300,0,0,3",
		"eur,2026-05,8300,0,0,900,0,0,9200,1,0,4",
		"eur,2026-06,9200,0,0,0,300,0,8900,0,0,4",
		"usd,2025-07,0,0,0,0,0,0,0,0,0,0",
		"usd,2025-08,0,0,0,0,0,0,0,0,0,0",
		"usd,2025-09,0,0,0,0,0,0,0,0,0,0",
		"usd,2025-10,0,0,0,0,0,0,0,0,0,0",
		"usd,2025-11,0,700,0,0,0,0,700,1,0,1",
		"usd,2025-12,700,0,0,0,0,700,0,0,1,0",
		"usd,2026-01,0,0,0,0,0,0,0,0,0,0",
		"usd,2026-02,0,2000,0,0,0,0,2000,1,0,1",
		"usd,2026-03,2000,0,0,0,0,0,2000,0,0,1",
		"usd,2026-04,2000,0,0,0,0,2000,0,0,1,0",
		"usd,2026-05,0,0,0,0,0,0,0,0,0,0",
		"usd,2026-06,0,0,0,0,0,0,0,0,0,0",
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(page.Body), "\n")); diff != "" {
		t.Errorf("the months (-want +got):\n%s", diff)
	}
	if got := o.lastAct(t); got != "staff.revenue_exported revenue" {
		t.Errorf("noted %q", got)
	}
	o.staff.Get("/admin/revenue").Want(200).Says(
		"MRR €89 −€3 since the month began", "ARR €1,068", "Paying organizations 4 0 came, 0 went this month", "ARPA €22.25", "Churn in May 0.0 % of organizations, 0.0 % of revenue",
		"Business 2 €65.00", "Team 2 €24.00", // what brings the €89 now
		"50.0 % of those that have ended were won", "Jun 2026 1 0 0 1 –", "Feb 2026 1 0 1 0 0.0 %", "Sep 2025 1 1 0 0 100.0 %",
		"USD", "Nobody pays in this currency now.", "MRR at the end of each month in EUR: from €50 to €89", "It was never compared")
	o.staff.Get("/admin/revenue?months=24").Want(200).Says("Jul 2024", "Jan 2025", "€50.00")
}

// Whatever the history, the sums of each month and currency lead from one to the next, and the last is what is brought now.
func TestRevenueAddsUp(t *testing.T) {
	t.Parallel()
	o := newHistory(t)
	for _, months := range []int{12, 24} {
		page, err := o.App.Admin.Revenue(t.Context(), months)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.Currencies {
			var before int64
			for i, m := range c.Months {
				if m.End != m.Start+m.New+m.Expansion+m.Reactivation-m.Contraction-m.Churn {
					t.Errorf("%s %s does not add up: %+v", c.Currency, m.Month.Format("2006-01"), m)
				}
				if i > 0 && m.Start != before {
					t.Errorf("%s %s begins with %d, the month before ended with %d", c.Currency, m.Month.Format("2006-01"), m.Start, before)
				}
				before = m.End
			}
			var now int64
			for _, p := range c.Plans {
				now += p.MonthlyAmount
			}
			if now != c.Now().End {
				t.Errorf("%s: the plans bring %d, the months end with %d", c.Currency, now, c.Now().End)
			}
		}
	}
}

func TestRevenueOfAnEmptySite(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	_, b := s.Staff(t, "Sam", sam)
	b.Get("/admin/revenue").Want(200).Says("Nobody has subscribed yet", "It was never compared", "– of those that have ended were won")
	if lines := strings.Split(strings.TrimSpace(b.Post("/admin/revenue/export", why()).Want(200).Body), "\n"); len(lines) != 1 {
		t.Errorf("%d lines", len(lines))
	}
}

func TestRevenueIsComparedWithStripe(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, staff := s.Staff(t, "Sam Reyes", sam)
	s.buy(t)
	s.st.Deliver(t)
	s.subscribeAStranger(t)
	s.st.Skip()
	page := staff.Get("/admin/revenue").Want(200).Says("MRR €9 ", "It was never compared")
	press(page, "/admin/revenue/check").Want(200).Says("The comparison has begun", "Under way: 0 pages are read")
	press(page, "/admin/revenue/check").Want(200) // pressed twice
	if n := rowsOf(t, s.Site, `select count(*) from revenue_checks`); n != 1 {
		t.Fatalf("%d comparisons", n)
	}
	s.Settle(t)
	alike := staff.Get("/admin/revenue").Want(200).Says("They are alike.", "EUR €9.00 one subscription €9.00 one subscription €0.00 0 €27.00 1")

	office{Site: s.Site}.exec(t, `insert into subscription_changes (tenant_id, id, subscription_id, plan, stripe_price_id, quantity, monthly_amount, currency, at)
		select tenant_id, $1, subscription_id, plan, stripe_price_id, 2, 1800, currency, at from subscription_changes`, uuid.Must(uuid.NewV7()))
	press(alike, "/admin/revenue/check").Want(200)
	s.Settle(t)
	staff.Get("/admin/revenue").Want(200).Says("They differ.", "€18.00 one subscription €9.00 one subscription €9.00 0")
	if n := rowsOf(t, s.Site, `select count(*) from account_events where action = 'staff.revenue_checked'`); n != 2 {
		t.Errorf("%d of 2 acts are noted", n)
	}
	staff.Post("/admin/revenue/check", why()).Want(http.StatusUnprocessableEntity)

	// What is begun anew takes the place of what is under way, whose job finds nothing to do.
	again := staff.Get("/admin/revenue")
	press(again, "/admin/revenue/check").Want(200)
	press(staff.Get("/admin/revenue"), "/admin/revenue/check").Want(200)
	s.Settle(t)
	if n := rowsOf(t, s.Site, `select count(*) from revenue_checks where state = 'failed' and problem = 'it was begun again' and pages = 0`); n != 1 {
		t.Errorf("%d comparisons were given up", n)
	}
	staff.Get("/admin/revenue").Want(200).Says("They differ.")
}

// Of two who begin a comparison at the same moment the second is told of the first one's.
func TestTwoComparisonsAtTheSameMoment(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	_, staff := s.Staff(t, "Sam Reyes", sam)
	page, ctx := staff.Get("/admin/revenue").Want(200), t.Context()
	tx, err := dbtest.Connect(t, s.Database.Super).Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, `insert into revenue_checks (id, started_at) values ($1, now())`, uuid.Must(uuid.NewV7())); err != nil {
		t.Fatal(err)
	}
	answer := make(chan *webtest.Page)
	form := page.Form("/admin/revenue/check")
	form.Set("why", "A test.")
	go func() { answer <- staff.Post("/admin/revenue/check", form) }()
	for looking, waiting := dbtest.Connect(t, s.Database.Super), 0; waiting == 0; {
		if err := looking.QueryRow(ctx, `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	(<-answer).Want(200).Says("A comparison that somebody else has just begun is under way", "Under way: 0 pages are read")
	if n := rowsOf(t, s, `select count(*) from revenue_checks`); n != 1 {
		t.Errorf("%d comparisons", n)
	}
	if n := rowsOf(t, s, `select count(*) from account_events where action = 'staff.revenue_checked'`); n != 0 {
		t.Errorf("%d acts are noted that did nothing", n)
	}
}

// subscribeAStranger makes a customer at Stripe that is no organization's, and that pays for three seats.
func (s shop) subscribeAStranger(t *testing.T) {
	t.Helper()
	api := s.App.Billing.Stripe
	customer, err := api.Customers.New(&stripe.CustomerParams{Email: stripe.String("else@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	method, err := api.PaymentMethods.Attach("pm_card_visa", &stripe.PaymentMethodAttachParams{Customer: &customer.ID})
	if err != nil {
		t.Fatal(err)
	}
	prices := api.Prices.List(&stripe.PriceListParams{LookupKeys: stripe.StringSlice([]string{"plinth_team_month"})})
	if !prices.Next() {
		t.Fatal("there is no price")
	}
	_, err = api.Subscriptions.New(&stripe.SubscriptionParams{
		Customer: &customer.ID, DefaultPaymentMethod: &method.ID, Items: []*stripe.SubscriptionItemsParams{{Price: &prices.Price().ID, Quantity: stripe.Int64(3)}},
	})
	if err != nil {
		t.Fatal(err)
	}
}
