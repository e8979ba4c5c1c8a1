//go:build prove

package bench

import (
	"slices"
	"testing"
	"time"

	"plinth/test/proof"
)

// The receive path beside a handler that verifies and inserts, in one interleaved run with eight senders.
func TestProveBillingReceiveBesideBare(t *testing.T) {
	const rounds, warm, events = 25, 3, 200
	in := newInbox(t)
	rates, answers := map[string][]float64{}, map[string][]time.Duration{}
	for round := range rounds + warm {
		for way := range in.ways {
			each, all := in.burst(t, way, events)
			if round >= warm {
				rates[way] = append(rates[way], float64(len(each))/all.Seconds())
				answers[way] = append(answers[way], each...)
			}
		}
	}
	p99 := map[string]time.Duration{}
	for way, all := range answers {
		slices.Sort(all)
		slices.Sort(rates[way])
		p99[way] = all[len(all)*99/100]
		t.Logf("%s: median %.0f events a second, p99 %v of %d", way, rates[way][len(rates[way])/2], p99[way], len(all))
	}
	middle := func(way string) float64 { return rates[way][len(rates[way])/2] }
	proof.AtLeast(t, "billing-receive-events-per-second-beside-bare", middle("plinth")/middle("bare"), 0.5)
	proof.AtLeast(t, "billing-receive-events-per-second", middle("plinth"), 100)
	proof.Within(t, "billing-receive-p99", p99["plinth"], 100*time.Millisecond)
}
