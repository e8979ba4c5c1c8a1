package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/flags"
	"plinth/internal/scope"
	"plinth/internal/session"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/jobs"
)

// SignUpForm is what a person types to sign up.
type SignUpForm struct {
	Name     string `form:"name"`
	Email    string `form:"email"`
	Password string `form:"password"`
	Terms    bool   `form:"terms"`
	Next     string `form:"next"` // where to go once signed in; already checked to be ours
}

func (f *SignUpForm) check(personal ...string) error {
	f.Name, f.Email = strings.TrimSpace(f.Name), users.NormalEmail(f.Email)
	var wrong fault.Fields
	note := func(field, text string) {
		if text != "" {
			wrong.Add(field, text)
		}
	}
	note("name", CheckName(f.Name))
	note("email", CheckEmail(f.Email))
	note("password", CheckPassword(f.Password, append(personal, f.Name, f.Email, mailbox(f.Email))...))
	if !f.Terms {
		note("terms", "Accept the terms to go on.")
	}
	return wrong.Err()
}

// Open says whether everybody can make an account; when not, only who was invited can.
func (a *Auth) Open() bool { return a.Flags.On(scope.Scope{}, flags.SignUps) }

func (a *Auth) mustBeOpen() error {
	if a.Open() {
		return nil
	}
	return fault.New(fault.Denied, "New accounts are not made at the moment, except by invitation. Please come back later.")
}

// SignUp keeps the sign-up and enqueues its mail in one transaction, and returns the sign-up's id. It does exactly the
// same for an address that has an account: only the mail, which its owner reads, says so. Denied while sign-ups are
// closed.
func (a *Auth) SignUp(ctx context.Context, f SignUpForm, d Device) (uuid.UUID, error) {
	if err := a.mustBeOpen(); err != nil {
		return uuid.Nil, err
	}
	if err := f.check(); err != nil {
		return uuid.Nil, err
	}
	if err := a.Limits.Take(ctx, signUpLimits(d, f.Email)...); err != nil {
		return uuid.Nil, err
	}
	hash, err := a.Hasher.Hash(ctx, f.Password)
	if err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make a sign-up id: %w", err)
	}
	err = a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		err := authdb.New().CreateSignup(ctx, tx, authdb.CreateSignupParams{
			ID: id, Email: f.Email, Name: f.Name, PasswordHash: hash, TermsVersion: TermsVersion, Next: f.Next,
			ExpiresAt: time.Now().Add(VerifyFor),
		})
		if err != nil {
			return fmt.Errorf("keep sign-up: %w", err)
		}
		return a.sendVerificationTx(ctx, tx, id, f.Email)
	})
	return id, err
}

// sendVerificationTx makes a fresh link for the sign-up, revokes earlier ones and enqueues the mail.
func (a *Auth) sendVerificationTx(ctx context.Context, tx db.Tx, signupID uuid.UUID, email string) error {
	id, err := a.issueTx(ctx, tx, token{Purpose: PurposeVerify, Address: email, Subject: signupID, For: VerifyFor})
	if err != nil {
		return err
	}
	return a.Queue.EnqueueTx(ctx, tx, jobs.SendVerification{TokenID: id})
}

// ResendVerification mails a fresh link for the sign-up under way.
func (a *Auth) ResendVerification(ctx context.Context, signupID uuid.UUID, d Device) error {
	return a.renewSignup(ctx, signupID, "", d)
}

// CorrectAddress puts another address on the sign-up under way and mails the link there; the link that went to the
// mistyped address is revoked.
func (a *Auth) CorrectAddress(ctx context.Context, signupID uuid.UUID, email string, d Device) error {
	email = users.NormalEmail(email)
	if wrong := CheckEmail(email); wrong != "" {
		return fault.Field("email", wrong)
	}
	return a.renewSignup(ctx, signupID, email, d)
}

func (a *Auth) renewSignup(ctx context.Context, signupID uuid.UUID, email string, d Device) error {
	limits := signUpLimits(d, signupID.String())
	if email != "" {
		limits = append(limits, signUpMailbox(email)) // whoever has that mailbox is not to be flooded either
	}
	return a.Limits.Spend(ctx, limits, func() error {
		return a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
			return a.renewSignupTx(ctx, tx, signupID, email)
		})
	})
}

func (a *Auth) renewSignupTx(ctx context.Context, tx db.Tx, signupID uuid.UUID, email string) error {
	q := authdb.New()
	row, err := q.SignupByID(ctx, tx, signupID)
	if db.None(err) {
		return fault.New(fault.NotFound, "This sign-up is too old or finished. Sign in, or sign up again.")
	}
	if err != nil {
		return fmt.Errorf("find sign-up: %w", err)
	}
	if email == "" {
		email = row.Email
	} else if _, err := q.CorrectSignupAddress(ctx, tx, authdb.CorrectSignupAddressParams{ID: signupID, Email: email}); err != nil {
		return fmt.Errorf("correct address: %w", err)
	}
	return a.sendVerificationTx(ctx, tx, signupID, email)
}

// VerificationMail is what the mail of a sign-up is made of.
type VerificationMail struct {
	To    string
	Name  string
	URL   string
	Known bool // the address has an account: the mail says so instead of asking to verify
}

// VerificationMail reads what the mail needs; jobs.ErrNothingToDo when the link was used or replaced meanwhile.
func (a *Auth) VerificationMail(ctx context.Context, tokenID uuid.UUID) (VerificationMail, error) {
	t, err := a.openToken(ctx, tokenID)
	if err != nil {
		return VerificationMail{}, err
	}
	row, err := authdb.New().SignupByID(ctx, a.DB.Direct(), t.SubjectID)
	if db.None(err) {
		return VerificationMail{}, jobs.ErrNothingToDo
	}
	if err != nil {
		return VerificationMail{}, fmt.Errorf("find sign-up: %w", err)
	}
	m := VerificationMail{To: t.Address, Name: row.Name, URL: a.URL + "/verify?token=" + a.Keys.Token(t.Purpose, t.ID, t.Address)}
	_, err = users.ByEmail(ctx, a.DB.Direct(), t.Address)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return VerificationMail{}, err
	}
	if m.Known = err == nil; m.Known {
		m.URL = a.URL + "/signin"
	}
	return m, nil
}

// SignUpInvited makes the account of somebody whose address an invitation has just proven, without a further mail. The
// same form sent twice signs in twice.
func (a *Auth) SignUpInvited(ctx context.Context, f SignUpForm, inv tenants.Invitation, d Device) (session.Identity, error) {
	f.Email = inv.Email
	if err := f.check(inv.Organization); err != nil {
		return session.Identity{}, err
	}
	hash, err := a.Hasher.Hash(ctx, f.Password)
	if err != nil {
		return session.Identity{}, err
	}
	var id session.Identity
	err = a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		id, err = a.admitTx(ctx, tx, users.New{
			Email: f.Email, Name: f.Name, PasswordHash: hash, TermsVersion: TermsVersion,
		}, ByLink, d)
		return err
	})
	if !fault.Is(err, fault.Conflict) {
		return id, err
	}
	if twin, signInErr := a.SignIn(ctx, SignInForm{Email: f.Email, Password: f.Password}, d); signInErr == nil && twin.Second == nil {
		return twin.Identity, nil
	}
	return id, err
}
