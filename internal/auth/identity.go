package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/session"
	"plinth/internal/users"
)

// Identity is an account at a provider that signs in to an account here.
type Identity struct {
	ID       uuid.UUID
	Provider string
	Label    string // of the provider
	Email    string // as the provider last said it; may be empty
	Created  time.Time
	Used     *time.Time // nil: never
	Works    bool       // the provider is still configured
}

// Arrived is how far a sign-in at a provider got: in, in front of the second factor, or known to nobody here.
type Arrived struct {
	Entry   Entry
	Unknown bool            // no account has this identity: Arrival waits for one
	Arrival session.Arrival // who it is
}

// FinishOIDC takes a provider's answer, within the sign-in this browser began. A known identity signs in; an unknown one,
// and one that is to be linked, is handed back. Invalid when the answer is none, or not for certain; nothing is changed
// then.
func (a *Auth) FinishOIDC(ctx context.Context, h session.Handshake, answer OIDCAnswer, d Device) (Arrived, error) {
	who, err := a.arrive(ctx, h, answer, d)
	if err != nil {
		return Arrived{}, err
	}
	if h.User != uuid.Nil {
		return Arrived{Unknown: true, Arrival: who}, nil
	}
	entry, err := a.enterIdentity(ctx, who, d)
	if !fault.Is(err, fault.NotFound) {
		return Arrived{Entry: entry, Arrival: who}, err
	}
	if !who.Verified {
		return Arrived{}, a.errUnproven(who)
	}
	return Arrived{Unknown: true, Arrival: who}, nil
}

// enterIdentity signs in whom an identity belongs to; NotFound when that is nobody.
func (a *Auth) enterIdentity(ctx context.Context, who session.Arrival, d Device) (Entry, error) {
	id, err := authdb.New().IdentityUsed(ctx, a.DB.Direct(), authdb.IdentityUsedParams{
		Email: who.Email, Provider: who.Provider, Issuer: who.Issuer, Subject: who.Subject,
	})
	if db.None(err) {
		return Entry{}, fault.Missing()
	}
	if err != nil {
		return Entry{}, fmt.Errorf("find identity: %w", err)
	}
	user, err := users.ByID(ctx, a.DB.Direct(), id)
	if fault.Is(err, fault.NotFound) {
		return Entry{}, fault.New(fault.Invalid, "The account that this identity belonged to is closed.")
	}
	if err != nil {
		return Entry{}, err
	}
	return a.enter(ctx, user, ByOIDC+who.Provider, d)
}

func (a *Auth) errUnproven(who session.Arrival) error {
	label := a.Providers.Label(who.Provider)
	if who.Email == "" {
		return fault.New(fault.Invalid, fmt.Sprintf("%s did not tell us an address of yours, so no account can be made with it. Sign up with your e-mail, or sign in another way; then link %s on the page Security of your account.", label, label))
	}
	return fault.New(fault.Invalid, fmt.Sprintf("%s has not confirmed that %s is yours, so it proves nothing here. Sign up with your e-mail, or sign in another way; then link %s on the page Security of your account.", label, who.Email, label))
}

// Arrival checks who has arrived in this browser: Unauthenticated when that is nobody or too long ago. known says
// whether the address has an account, which the identity may be linked to by whoever proves that it is theirs.
func (a *Auth) Arrival(ctx context.Context, who session.Arrival) (known bool, err error) {
	if err := a.fresh(who); err != nil {
		return false, err
	}
	_, err = users.ByEmail(ctx, a.DB.Direct(), who.Email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	return err == nil, nil
}

func (a *Auth) fresh(who session.Arrival) error {
	if who.Subject == "" || a.now().Sub(who.At) > ArrivalFor || !a.Providers.works(who.Provider, who.Issuer) {
		return fault.New(fault.Unauthenticated, "That took too long. Please sign in again.")
	}
	return nil
}

// ArrivalForm is what somebody says who makes an account with an identity.
type ArrivalForm struct {
	Name  string `form:"name"`
	Terms bool   `form:"terms"`
}

// SignUpArrived makes the account of an address that a provider vouches for, with the identity as its way in. The same
// form sent twice signs in twice. Conflict when the address has an account: the identity is then linked, by its person.
// Denied while sign-ups are closed.
func (a *Auth) SignUpArrived(ctx context.Context, who session.Arrival, f ArrivalForm, d Device) (Entry, error) {
	if err := a.fresh(who); err != nil {
		return Entry{}, err
	}
	if who.User != uuid.Nil || !who.Verified {
		return Entry{}, a.errUnproven(who)
	}
	if err := a.mustBeOpen(); err != nil {
		return Entry{}, err
	}
	f.Name = strings.TrimSpace(f.Name)
	var wrong fault.Fields
	if text := CheckName(f.Name); text != "" {
		wrong.Add("name", text)
	}
	if !f.Terms {
		wrong.Add("terms", "Accept the terms to go on.")
	}
	if err := wrong.Err(); err != nil {
		return Entry{}, err
	}
	var in Entry
	err := a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		account := users.New{Email: who.Email, Name: f.Name, TermsVersion: TermsVersion}
		if in.Identity, err = a.admitTx(ctx, tx, account, ByOIDC+who.Provider, d); err != nil {
			return err
		}
		id, err := addIdentityTx(ctx, tx, in.Identity.UserID, who)
		if err != nil {
			return err
		}
		_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{
			UserID: in.Identity.UserID, ActorID: in.Identity.UserID, Action: IdentityLinked, Changes: a.identityChange(id, who.Provider), RequestID: d.Request,
		})
		return err
	})
	if !fault.Is(err, fault.Conflict) {
		return in, err
	}
	twin, twinErr := a.enterIdentity(ctx, who, d)
	if fault.Is(twinErr, fault.NotFound) {
		return Entry{}, err
	}
	return twin, twinErr
}

// addIdentityTx gives an account an identity; Conflict when it signs in to an account already.
func addIdentityTx(ctx context.Context, tx db.Tx, userID uuid.UUID, who session.Arrival) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make an identity id: %w", err)
	}
	rows, err := authdb.New().AddIdentity(ctx, tx, authdb.AddIdentityParams{
		ID: id, UserID: userID, Provider: who.Provider, Issuer: who.Issuer, Subject: who.Subject, Email: who.Email,
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("keep the identity: %w", err)
	}
	if rows == 0 {
		return uuid.Nil, fault.New(fault.Conflict, "It signs in to an account here already.")
	}
	return id, nil
}

func (a *Auth) identityChange(id uuid.UUID, provider string) map[string][2]string {
	return map[string][2]string{"id": {"", id.String()}, "name": {"", a.Providers.Label(provider)}}
}
