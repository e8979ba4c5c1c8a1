package auth

import (
	"context"
	"slices"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/session"
	"plinth/internal/users"
)

// SignInForm is what a person types to sign in.
type SignInForm struct {
	Email    string `form:"email"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

// SignIn checks the password and makes a session. Unknown address and wrong password are the same answer and take the
// same time; wrong ones are met with a growing delay.
func (a *Auth) SignIn(ctx context.Context, f SignInForm, d Device) (session.Identity, error) {
	email := users.NormalEmail(f.Email)
	var wrong fault.Fields
	if email == "" {
		wrong.Add("email", "Enter your e-mail address.")
	}
	if f.Password == "" {
		wrong.Add("password", "Enter your password.")
	}
	if err := wrong.Err(); err != nil {
		return session.Identity{}, err
	}
	if len(f.Password) > 4*MaxPassword || len(email) > 254 {
		return session.Identity{}, errSignIn()
	}
	user, err := users.ByEmail(ctx, a.DB.Direct(), email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return session.Identity{}, err
	}
	user.Email = email
	ok, err := a.passwordMatches(ctx, user, f.Password, d)
	if err != nil {
		return session.Identity{}, err
	}
	if !ok {
		return session.Identity{}, errSignIn()
	}
	var id session.Identity
	err = a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		if id, err = createSessionTx(ctx, tx, user.ID, d); err != nil {
			return err
		}
		_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{
			UserID: user.ID, ActorID: user.ID, Action: "account.signed_in", Person: map[string]string{"address": d.Address}, RequestID: d.Request,
		})
		return err
	})
	return id, err
}

// passwordMatches says whether a password typed is the account's, within the limits of guessing. An account that is
// not there has an address only, and takes the same time.
func (a *Auth) passwordMatches(ctx context.Context, user users.User, password string, d Device) (bool, error) {
	account, place := accountLimits(d, user.Email), placeLimits(d)
	if err := a.Limits.Take(ctx, slices.Concat(account, place)...); err != nil {
		return false, err
	}
	ok, err := a.Hasher.Matches(ctx, password, user.PasswordHash)
	if err != nil || !ok {
		return false, err
	}
	if err := a.Limits.Clear(ctx, account...); err != nil {
		return false, err
	}
	return true, a.Limits.Return(ctx, place...)
}

func errSignIn() error {
	return &fault.Error{Kind: fault.Invalid, Public: "E-mail address and password do not match."}
}
