//go:build prove

package billing_test

import (
	"fmt"
	"testing"

	"plinth/test/proof"
)

// Ten thousand random lives of subscriptions, their events permuted, doubled and late, processes dying at every step of
// the way: each row is in the end what the API says. The same lives, applied by the payload, leave rows stale.
func TestProveBillingHistories(t *testing.T) {
	const runs = 10_000
	p, seeds := property(t), seedsTo(runs)
	l := newLab(t, p)
	wrong := l.live(seeds, ours)
	for seed, why := range wrong {
		t.Errorf("seed %d: %s", seed, why)
	}
	l.wantCrashes()
	proof.Line(t, "billing-histories-rows-not-as-the-api-says", fmt.Sprintf("%d of %d", len(wrong), runs), "0", len(wrong) == 0)

	for _, way := range []struct {
		name  string
		want  float64
		apply func(*lab) applier
	}{
		{"payload", 0.25, func(l *lab) applier { return l.lastWriteWins }},
		{"unguarded-fetch", 0.001, func(l *lab) applier { return l.fetched }},
	} {
		l, some := newLab(t, p), seeds[:2_000]
		l.live(some, way.apply(l))
		proof.AtLeast(t, "billing-histories-share-stale-by-"+way.name, float64(l.stale(some))/float64(len(some)), way.want)
	}
}

// Each case by itself and all together; those of an API and a database that fail have a line of their own.
func TestProveBillingCases(t *testing.T) {
	const want = 60
	file := cases(t)
	green := 0
	for _, c := range file.Cases {
		ok := t.Run(c.ID, func(t *testing.T) { live(t, file, c) })
		if ok {
			green++
		}
		if name := map[string]string{"S14": "database-down-then-up", "S17": "api-429-500-silence-then-200", "R03": "api-silent-for-30-minutes"}[c.ID]; name != "" {
			proof.Line(t, "billing-"+name, map[bool]string{true: "held", false: "failed"}[ok], "held", ok)
		}
	}
	proof.Line(t, "billing-cases-green", fmt.Sprintf("%d of %d", green, want), fmt.Sprintf("%d of %d", want, want), green == want)
}

// Fifty deliveries at once make one right row, five of one event one job.
func TestProveBillingDeliveriesAtOnce(t *testing.T) {
	rows, right := fiftyAtOnce(t)
	proof.Line(t, "billing-fifty-deliveries-at-once", fmt.Sprintf("%d row, right: %v", rows, right), "1 row, right: true", rows == 1 && right)
	events, jobs := fiveOfOne(t)
	proof.Line(t, "billing-five-of-one-event", fmt.Sprintf("%d event, %d job", events, jobs), "1 event, 1 job", events == 1 && jobs == 1)
}
