package auth

import (
	"context"
	"slices"

	"plinth/internal/fault"
	"plinth/internal/users"
)

// SignInForm is what a person types to sign in.
type SignInForm struct {
	Email    string `form:"email"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

// SignIn checks the password and makes a session, or asks for the second factor. Unknown address and wrong password are the same answer and take the
// same time; wrong ones are met with a growing delay.
func (a *Auth) SignIn(ctx context.Context, f SignInForm, d Device) (Entry, error) {
	email := users.NormalEmail(f.Email)
	var wrong fault.Fields
	if email == "" {
		wrong.Add("email", "Enter your e-mail address.")
	}
	if f.Password == "" {
		wrong.Add("password", "Enter your password.")
	}
	if err := wrong.Err(); err != nil {
		return Entry{}, err
	}
	if len(f.Password) > 4*MaxPassword || len(email) > 254 {
		return Entry{}, errSignIn()
	}
	user, err := users.ByEmail(ctx, a.DB.Direct(), email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Entry{}, err
	}
	user.Email = email
	ok, err := a.passwordMatches(ctx, user, f.Password, d)
	if err != nil {
		return Entry{}, err
	}
	if !ok {
		return Entry{}, errSignIn()
	}
	return a.enter(ctx, user, ByPassword, d)
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
