//go:build prove

package bench

import (
	"slices"
	"testing"
	"time"

	"plinth/test/proof"
)

// The three ways in one interleaved run, so that whatever the machine does meanwhile meets them alike.
func TestProveFoundationDashboardBesideByHand(t *testing.T) {
	const rounds, warm, requests = 30, 3, 40
	it := newBeside(t)
	took := map[string][]time.Duration{}
	for round := range rounds + warm {
		for way := range it.ways {
			begun := time.Now()
			for range requests {
				it.ask(t, way)
			}
			if round >= warm { // the first rounds prepare statements
				took[way] = append(took[way], time.Since(begun)/requests)
			}
		}
	}
	for way, times := range took {
		t.Logf("%s: median %v a request", way, median(times))
	}
	ratio := func(way string) float64 { return float64(median(took[way])) / float64(median(took["plinth"])) }
	proof.AtLeast(t, "dashboard-beside-one-round-trip-per-statement", ratio("statements"), 1.0)
	proof.AtLeast(t, "dashboard-beside-one-batch", ratio("batch"), 0.65)
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
