package auth

import (
	"context"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/users"
)

// ProveForm proves anew who is signed in: the password, or a code of the app or a recovery code.
type ProveForm struct {
	Password string `form:"password"`
	Code     string `form:"code"`
	Next     string `form:"next"`
}

// Prove checks what somebody who is signed in types to prove it anew, before something that matters. Wrong ones are met
// with a growing delay.
func (a *Auth) Prove(ctx context.Context, p scope.Person, f ProveForm, d Device) error {
	method := ByPassword
	switch {
	case f.Code != "":
		var err error
		if method, err = a.checkCode(ctx, p.ID, f.Code, d); err != nil {
			return err
		}
	case f.Password == "":
		return fault.Field("password", "Enter your password.")
	default:
		user, err := users.ByID(ctx, a.DB.Direct(), p.ID)
		if err != nil {
			return err
		}
		ok, err := a.passwordMatches(ctx, user, f.Password, d)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Field("password", "This is not your password.")
		}
	}
	return a.proven(ctx, p, method, d)
}

func (a *Auth) proven(ctx context.Context, p scope.Person, method string, d Device) error {
	return a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := proveTx(ctx, tx, p, method); err != nil {
			return err
		}
		_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
			UserID: p.ID, ActorID: p.ID, Action: "account.proven", Changes: map[string][2]string{"by": {"", method}},
			Person: map[string]string{"address": d.Address}, RequestID: d.Request,
		})
		return err
	})
}
