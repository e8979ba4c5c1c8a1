//go:build prove

package program

import (
	"fmt"
	"testing"

	"plinth/test/proof"
)

// Two hundred times kill -9, of the web and the worker in turn, while events arrive: what was answered with 200 is done
// once, and every row is what Stripe says.
func TestProveBillingKilledUnderAStream(t *testing.T) {
	const kills = 200
	x := killedUnderAStream(t, kills)
	t.Logf("%+v", x)
	proof.AtLeast(t, "billing-kills-events-accepted", float64(x.accepted), 1000)
	for name, n := range map[string]int{"lost": x.lost, "doubled": x.doubled, "rows-not-as-at-stripe": x.mismatches} {
		proof.Line(t, "billing-kills-"+name, fmt.Sprintf("%d after %d kills", n, kills), "0", n == 0)
	}
}
