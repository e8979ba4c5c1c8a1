package auth

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/events"
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
		if err := a.failed(ctx, user.ID, ByPassword, d); err != nil {
			return Entry{}, err
		}
		return Entry{}, errSignIn()
	}
	return a.enter(ctx, user, ByPassword, d)
}

// SignInFailed is noted at most once a minute, so that a stranger cannot fill an account's history.
const SignInFailed = "account.signin_failed"

// failed notes an attempt to sign in that failed. It is the same work for nobody's address.
func (a *Auth) failed(ctx context.Context, userID uuid.UUID, by string, d Device) error {
	return events.AppendRareAccount(ctx, a.DB.Direct(), events.AccountEvent{
		UserID: userID, Action: SignInFailed, Changes: map[string][2]string{"by": {"", by}},
		Person: map[string]string{"address": d.Address, "device": d.Name()}, RequestID: d.Request,
	}, time.Minute)
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
