package privacy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/flags"
	"plinth/internal/mails"
	"plinth/internal/notify"
	"plinth/internal/picture"
	"plinth/internal/privacy/privacydb"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/jobs"
)

// AccountDeleted is the entry that stays of an erased account: when, and how many rows of what.
const AccountDeleted = "account.deleted"

// erasePage is how many events one transaction empties.
const erasePage = 2000

// EraseDue enqueues the erasure of every account whose time has come; a job calls it.
func (p *Privacy) EraseDue(ctx context.Context) error {
	ids, err := users.Due(ctx, p.DB.Direct(), p.now(), 500)
	if err != nil || len(ids) == 0 {
		return err
	}
	return p.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, id := range ids {
			if err := p.Queue.EnqueueTx(ctx, tx, jobs.EraseAccount{UserID: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Erase takes a person's data away everywhere, once the time of their account has come: first what went to addresses of
// theirs, then what stands outside of Postgres, then the personal values of events, a page at a time, and at last
// everything else in one transaction. Each part can be done again, so whoever goes on after a failure begins anew.
// jobs.ErrNothingToDo when the account was kept or is gone.
func (p *Privacy) Erase(ctx context.Context, id uuid.UUID) error {
	var user users.User
	var owned []uuid.UUID
	var sent int64
	err := p.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		if user, err = users.LockDueTx(ctx, tx, id, p.now()); err != nil {
			return err
		}
		if owned, err = tenants.OwnedTx(ctx, tx, id); err != nil {
			return err
		}
		sent, err = eraseMailTx(ctx, tx, user)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return jobs.ErrNothingToDo
	}
	if err != nil {
		return err
	}
	if err := p.eraseOutside(ctx, user, owned); err != nil {
		return err
	}
	if err := p.eraseEvents(ctx, id); err != nil {
		return err
	}
	err = p.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error { return p.eraseTx(ctx, tx, id, sent) })
	if fault.Is(err, fault.NotFound) {
		return jobs.ErrNothingToDo // another did it meanwhile
	}
	return err
}

// eraseMailTx takes away what went to any address the person has or had, while the events still tell of earlier ones.
func eraseMailTx(ctx context.Context, tx db.Tx, user users.User) (int64, error) {
	addresses, err := auth.AddressesTx(ctx, tx, user.ID)
	if err != nil {
		return 0, err
	}
	if _, err := auth.EraseLinksTx(ctx, tx, user.ID, addresses); err != nil {
		return 0, err
	}
	return mails.EraseTx(ctx, tx, user.ID, addresses, user.Name)
}

// eraseOutside takes away the person's files, and their address from the customers at Stripe.
func (p *Privacy) eraseOutside(ctx context.Context, user users.User, owned []uuid.UUID) error {
	for _, tenant := range owned {
		if err := p.Billing.ReleaseCustomer(ctx, tenant, user.ID, user.Email); err != nil {
			return err
		}
	}
	exports, err := privacydb.New().ExportsOf(ctx, p.DB.Direct(), user.ID)
	if err != nil {
		return fmt.Errorf("list copies: %w", err)
	}
	for _, export := range exports {
		if err := p.Files.DeleteAll(ctx, folderOf(export)); err != nil {
			return err
		}
	}
	return p.Files.DeleteAll(ctx, picture.PersonFolder(user.ID))
}

func (p *Privacy) eraseEvents(ctx context.Context, id uuid.UUID) error {
	for {
		var n int64
		err := p.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) (err error) {
			n, err = events.EraseTx(ctx, tx, id, erasePage)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// eraseTx erases what is left, and notes that it was done; sent is how many mails have gone already. The account is locked first, so that nothing more is done
// with it meanwhile.
func (p *Privacy) eraseTx(ctx context.Context, tx db.Tx, id uuid.UUID, sent int64) error {
	user, err := users.LockDueTx(ctx, tx, id, p.now())
	if err != nil {
		return err
	}
	if sole, err := tenants.LockPlacesTx(ctx, tx, id); err != nil || len(sole) > 0 {
		return errors.Join(err, soleLeft(sole))
	}
	addresses, err := auth.AddressesTx(ctx, tx, id)
	if err != nil {
		return err
	}
	gone, err := auth.EraseTx(ctx, tx, user, addresses)
	if err != nil {
		return err
	}
	gone["mails"] = sent
	// The events ask which organizations know the address, of invitations too, so they come before those are emptied.
	for _, part := range []struct {
		what  string
		erase func() (int64, error)
	}{
		{"events", func() (int64, error) { return events.EraseTx(ctx, tx, id, erasePage) }},
		{"mails", func() (int64, error) { return mails.EraseTx(ctx, tx, id, addresses, user.Name) }},
		{"billing", func() (int64, error) { return billing.EraseTx(ctx, tx, id, user.Email) }},
		{"notifications", func() (int64, error) { return notify.EraseTx(ctx, tx, id) }},
		{"flags", func() (int64, error) { return flags.EraseTx(ctx, tx, id) }},
		{"account_exports", func() (int64, error) { return privacydb.New().EraseExports(ctx, tx, id) }},
		{"memberships", func() (int64, error) { return p.leaveTx(ctx, tx, user) }},
	} {
		n, err := part.erase()
		if err != nil {
			return fmt.Errorf("erase %s: %w", part.what, err)
		}
		gone[part.what] += n
	}
	if err := users.EraseTx(ctx, tx, id); err != nil {
		return err
	}
	return recordTx(ctx, tx, id, gone)
}

// leaveTx ends the memberships, and has the seats set anew where they were.
func (p *Privacy) leaveTx(ctx context.Context, tx db.Tx, user users.User) (int64, error) {
	left, invitations, err := tenants.EraseTx(ctx, tx, user)
	if err != nil {
		return 0, err
	}
	for _, tenant := range left {
		if err := p.Queue.EnqueueTx(ctx, tx, jobs.SyncSeats{ForTenant: jobs.ForTenant{TenantID: tenant}}); err != nil {
			return 0, err
		}
	}
	return int64(len(left)) + invitations, nil
}

// soleLeft is nil unless an organization came to be the person's alone after all, as when staff brought one back. The
// account then waits until that is settled; the job that fails shows it.
func soleLeft(sole []tenants.Sole) error {
	if len(sole) == 0 {
		return nil
	}
	return fmt.Errorf("organization %s would be left without an owner", sole[0].ID)
}

func recordTx(ctx context.Context, tx db.Tx, id uuid.UUID, gone map[string]int64) error {
	changes := map[string][2]string{}
	for table, n := range maps.All(gone) {
		if n > 0 {
			changes[table] = [2]string{strconv.FormatInt(n, 10), "0"}
		}
	}
	_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{UserID: id, Action: AccountDeleted, Changes: changes})
	return err
}
