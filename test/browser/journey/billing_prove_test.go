//go:build prove

package journey

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plinth/test/browser/chrome"
	"plinth/test/program"
	"plinth/test/proof"
)

func TestProveBillingLife(t *testing.T) {
	app := program.Dev(t, program.Folder(t))
	for name, o := range map[string]chrome.Options{
		"with-script": {Width: 1440, Height: 900}, "without-script-on-a-phone": {Width: 390, Height: 844, Dark: true, NoScript: true},
	} {
		begun := time.Now()
		o.Allow = allowedInALife()
		ok := t.Run(name, func(t *testing.T) { newWalk(t, app, "life-"+name, o).life(strings.SplitN(name, "-", 2)[0]) })
		proof.Line(t, "a-life-of-payments-"+name, fmt.Sprintf("%.0fs", time.Since(begun).Seconds()), "walked", ok)
	}
}
