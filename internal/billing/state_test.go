package billing_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"plinth/internal/billing"
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

// The answer to the first request for a customer is lost; the second asks the same, although the name has changed.

// A list of more than one page, with rows that were changed behind our back, one that is missing, and a stranger's.

// Two endpoints, or a replay under another id, tell the same thing twice.

func TestTwoEventsOfOneMeaning(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(w.subscription(object{"status": "past_due", "latest_invoice": "in_1"}))
	for _, id := range []string{"evt_1", "evt_2"} {
		w.deliver([]deliverSpec{{ID: id, Type: "invoice.payment_failed", Created: zero().Unix(), Obj: object{
			"id": "in_1", "customer": "cus_A", "subscription": "sub_1", "status": "open", "attempt_count": 1,
		}}})
	}
	w.site.Settle(t)
	w.wantCount("events", 2, `select count(*) from stripe_events where state = 'applied'`)
	w.wantCount("mails", 1, `select count(*) from mails where kind = 'payment_failed'`)
	w.wantCount("lines in the audit log", 1, `select count(*) from events where action = 'billing.payment_failed'`)
	w.wantRow(object{"past_due_since": float64(zero().Unix())})
}

func TestTheItemOfAPlanCounts(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.put(object{"object": "price", "id": "price_help", "product": "prod_1", "unit_amount": 1, "currency": "usd", "active": true,
		"recurring": object{"interval": "month", "interval_count": 1, "usage_type": "licensed"}})
	w.put(w.subscription(object{"items": []any{
		object{"price": "price_metered"}, object{"price": "price_help", "quantity": 9}, object{"price": "price_pro_m", "quantity": 3},
	}}))
	w.event("evt_1", "customer.subscription.created", "sub_1")
	w.wantRow(object{"stripe_price_id": "price_pro_m", "quantity": 3.0})
	w.wantAccess("plan")
}

// Of two processes the one whose clock is behind writes last: what it writes is the newest change all the same.
func TestAClockThatIsBehindHidesNoChange(t *testing.T) {
	t.Parallel()
	w := plain(t)
	for i, price := range []string{"price_pro_m", "price_team_m", "price_pro_m", "price_team_m"} {
		w.clock(10 - float64(i))
		w.put(w.subscription(object{"price": price}))
		w.event(fmt.Sprintf("evt_%d", i), "customer.subscription.updated", "sub_1")
		if got := w.text(`select stripe_price_id from subscription_changes order by at desc, id desc limit 1`); got != price {
			t.Errorf("the newest change is to %s, want %s", got, price)
		}
	}
	w.wantCount("changes", 4, `select count(*) from subscription_changes`)
}

func (w *world) text(sql string) string {
	w.t.Helper()
	var out string
	if err := w.super.QueryRow(w.ctx(), sql).Scan(&out); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
	return out
}
