//go:build prove

package journey

import (
	"fmt"
	"testing"
	"time"

	"plinth/test/proof"
)

func TestProveAccountsDeletion(t *testing.T) {
	begun := time.Now()
	ok := t.Run("organization", func(t *testing.T) { t.Run("walk", TestDeletingAnOrganization) })
	proof.Line(t, "journey-organization-deletion-and-undo", fmt.Sprintf("%.0fs", time.Since(begun).Seconds()), "walked", ok)
}
