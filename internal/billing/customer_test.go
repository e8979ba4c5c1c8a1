package billing_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants"
)

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
	w.passOn()
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
	w.passOn()
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

// Many ask for a customer at different moments of the first one's way.
func TestManyWantACustomer(t *testing.T) {
	t.Parallel()
	w := plain(t)
	w.exec(`delete from billing_customers`)
	b := w.site.App.Billing
	before := len(w.st.Sim.Customers(0))
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			if _, err := b.EnsureCustomer(w.ctx(), w.s); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if made := len(w.st.Sim.Customers(0)) - before; made != 1 {
		t.Errorf("%d customers were made, want 1", made)
	}
}
