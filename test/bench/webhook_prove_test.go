//go:build prove

package bench

import (
	"slices"
	"testing"
	"time"

	"plinth/internal/dbtest"
	"plinth/test/proof"
)

// The receive path beside a handler that verifies and inserts, in one interleaved run with eight senders, on a Postgres
// that answers a commit when it is on the disk.
func TestProveBillingReceiveBesideBare(t *testing.T) {
	const rounds, warm, events = 25, 3, 200
	in := newInbox(t, dbtest.OnDisk(t))
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
	ratios := make([]float64, rounds) // round by round, so that whatever the machine does meanwhile meets both ways
	for i := range ratios {
		ratios[i] = rates["plinth"][i] / rates["bare"][i]
	}
	middle := func(all []float64) float64 {
		slices.Sort(all)
		return all[len(all)/2]
	}
	for way, all := range answers {
		slices.Sort(all)
		t.Logf("%s: median %.0f events a second, p99 %v of %d", way, middle(rates[way]), all[len(all)*99/100], len(all))
	}
	ours := answers["plinth"]
	proof.AtLeast(t, "billing-receive-events-per-second-beside-bare", middle(ratios), 0.5)
	proof.AtLeast(t, "billing-receive-events-per-second", middle(rates["plinth"]), 100)
	proof.Within(t, "billing-receive-p99", ours[len(ours)*99/100], 100*time.Millisecond)
}
