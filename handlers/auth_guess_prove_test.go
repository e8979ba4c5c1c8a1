//go:build prove

package handlers_test

import (
	"fmt"
	"testing"
	"time"

	"plinth/test/proof"
)

func TestProveAccountsGuessing(t *testing.T) {
	for _, addresses := range []int{1, 100} {
		hashed, waited := guesses(t, 10_000, addresses)
		proof.Line(t, fmt.Sprintf("guessing-from-%d-addresses", addresses), fmt.Sprintf("%d of 10000 looked at, the owner waited %v", hashed, waited),
			"none succeeds, the owner within 20s", !t.Failed() && waited <= 20*time.Second)
	}
}
