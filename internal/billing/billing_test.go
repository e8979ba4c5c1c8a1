package billing_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants"
)

// plain is a world without a case: an organization with its customer, and the base of the cases.
func plain(t *testing.T) *world {
	t.Helper()
	file := caseFile{
		Sub: object{"id": "sub_1", "customer": "cus_A", "status": "active", "price": "price_pro_m", "quantity": 3.0,
			"current_period_start": 1767225600.0, "current_period_end": 1769904000.0},
		Row: object{"stripe_subscription_id": "sub_1", "stripe_customer_id": "cus_A", "is_current": true, "status": "active",
			"access_status": "active", "stripe_price_id": "price_pro_m", "quantity": 3.0, "livemode": true},
	}
	return newWorld(t, file, caseSpec{})
}

func (w *world) event(id, kind, sub string) {
	w.deliver([]deliverSpec{{ID: id, Type: kind, Created: zero().Unix(), Obj: object{"id": sub, "customer": "cus_A"}}})
}

// The first fetch is answered with the old state, and that answer is held until a second fetch has been written.
func TestAnOlderFetchCannotOverwriteANewerOne(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(object{"status": "incomplete"}))
	target, err := url.Parse(w.st.URL)
	if err != nil {
		t.Fatal(err)
	}
	asked, release := make(chan struct{}), make(chan struct{})
	var first atomic.Bool
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(r *http.Response) error {
		if strings.HasPrefix(r.Request.URL.Path, "/v1/subscriptions/") && first.CompareAndSwap(false, true) {
			close(asked)
			<-release
		}
		return nil
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	b := w.site.Worker.Billing
	b.Stripe = billing.NewStripe("sk_live_1", server.URL)

	w.insertRow(object{"status": "incomplete", "access_status": "incomplete"})
	slow := make(chan error, 1)
	go func() { slow <- b.Refetch(w.ctx(), w.s.TenantID, "sub_1") }()
	<-asked
	w.put(w.subscription(object{"status": "active"}))
	if err := b.Refetch(w.ctx(), w.s.TenantID, "sub_1"); err != nil {
		t.Fatal(err)
	}
	w.wantRow(object{"status": "active", "ticket": 3.0, "applied": 3.0})
	close(release)
	if err := <-slow; err != nil {
		t.Errorf("losing is success, and was %v", err)
	}
	w.wantRow(object{"status": "active", "ticket": 3.0, "applied": 3.0})
}

func TestEndedStaysEnded(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(object{"status": "canceled", "ended_at": 1767225600.0, "canceled_at": 1767225600.0}))
	w.event("evt_1", "customer.subscription.deleted", "sub_1")
	w.put(w.subscription(object{"status": "active"}))
	w.event("evt_2", "customer.subscription.updated", "sub_1")
	w.wantRow(object{"status": "canceled"})
}

func TestUnknownStatus(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(nil))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	w.clock(60)
	w.put(w.subscription(object{"status": "hibernating"}))
	w.event("evt_2", "customer.subscription.updated", "sub_1")
	w.wantRow(object{"status": "hibernating", "access_status": "active", "is_current": true, "unknown_since": float64(zero().Unix() + 60)})
	w.wantAccess("plan")
	w.wantCount("tasks", 1, `select count(*) from billing_tasks where kind = 'status_unknown' and closed_at is null`)
	w.clock(60 + 72*3600)
	w.wantAccess("readonly")
	w.put(w.subscription(nil))
	w.event("evt_3", "customer.subscription.updated", "sub_1")
	w.wantAccess("plan")
	w.wantRow(object{"status": "active", "unknown_since": nil})
	w.wantCount("tasks", 0, `select count(*) from billing_tasks where kind = 'status_unknown' and closed_at is null`)
}

func TestPriceOutsideTheCatalogue(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(object{"object": "price", "id": "price_special", "product": "prod_1", "unit_amount": 1, "currency": "usd", "active": true,
		"recurring": object{"interval": "month", "interval_count": 1, "usage_type": "licensed"}})
	w.put(w.subscription(object{"price": "price_special"}))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	w.wantRow(object{"status": "active", "stripe_price_id": "price_special"})
	w.wantAccess("free")
	w.wantCount("tasks", 1, `select count(*) from billing_tasks where kind = 'price_unknown' and closed_at is null`)
	w.put(w.subscription(nil))
	w.event("evt_2", "customer.subscription.updated", "sub_1")
	w.wantAccess("plan")
	w.put(w.subscription(object{"price": "price_special"}))
	w.event("evt_3", "customer.subscription.updated", "sub_1")
	w.wantAccess("plan") // that of the last change
}

