package handlers_test

import (
	"plinth/internal/db"
	"plinth/internal/tenants"
)

// txn is a transaction, for looking at rows.
type txn = db.Tx

var peopleStart tenants.PeopleCursor
