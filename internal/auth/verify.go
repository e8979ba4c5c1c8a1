package auth

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/session"
	"plinth/internal/users"
)

// SignUpLink is the sign-up that a verification link belongs to.
type SignUpLink struct {
	Email string
	Name  string
	Own   bool // the browser that opened the link is the one that signed up
}

// SignUpLink looks at a verification link without using it up. signupID is the sign-up that this browser began, or nil.
func (a *Auth) SignUpLink(ctx context.Context, raw string, signupID uuid.UUID) (SignUpLink, error) {
	link, row, err := a.signUpOf(ctx, raw)
	if err != nil {
		return SignUpLink{}, err
	}
	return SignUpLink{Email: link.Address, Name: row.Name, Own: row.ID == signupID}, nil
}

func (a *Auth) signUpOf(ctx context.Context, raw string) (authdb.PeekTokenRow, authdb.SignupByIDRow, error) {
	link, err := a.peekRow(ctx, PurposeVerify, raw)
	if err != nil {
		return link, authdb.SignupByIDRow{}, err
	}
	row, err := authdb.New().SignupByID(ctx, a.DB.Direct(), link.SubjectID)
	if db.None(err) {
		return link, row, errLink()
	}
	if err != nil {
		return link, row, fmt.Errorf("find sign-up: %w", err)
	}
	return link, row, nil
}

// VerifyForm confirms an address. Who signed up is known by the browser, not by the mailbox: anybody can sign up with
// somebody else's address and a password of their own. In another browser than the one that signed up, the person with
// the mailbox therefore says anew who they are, and the password chosen at sign-up is worth nothing.
type VerifyForm struct {
	Token    string    `form:"token"`
	Name     string    `form:"name"`
	Password string    `form:"password"`
	SignupID uuid.UUID `form:"-"` // the sign-up this browser began, or nil
}

// Verified is somebody whose address has just been proven, signed in.
type Verified struct {
	Entry
	Next string
}

// Verify uses up the link of a sign-up, makes the account and signs in. The same form sent twice signs in twice.
func (a *Auth) Verify(ctx context.Context, f VerifyForm, d Device) (Verified, error) {
	link, row, err := a.signUpOf(ctx, f.Token)
	if fault.Is(err, fault.NotFound) {
		return a.verifyAgain(ctx, f, d)
	}
	if err != nil {
		return Verified{}, err
	}
	account := users.New{Email: link.Address, Name: row.Name, PasswordHash: row.PasswordHash, TermsVersion: row.TermsVersion}
	in := &f.SignupID
	if row.ID != f.SignupID {
		in = nil
		if account.Name, account.PasswordHash, err = a.chosenAnew(ctx, f, link.Address); err != nil {
			return Verified{}, err
		}
	}
	out := Verified{Next: row.Next}
	err = a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		if _, err := useTx(ctx, tx, PurposeVerify, f.Token, in); err != nil {
			return err
		}
		out.Identity, err = a.admitTx(ctx, tx, account, ByLink, d)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return a.verifyAgain(ctx, f, d) // its twin was quicker
	}
	return out, err
}

func (a *Auth) chosenAnew(ctx context.Context, f VerifyForm, email string) (name, hash string, err error) {
	name = strings.TrimSpace(f.Name)
	var wrong fault.Fields
	if text := CheckName(name); text != "" {
		wrong.Add("name", text)
	}
	if text := CheckPassword(f.Password, name, email, mailbox(email)); text != "" {
		wrong.Add("password", text)
	}
	if err := wrong.Err(); err != nil {
		return "", "", err
	}
	hash, err = a.Hasher.Hash(ctx, f.Password)
	return name, hash, err
}

// verifyAgain answers the second press of "Confirm": the first one's answer is lost when a browser sends another.
func (a *Auth) verifyAgain(ctx context.Context, f VerifyForm, d Device) (Verified, error) {
	link, user, err := a.justUsed(ctx, PurposeVerify, f.Token)
	if err != nil {
		return Verified{}, err
	}
	ok := link.UsedIn != nil && *link.UsedIn == f.SignupID
	if !ok {
		if ok, err = a.passwordMatches(ctx, user, f.Password, d); err != nil {
			return Verified{}, err
		}
	}
	if !ok {
		return Verified{}, errLink()
	}
	entry, err := a.enter(ctx, user, ByLink, d) // a second factor may have been set up since
	if err != nil || entry.Second != nil {
		return Verified{Entry: entry}, err
	}
	// The session whose answer never arrived ends.
	return Verified{Entry: entry}, a.EndOtherDevices(ctx, scope.Person{ID: user.ID, SessionID: entry.Identity.SessionID})
}

// justUsed finds the account behind a link that was used up a moment ago.
func (a *Auth) justUsed(ctx context.Context, purpose, raw string) (authdb.JustUsedTokenRow, users.User, error) {
	link, err := a.usedRow(ctx, purpose, raw)
	if err != nil {
		return link, users.User{}, err
	}
	user, err := users.ByEmail(ctx, a.DB.Direct(), link.Address)
	if fault.Is(err, fault.NotFound) {
		return link, user, errLink()
	}
	return link, user, err
}

// admitTx makes the account of an address proven by something, drops whatever else waits for proof of it, and signs in.
func (a *Auth) admitTx(ctx context.Context, tx db.Tx, n users.New, by string, d Device) (session.Identity, error) {
	id, err := a.makeTx(ctx, tx, n, d.Request, uuid.Nil)
	if err != nil {
		return session.Identity{}, err
	}
	return createSessionTx(ctx, tx, id, proof{Methods: []string{by}}, d)
}

// makeTx makes the account of an address that is proven, by its person or, as they say, by a member of staff, and drops
// whatever else waits for proof of it.
func (a *Auth) makeTx(ctx context.Context, tx db.Tx, n users.New, request string, staff uuid.UUID) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return id, fmt.Errorf("make a user id: %w", err)
	}
	n.ID = id
	made, err := users.CreateTx(ctx, tx, n)
	if err != nil {
		return id, err
	}
	if !made {
		return id, fault.New(fault.Conflict, "This address has an account already. Sign in with its password.")
	}
	if err := authdb.New().DeleteSignupsOf(ctx, tx, n.Email); err != nil {
		return id, fmt.Errorf("drop other sign-ups: %w", err)
	}
	actor := staff
	if staff == uuid.Nil {
		actor = id
	}
	_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{
		UserID: id, ActorID: actor, Action: "account.created", Person: map[string]string{"email": n.Email}, RequestID: request,
	})
	return id, err
}
