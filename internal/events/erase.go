package events

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
	"plinth/internal/scope"
)

// What an erasure leaves behind: in each organization, and among the events of accounts.
const (
	PersonErased  = "person.erased"
	AccountErased = "account.erased"
)

// EraseTx empties the personal values of what a person did or what names them, in every organization and among the
// events of accounts, of size events or a few more, and says how many that were; it is called until there are none. It
// is called inside db.InAdmin: plinth_admin alone may change that one column, and nothing else of an event. It must come
// before the account itself is anonymised, whose address it needs.
//
// The seals keep the sha256 of what was there, each emptied event gets a mark, and an event tells how many were marked;
// so the chain stays whole, and verifying tells what was erased from what was tampered with.
func EraseTx(ctx context.Context, tx db.Tx, userID uuid.UUID, size int32) (int64, error) {
	q := eventsdb.New()
	email, err := q.AddressOf(ctx, tx, userID)
	if err != nil {
		return 0, fmt.Errorf("find the account to erase: %w", err)
	}
	tenants, err := q.TenantsWithPerson(ctx, tx, eventsdb.TenantsWithPersonParams{Person: userID, Email: email})
	if err != nil {
		return 0, fmt.Errorf("find where the person was: %w", err)
	}
	var total int64
	for _, tenant := range tenants {
		n, err := eraseInTx(ctx, tx, tenant, eventsdb.ErasePersonParams{Person: userID, Email: email, Size: size})
		if err != nil {
			return 0, fmt.Errorf("erase from the history of %s: %w", tenant, err)
		}
		if total += n; total >= int64(size) {
			return total, nil
		}
	}
	n, err := eraseAccountTx(ctx, tx, eventsdb.EraseAccountParams{Person: userID, Email: email, Size: size})
	if err != nil {
		return 0, fmt.Errorf("erase from the history of accounts: %w", err)
	}
	return total + n, nil
}

func eraseInTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, what eventsdb.ErasePersonParams) (n int64, err error) {
	if what.Erasure, err = newID(); err != nil {
		return 0, err
	}
	what.Tenant = tenant
	if n, err = eventsdb.New().ErasePerson(ctx, tx, what); err != nil || n == 0 {
		return 0, err
	}
	return n, appendAs(ctx, tx, scope.System(tenant), what.Erasure, Event{
		Action: PersonErased, ObjectKind: "member", ObjectID: what.Person, Changes: told(n),
	})
}

func eraseAccountTx(ctx context.Context, tx db.Tx, what eventsdb.EraseAccountParams) (n int64, err error) {
	if what.Erasure, err = newID(); err != nil {
		return 0, err
	}
	if n, err = eventsdb.New().EraseAccount(ctx, tx, what); err != nil || n == 0 {
		return 0, err
	}
	return n, appendAccountAs(ctx, tx, what.Erasure, AccountEvent{UserID: what.Person, Action: AccountErased, Changes: told(n)})
}

func told(n int64) map[string][2]string {
	return map[string][2]string{"events": {"", strconv.FormatInt(n, 10)}}
}
