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
func TestProveFoundationKilledWorkers(t *testing.T) {
	const kills = 20
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
	proof.Line(t, "killed-workers-done-once", fmt.Sprintf("%d of %d", kills, kills), "20 of 20", !t.Failed())
	proof.Within(t, "killed-workers-slowest", slowest, onceWithin)
}
