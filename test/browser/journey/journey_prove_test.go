//go:build prove

package journey

import (
	"fmt"
	"testing"
	"time"

	"plinth/test/proof"
)

// The journeys of the main job, with the time they take; their pages are photographed and looked at by axe.
func TestProveFoundationJourney(t *testing.T) {
	begun := time.Now()
	ok := t.Run("main job", TestMainJob)
	proof.Line(t, "journey-script-and-no-script", fmt.Sprint(time.Since(begun).Round(time.Second)), "steps 1-6", ok)
	begun = time.Now()
	ok = t.Run("dark and phone", TestPagesInTheDarkAndOnAPhone)
	proof.Line(t, "pages-dark-and-360px", fmt.Sprint(time.Since(begun).Round(time.Second)), "no violation", ok)
}