func TestCurrentOfSeveral(t *testing.T) {
	t.Parallel()
	w := plain(t)
	current := func() string {
		var id string
		err := w.super.QueryRow(w.ctx(), `select stripe_subscription_id from subscriptions where is_current`).Scan(&id)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	w.put(w.subscription(object{"status": "past_due"}))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	w.put(w.subscription(object{"id": "sub_2", "price": "price_team_m"}))
	w.event("evt_2", "customer.subscription.created", "sub_2")
	if got := current(); got != "sub_1" {
		t.Errorf("the current one is %s: it stays while it goes on", got)
	}
	w.wantCount("tasks", 1, `select count(*) from billing_tasks where kind = 'two_subscriptions' and closed_at is null`)
	w.put(w.subscription(object{"status": "canceled", "ended_at": 1767225600.0}))
	w.event("evt_3", "customer.subscription.deleted", "sub_1")
	if got := current(); got != "sub_2" {
		t.Errorf("the current one is %s, want the one that goes on", got)
	}
	w.wantCount("tasks", 0, `select count(*) from billing_tasks where kind = 'two_subscriptions' and closed_at is null`)
	w.put(w.subscription(object{"id": "sub_3", "status": "incomplete"}))
	w.event("evt_4", "customer.subscription.created", "sub_3")
	if got := current(); got != "sub_2" {
		t.Errorf("the current one is %s", got)
	}
}

func TestACustomerThatWasDeletedIsReplaced(t *testing.T) {
	t.Parallel()
	w := plain(t)
	b := w.site.App.Billing
	same, err := b.EnsureCustomer(w.ctx(), w.s)
	if err != nil || same != "cus_A" {
		t.Fatalf("%s, %v", same, err)
	}
	w.put(object{"object": "customer", "id": "cus_A", "deleted": true})
	fresh, err := b.EnsureCustomer(w.ctx(), w.s)
	if err != nil || fresh == "cus_A" || fresh == "" {
		t.Fatalf("%s, %v", fresh, err)
	}
	again, err := b.EnsureCustomer(w.ctx(), w.s)
	if err != nil || again != fresh {
		t.Errorf("%s after %s, %v", again, fresh, err)
	}
	w.wantCount("mappings", 1, `select count(*) from billing_customers where stripe_customer_id = $1`, fresh)
}

// The answer to the first request for a customer is lost; the second asks the same, although the name has changed.
func TestALostAnswerMakesNoSecondCustomer(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.exec(`delete from billing_customers`)
	w.st.Sim.InjectFault(lostCustomer())
	b := w.site.App.Billing
	if _, err := b.EnsureCustomer(w.ctx(), w.s); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("the lost answer is %v", err)
	}
	w.exec(`update tenants set name = 'Another name'`)
	w.st.Sim.ClearFaults()
	if _, err := b.EnsureCustomer(w.ctx(), w.s); err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, c := range w.st.Sim.Customers(0) {
		if c.Metadata["tenant_id"] == w.s.TenantID.String() {
			named++
		}
	}
	if named != 1 {
		t.Errorf("%d customers for one organization", named)
	}
}

