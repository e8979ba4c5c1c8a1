package handlers_test

import (
	"context"
	"testing"

	"plinth/internal/db"
	"plinth/internal/stripesim"
	"plinth/internal/tenants"
	"plinth/test/webtest"
)

// txn is a transaction, for looking at rows.
type txn = db.Tx

// txContext is that of a transaction.
type txContext = context.Context

var peopleStart tenants.PeopleCursor

// faultAll makes every request to the local Stripe fail.
func faultAll() stripesim.Fault { return stripesim.Fault{Status: 500} }

// told counts the mails to Dana with a subject.
func told(t *testing.T, s *webtest.Site, subject string) int {
	t.Helper()
	n := 0
	for _, m := range s.Mails(t, dana) {
		if m.Subject == subject {
			n++
		}
	}
	return n
}
