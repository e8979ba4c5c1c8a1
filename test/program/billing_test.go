package program

import (
	"testing"
	"time"
)

// toll is what a stream with kills has cost.
type toll struct {
	kills, accepted, lost, doubled, mismatches int
	rest                                       time.Duration // from the last kill until everything was done
}

// killedUnderAStream kills web and worker in turn, so many times, while events arrive, and waits until all is done.
func killedUnderAStream(t *testing.T, kills int) toll {
	t.Helper()
	s := newStream(t)
	stop := make(chan struct{})
	all := s.flow(stop)
	for n := range kills {
		s.kill(n)
	}
	begun := time.Now()
	close(stop)
	all.Wait()
	s.until("nothing waits", func() bool {
		return s.number(`select count(*) from stripe_events where state = 'queued'`) == 0 &&
			s.number(`select count(*) from river.river_job where kind in ('apply_stripe_event', 'send_billing_mail') and finalized_at is null`) == 0
	})
	x := toll{kills: kills, accepted: len(s.accepted), rest: time.Since(begun)}
	t.Logf("%d events taken in %d tries more, %d failed payments", x.accepted, s.refused, s.failures)
	for id := range s.accepted {
		x.lost += 1 - s.number(`select count(*) from stripe_events where id = $1 and state = 'applied'`, id)
	}
	x.doubled = s.number(`select coalesce(sum(n - 1), 0) from (select count(*) n from river.river_job where kind = 'apply_stripe_event' and not coalesce((args->>'swept')::boolean, false) group by args->>'event_id') j`) +
		s.beyond(`select count(*) from events where action = 'billing.payment_failed'`) + s.beyond(`select count(*) from mails where kind = 'payment_failed'`) +
		s.beyond(`select count(*) from mails where kind = 'payment_failed' and state = 'sent'`)
	for _, sub := range s.st.Sim.Subscriptions(0) {
		x.mismatches += 1 - s.number(`select count(*) from subscriptions where stripe_subscription_id = $1 and is_current
			and (status, stripe_price_id, quantity, cancel_at_period_end) = ($2, $3, $4::bigint, $5)`, sub.ID, sub.Status, sub.Items[0].Price, sub.Items[0].Quantity, sub.CancelAtPeriodEnd)
	}
	return x
}

// beyond is by how many a count is not the number of failed payments.
func (s *stream) beyond(sql string) int {
	s.t.Helper()
	n := s.number(sql) - s.failures
	if n != 0 {
		s.t.Errorf("%s: %d more than failed payments", sql, n)
	}
	return max(n, -n)
}

func TestKilledUnderAStreamOfEvents(t *testing.T) {
	t.Parallel()
	x := killedUnderAStream(t, 20)
	t.Logf("%+v", x)
	if x.accepted < 100 || x.lost != 0 || x.doubled != 0 || x.mismatches != 0 {
		t.Errorf("%+v: nothing may be lost, done twice, or other than at Stripe", x)
	}
}
