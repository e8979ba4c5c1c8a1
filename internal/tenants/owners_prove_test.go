//go:build prove

package tenants_test

import (
	"fmt"
	"testing"

	"plinth/test/proof"
)

func TestProveAccountsOwnersRemain(t *testing.T) {
	c := newCrowd(t)
	const runs = 100
	without := 0
	for run := range runs {
		if c.struggle(t, run) < 1 {
			without++
		}
	}
	proof.Line(t, "owners after 50 parallel demotions, removals, leavings and transfers", fmt.Sprintf("%d of %d without", without, runs), "0 without", without == 0)
}
