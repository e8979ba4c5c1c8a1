//go:build prove

package sweep

import (
	"fmt"
	"testing"

	"plinth/test/proof"
)

func TestProveFoundationSweep(t *testing.T) {
	for name, sweep := range map[string]func(*testing.T) swept{"other-organization": otherOrganizations, "members-only-project": membersOnly} {
		n := sweep(t)
		proof.Line(t, "sweep-"+name, fmt.Sprintf("%d routes %d requests", n.routes, n.requests), "404 and no change", !t.Failed())
	}
}
