package handlers_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/stripesim"
)

func (s shop) asked(t *testing.T) int {
	t.Helper()
	return count(t, s.Site, `select count(*) from events where action = 'billing.plan_change_asked'`)
}

// An upgrade that is confirmed five times at once is one order and one entry.
func TestAnUpgradePressedManyTimes(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	s.st.Forget()
	form := s.b.Get(change + "?plan=business&interval=month").Want(200).Form(change)
	var all sync.WaitGroup
	for range 5 {
		b := s.b.Clone()
		all.Go(func() { b.Post(change, form).At(billingPage).Want(200) })
	}
	all.Wait()
	s.b.Post(change, form).At(billingPage).Want(200)
	s.b.Get(billingPage).Says("Business")
	if n := s.asked(t); n != 1 || s.st.Keys("/v1/subscriptions/") != 1 {
		t.Errorf("%d entries and %d orders, want one of each", n, s.st.Keys("/v1/subscriptions/"))
	}
}

// The answer to an upgrade is lost, and the form is sent again: it asks for what it asked for at first, although the
// subscription's meter has gone with the first time.
func TestAnUpgradeWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, news := range map[string]bool{"with the news": true, "before the news": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onBusiness(t, "month")
			s.Worker.Billing.Stored = func(context.Context, uuid.UUID) (int64, error) { return 60_000_000_000, nil }
			hour := begin().Add(time.Hour)
			s.st.SetClock(hour.Add(time.Minute))
			if err := s.Worker.Billing.ReportUsage(t.Context(), s.owner.TenantID, hour); err != nil {
				t.Fatal(err)
			}
			s.st.Deliver(t)
			s.st.Forget()
			form := s.b.Get(change + "?plan=business&interval=year").Want(200).Form(change)
			s.lose("/v1/subscriptions/")
			s.b.Post(change, form).Want(503).Says("We do not know yet whether it went through").Silent("Nothing was changed")
			s.st.Sim.ClearFaults()
			if !news {
				s.row(t, `with old as (update subscriptions set billing_interval = 'month' where tenant_id = $1 returning 1) select count(*) from old`, new(int))
			}
			s.b.Post(change, form).At(billingPage).Want(200).Says("€190.00 per member and year")
			s.b.Post(change, form).At(billingPage).Want(200)
			if n := s.asked(t); n != 1 || s.st.Keys("/v1/subscriptions/") != 1 {
				t.Errorf("%d entries and %d orders, want one of each", n, s.st.Keys("/v1/subscriptions/"))
			}
			var from, to string
			s.row(t, `select changes->'interval'->>0, changes->'interval'->>1 from events where tenant_id = $1 and action = 'billing.plan_change_asked'`, &from, &to)
			if from != "month" || to != "year" {
				t.Errorf("the entry says from %s to %s", from, to)
			}
		})
	}
}

// An upgrade that fails after the planned change was given up says so, and the page shows it at once.
func TestAnUpgradeFailsAfterThePlannedChangeIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault  stripesim.Fault
		status int
		says   string
	}{
		"no answer":                   {stripesim.Fault{}, 503, "We do not know yet"},
		"refused":                     {stripesim.Fault{Times: 1, Status: 400}, 409, "The change that was planned was taken back"},
		"a failure that Stripe keeps": {stripesim.Fault{Times: 1, Status: 500, Kept: true}, 503, "We do not know yet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onBusiness(t, "month")
			s.b.Post(change, s.b.Get(change+"?plan=team&interval=month").Form(change)).Says("Changes to Team")
			form := s.b.Get(change + "?plan=business&interval=year").Form(change)
			c.fault.Method, c.fault.Path = "POST", "/v1/subscriptions/"
			s.st.Sim.InjectFault(c.fault)
			s.b.Post(change, form).Want(c.status).Says(c.says).Silent("Nothing was changed")
			s.st.Sim.ClearFaults()
			s.b.Get(billingPage).Says("Business").Silent("Changes to Team")
			again := s.b.Post(change, form)
			if c.fault.Kept {
				again.Want(409).Says("did not go through")
			} else {
				again.At(billingPage).Want(200).Says("€190.00 per member and year")
			}
			s.b.Post(change, s.b.Get(change+"?plan=team&interval=month").Form(change)).At(billingPage).Want(200).Says("Changes to Team")
		})
	}
}
