//go:build prove

package bench

import (
	"slices"
	"testing"
	"time"

	"plinth/internal/dbtest"
	"plinth/jobs"
	"plinth/test/proof"
)

// What is critical starts beside 50,000 long works as if they were not there.
func TestProveBackofficeBulkFlood(t *testing.T) {
	waits := flooded(t, 50_000, 1000)
	proof.Within(t, "backoffice-critical-start-p50-in-a-flood", waits[len(waits)/2], 200*time.Millisecond)
	proof.Within(t, "backoffice-critical-start-p95-in-a-flood", waits[len(waits)*95/100], 200*time.Millisecond)
}

// From the insert by web, which never works jobs, to the start in a worker.
func TestProveBackofficeInsertToStart(t *testing.T) {
	y := newYard(t, dbtest.New(t))
	y.works(t)
	y.starts(t, jobs.QueueDefault, 20, 20*time.Millisecond) // warm
	for _, queue := range []string{jobs.QueueCritical, jobs.QueueDefault} {
		waits := y.starts(t, queue, 500, 20*time.Millisecond)
		proof.Within(t, "backoffice-insert-to-start-p50-"+queue, waits[len(waits)/2], 10*time.Millisecond)
	}
}

func TestProveBackofficeWorkedBesideRiver(t *testing.T) {
	y := newYard(t, dbtest.New(t))
	var ratios []float64
	for range 5 {
		ours, bare := besideRiver(t, y, 10_000)
		t.Logf("%.0f jobs a second, bare River %.0f", ours, bare)
		ratios = append(ratios, ours/bare)
	}
	slices.Sort(ratios)
	proof.AtLeast(t, "backoffice-jobs-per-second-beside-bare-river", ratios[len(ratios)/2], 0.7)
}
