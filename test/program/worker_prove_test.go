//go:build prove

package program

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"plinth/test/proof"
)

// Twenty workers killed with kill -9 in the middle of a job, five at a time: each job is done once, within 90 s of the restart.
func TestProveFoundationKilledWorkers(t *testing.T) { proveKills(t, "killed-workers", 20) }

// Fifty killed between the sending of a mail and the note of it: one Message-ID for each cause, and one mail more at most.
func TestProveBackofficeMailKilled(t *testing.T) { proveKills(t, "backoffice-mail-killed", 50) }

func proveKills(t *testing.T, name string, kills int) {
	t.Helper()
	var mu sync.Mutex
	var slowest time.Duration
	t.Run("kills", func(t *testing.T) {
		slots := make(chan struct{}, 5)
		for i := range kills {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				slots <- struct{}{}
				defer func() { <-slots }()
				took := killWorker(t)
				mu.Lock()
				defer mu.Unlock()
				slowest = max(slowest, took)
			})
		}
	})
	proof.Line(t, name+"-done-once", fmt.Sprintf("%d of %d", kills, kills), fmt.Sprintf("%d of %d", kills, kills), !t.Failed())
	proof.Within(t, name+"-slowest", slowest, onceWithin)
}