func TestTenJoinAtOnce(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(object{"quantity": 1.0}))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	w.exec(`delete from river.river_job where kind = 'sync_seats'`)
	ts, d := w.site.App.Tenants, w.site.App.DB
	var invited []tenants.Invitation
	var people []scope.Person
	for i := range 9 {
		p := w.site.Account(t, "Nina", fmt.Sprintf("nina%d@example.com", i))
		err := d.InTenant(w.ctx(), w.s, func(ctx context.Context, tx db.Tx) error {
			id, err := ts.InviteTx(ctx, tx, w.s, p.Email, scope.Member)
			if err != nil {
				return err
			}
			inv, err := tenants.OpenInvitationTx(ctx, tx, w.s.TenantID, id)
			invited = append(invited, inv)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
	}
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() {
			err := d.InPersonAndTenant(w.ctx(), p.ID, scope.System(w.s.TenantID), func(ctx context.Context, tx db.Tx) error {
				return ts.AcceptTx(ctx, tx, p, invited[i])
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := w.number(`select count(*) from river.river_job where kind = 'sync_seats'`); n < 1 || n > 2 {
		t.Errorf("%d jobs for nine changes within seconds, want 1 or 2", n)
	}
	w.st.Forget()
	w.seats()
	w.seats()
	if got := w.st.Sim.Subscriptions(1)[0].Items[0].Quantity; got != 10 {
		t.Errorf("%d seats at Stripe, want 10", got)
	}
	if n := w.st.Calls("POST /v1/subscriptions/"); n != 1 {
		t.Errorf("the quantity was set %d times, want once", n)
	}
	w.wantRow(object{"quantity": 10.0})
}

func TestSeatsOfWhoPaysNothing(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.seats() // no subscription
	w.insertRow(object{"status": "canceled", "access_status": "canceled", "quantity": 3.0})
	w.seats()
	if n := w.st.Calls("POST "); n != 0 {
		t.Errorf("%d changes at Stripe", n)
	}
}

// A list of more than one page, with rows that were changed behind our back, one that is missing, and a stranger's.
func TestSyncMendsDrift(t *testing.T) {
	t.Parallel()
	const n, page = 130, 100
	w := plain(t)
	for i := range n {
		customer, sub := fmt.Sprintf("cus_%d", i), fmt.Sprintf("sub_x%d", i)
		tenant := uuid.Must(uuid.NewV7())
		w.exec(`insert into tenants (id, slug, name, created_by, time_zone) values ($1, $2, 'T', $3, 'UTC')`, tenant, fmt.Sprintf("t-%d", i), w.s.Person.ID)
		w.exec(`insert into billing_customers (tenant_id, stripe_customer_id, livemode) values ($1, $2, true)`, tenant, customer)
		w.put(object{"object": "customer", "id": customer, "name": "T"})
		w.put(w.subscription(object{"id": sub, "customer": customer, "quantity": 1.0}))
		if i == 7 {
			continue // the row is missing
		}
		quantity := 1
		if i%13 == 0 {
			quantity = 5
		}
		w.exec(`insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, is_current, status, access_status, stripe_price_id,
			quantity, current_period_end, livemode, ticket, applied) values ($1, $2, $3, $4, true, 'active', 'active', 'price_pro_m', $5, $6, true, 1, 1)`,
			tenant, uuid.Must(uuid.NewV7()), sub, customer, quantity, time.Unix(1769904000, 0))
	}
	w.put(w.subscription(object{"id": "sub_stranger", "customer": "cus_ZZZ"}))
	w.st.Forget()
	b := w.site.Worker.Billing
	var all []billing.Drift
	for after, more := "", true; more; more = after != "" {
		drift, next, err := b.SyncPage(w.ctx(), after)
		if err != nil {
			t.Fatal(err)
		}
		all, after = append(all, drift...), next
	}
	if len(all) != 11 {
		t.Errorf("%d rows are said to differ, want 11: %+v", len(all), all)
	}
	w.wantCount("rows that still differ", 0, `select count(*) from subscriptions where quantity <> 1 or status <> 'active'`)
	w.wantCount("tasks about drift", 11, `select count(*) from billing_tasks where kind = 'drift'`)
	w.wantCount("rows of strangers", 0, `select count(*) from subscriptions where stripe_subscription_id = 'sub_stranger'`)
	if lists, gets := w.st.Calls("GET /v1/subscriptions")-w.st.Calls("GET /v1/subscriptions/"), w.st.Calls("GET /v1/subscriptions/"); lists != 2 || gets != 11 {
		t.Errorf("%d lists and %d reads, want 2 (of %d each) and 11", lists, gets, page)
	}
}

func TestSweepTakesUpWhatFellByTheWayside(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(nil))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	w.exec(`delete from river.river_job`)
	w.exec(`update stripe_events set state = 'queued', received_at = now() - interval '16 minutes'`)
	w.sweep()
	w.sweep()
	w.wantCount("jobs for the late event", 1, `select count(*) from river.river_job where kind = 'apply_stripe_event'`)
	w.work()
	w.wantEvents(map[string]int{"applied": 1})

	// The period ends, and no event comes.
	w.put(w.subscription(object{"status": "canceled", "ended_at": 1769904000.0}))
	w.clock(1769904000 - 1767225600 + 3599)
	w.sweep()
	w.wantCount("looks before an hour has passed", 0, `select count(*) from river.river_job where kind = 'refetch_subscription'`)
	w.clock(1769904000 - 1767225600 + 3601)
	w.sweep()
	w.site.Settle(t)
	w.wantRow(object{"status": "canceled"})
}
