//go:build prove

package account

import (
	"fmt"
	"testing"
	"time"

	"plinth/test/proof"
)

// Each journey of the ordinary tests, as a line.
func TestProveAccountsJourneys(t *testing.T) {
	for name, walk := range map[string]func(*testing.T){
		"totp-and-recovery-code": TestAuthenticatorAppJourney, "passkey": TestPasskeyJourney, "magic-link": TestLinkJourney,
		"openid-connect": TestProviderJourney, "transfer": TestOwnershipJourney, "account-deletion-and-undo": TestDeletedAccountJourney,
		"picture": TestPictureJourney,
	} {
		begun := time.Now()
		// The group ends when what runs beside others in it has ended.
		ok := t.Run(name, func(t *testing.T) { t.Run("walk", walk) })
		proof.Line(t, "journey-"+name, fmt.Sprintf("%.0fs", time.Since(begun).Seconds()), "walked", ok)
	}
}
