//go:build prove

package sweep

import (
	"fmt"
	"testing"

	"plinth/test/proof"
)

func TestProveFoundationSweep(t *testing.T) {
	for name, sweep := range map[string]func(testing.TB) swept{"other-organization": otherOrganizations, "members-only-project": membersOnly} {
		n := sweep(t)
		proof.Line(t, "sweep-"+name, fmt.Sprintf("%d routes %d requests %d columns with canaries %d foreign ids", n.routes, n.requests, n.canaries, n.ids),
			"404 and no change", !t.Failed())
	}
}

// otherOrganizations is the sweep with every role.
func otherOrganizations(t testing.TB) swept {
	t.Helper()
	w := newWorld(t)
	w.whole = true
	return w.sweep(t, []string{"ada", "adm", "max", "gil"}, "")
}

func TestProveAccountsHoles(t *testing.T) {
	planted, caught := 0, 0
	for _, h := range holes() {
		if h.want == "" {
			continue
		}
		planted++
		if t.Run(h.name, func(t *testing.T) { caughtHole(t, h) }) {
			caught++
		}
	}
	proof.Line(t, "sweep-holes", fmt.Sprintf("%d of %d planted holes caught", caught, planted), "at least ten, all of them", caught == planted && planted >= 10)
}
