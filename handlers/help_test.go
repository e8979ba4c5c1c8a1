package handlers_test

import (
	"plinth/internal/db"
	"plinth/internal/stripesim"
	"plinth/internal/tenants"
)

// txn is a transaction, for looking at rows.
type txn = db.Tx

var peopleStart tenants.PeopleCursor

// faultAll makes every request to the local Stripe fail.
func faultAll() stripesim.Fault { return stripesim.Fault{Status: 500} }
