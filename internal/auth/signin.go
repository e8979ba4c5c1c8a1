package auth

import (
	"context"
	"time"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/limit"
	"plinth/internal/session"
	"plinth/internal/users"
)

// SignInForm is what a person types to sign in.
type SignInForm struct {
	Email    string `form:"email"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

// signInLimits: the account from this address, this address for any account, and the account from anywhere. The last
// one's delay stays short, so that a stranger cannot keep the owner out.
func signInLimits(d Device, email string) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "signin", Allowance: 5, First: 2 * time.Second, Longest: 15 * time.Minute}, Key: email + "\x00" + d.neighbour()},
		{Policy: limit.Policy{Name: "signin-address", Allowance: 50, First: 2 * time.Second, Longest: time.Hour}, Key: d.neighbour()},
		{Policy: limit.Policy{Name: "signin-account", Allowance: 30, First: time.Second, Longest: 20 * time.Second}, Key: email},
	}
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
	limits := signInLimits(d, email)
	if err := a.Limits.Allow(ctx, limits...); err != nil {
		return session.Identity{}, err
	}
	user, err := users.ByEmail(ctx, a.DB.Direct(), email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return session.Identity{}, err
	}
	ok, err := a.Hasher.Matches(ctx, f.Password, user.PasswordHash)
	if err != nil {
		return session.Identity{}, err
	}
	if !ok {
		if err := a.Limits.Failed(ctx, limits...); err != nil {
			return session.Identity{}, err
		}
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
	if err != nil {
		return session.Identity{}, err
	}
	return id, a.Limits.Clear(ctx, limits[0], limits[2])
}

func errSignIn() error {
	return &fault.Error{Kind: fault.Invalid, Public: "E-mail address and password do not match."}
}
