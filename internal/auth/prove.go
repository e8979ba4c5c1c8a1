package auth

import (
	"context"
	"strings"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/users"
)

// ProveForm proves anew who is signed in: the password where there is one, and where there is a second factor a code of the
// app or a recovery code.
type ProveForm struct {
	Password string `form:"password"`
	Code     string `form:"code"`
	Next     string `form:"next"`
}

// Prove checks what somebody who is signed in types to prove it anew, before something that matters: all that signing in
// asks for. Wrong ones are met with a growing delay.
func (a *Auth) Prove(ctx context.Context, p scope.Person, f ProveForm, d Device) error {
	factors, err := a.Factors(ctx, p.ID)
	if err != nil {
		return err
	}
	var wrong fault.Fields
	if factors.Password && f.Password == "" {
		wrong.Add("password", "Enter your password.")
	}
	if factors.Second() && plainCode(f.Code) == "" {
		wrong.Add("code", "Enter the code.")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	var methods []string
	if factors.Password {
		if err := a.provePassword(ctx, p, f.Password, d); err != nil {
			return err // and the code is not used up
		}
		methods = append(methods, ByPassword)
	}
	if factors.Second() {
		method, err := a.checkCode(ctx, p.ID, f.Code, d)
		if err != nil {
			return err
		}
		methods = append(methods, method)
	}
	if methods == nil {
		return fault.New(fault.Conflict, "You have no password here. Sign out and in again: that is as good.")
	}
	return a.proven(ctx, p, methods, d)
}

func (a *Auth) provePassword(ctx context.Context, p scope.Person, password string, d Device) error {
	user, err := users.ByID(ctx, a.DB.Direct(), p.ID)
	if err != nil {
		return err
	}
	ok, err := a.passwordMatches(ctx, user, password, d)
	if err == nil && !ok {
		err = fault.Field("password", "This is not your password.")
	}
	return err
}

func (a *Auth) proven(ctx context.Context, p scope.Person, methods []string, d Device) error {
	return a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, method := range methods {
			if err := proveTx(ctx, tx, p, method); err != nil {
				return err
			}
		}
		_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
			UserID: p.ID, ActorID: p.ID, Action: "account.proven", Changes: map[string][2]string{"by": {"", strings.Join(methods, ", ")}},
			Person: map[string]string{"address": d.Address}, RequestID: d.Request,
		})
		return err
	})
}
