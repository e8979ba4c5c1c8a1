package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/session"
	"plinth/internal/users"
)

// MayLink says whether an arrival may be linked to the account of who is signed in: the account that asked for it, or
// that of the address the provider vouches for. Denied otherwise, Unauthenticated when it is too long ago.
func (a *Auth) MayLink(p scope.Person, who session.Arrival) error {
	if err := a.fresh(who); err != nil {
		return err
	}
	if who.User == p.ID || who.User == uuid.Nil && who.Verified && who.Email == users.NormalEmail(p.Email) {
		return nil
	}
	return fault.New(fault.Denied, "This link is for another account. Sign in to that one first.")
}

// Link lets an identity sign in to the account of who is signed in, and tells them by mail. Conflict when it signs in to
// somebody else's. Linking what is linked changes nothing.
func (a *Auth) Link(ctx context.Context, p scope.Person, who session.Arrival, d Device) error {
	if err := a.MayLink(p, who); err != nil {
		return err
	}
	err := a.DB.InPerson(ctx, p.ID, func(ctx context.Context, tx db.Tx) error {
		id, err := addIdentityTx(ctx, tx, p.ID, who)
		if err != nil {
			return err
		}
		return a.noticeTx(ctx, tx, users.User{ID: p.ID, Email: p.Email}, IdentityLinked, a.identityChange(id, who.Provider), d)
	})
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	owner, ownerErr := authdb.New().IdentityOwner(ctx, a.DB.Direct(), authdb.IdentityOwnerParams{Provider: who.Provider, Issuer: who.Issuer, Subject: who.Subject})
	if ownerErr == nil && owner == p.ID {
		return nil
	}
	return fault.Wrap(fault.Conflict, fmt.Sprintf("This account at %s signs in to another account here. Unlink it there first.", a.Providers.Label(who.Provider)), err)
}

// Unlink takes an identity away, ends all other sessions, and tells the person by mail; Conflict when nothing else would
// let them in. Unlinking what is not there, or another's, changes nothing and is NotFound.
func (a *Auth) Unlink(ctx context.Context, p scope.Person, id uuid.UUID, d Device) error {
	return a.DB.InPerson(ctx, p.ID, func(ctx context.Context, tx db.Tx) error {
		row, err := authdb.New().DeleteIdentity(ctx, tx, authdb.DeleteIdentityParams{UserID: p.ID, ID: id})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("unlink identity: %w", err)
		}
		if err := a.keepWayInTx(ctx, tx, p.ID); err != nil {
			return err
		}
		return a.ChangedTx(ctx, tx, p, IdentityUnlinked, a.identityChange(id, row.Provider), d)
	})
}

// undoLinkTx takes away the identity that a stranger linked, if it is still there.
func undoLinkTx(ctx context.Context, tx db.Tx, userID uuid.UUID, identity string) error {
	id, err := uuid.Parse(identity)
	if err != nil {
		return fmt.Errorf("read which identity it was: %w", err)
	}
	_, err = authdb.New().DeleteIdentity(ctx, tx, authdb.DeleteIdentityParams{UserID: userID, ID: id})
	if err != nil && !db.None(err) {
		return fmt.Errorf("take away the identity: %w", err)
	}
	return nil
}

// hasIdentityTx says whether an identity of a provider that is configured lets somebody in.
func (a *Auth) hasIdentityTx(ctx context.Context, tx db.Tx, userID uuid.UUID) (bool, error) {
	rows, err := authdb.New().IdentitiesOf(ctx, tx, userID)
	if err != nil {
		return false, fmt.Errorf("read identities: %w", err)
	}
	for _, i := range a.identities(rows) {
		if i.Works {
			return true, nil
		}
	}
	return false, nil
}

func (a *Auth) identities(rows []authdb.IdentitiesOfRow) []Identity {
	var out []Identity
	for _, row := range rows {
		out = append(out, Identity{
			ID: row.ID, Provider: row.Provider, Label: a.Providers.Label(row.Provider), Email: row.Email, Created: row.CreatedAt, Used: row.UsedAt,
			Works: a.Providers.works(row.Provider, row.Issuer),
		})
	}
	return out
}
