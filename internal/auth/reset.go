package auth

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/users"
	"plinth/jobs"
)

// RequestReset mails a link to set a new password, if the address has an account. The answer is the same when not.
func (a *Auth) RequestReset(ctx context.Context, email string, d Device) error {
	email = users.NormalEmail(email)
	return a.askByMail(ctx, resetLimits(d, email), token{Purpose: PurposeReset, Address: email, For: ResetFor},
		func(id uuid.UUID) jobs.Args { return jobs.SendReset{TokenID: id} })
}

// ResetMail is what the mail with a reset link is made of.
type ResetMail struct {
	To   string
	Name string
	URL  string
}

// ResetMail reads what the mail needs; jobs.ErrNothingToDo when the address has no account or the link is gone.
func (a *Auth) ResetMail(ctx context.Context, tokenID uuid.UUID) (ResetMail, error) {
	t, user, err := a.mailedTo(ctx, tokenID)
	if err != nil {
		return ResetMail{}, err
	}
	return ResetMail{To: user.Email, Name: user.Name, URL: a.URL + "/reset?token=" + a.Keys.Token(t.Purpose, t.ID, t.Address)}, nil
}

// ResetPassword uses up a reset link, sets the password, ends every session of the account, and signs in, or asks for the
// second factor. The same form sent twice signs in twice.
func (a *Auth) ResetPassword(ctx context.Context, raw, password string, d Device) (Entry, error) {
	link, err := a.peekRow(ctx, PurposeReset, raw)
	if fault.Is(err, fault.NotFound) {
		return a.resetAgain(ctx, raw, password, d)
	}
	if err != nil {
		return Entry{}, err
	}
	user, err := users.ByID(ctx, a.DB.Direct(), link.SubjectID)
	if fault.Is(err, fault.NotFound) {
		return Entry{}, errLink()
	}
	if err != nil {
		return Entry{}, err
	}
	if err := a.checkNewPassword(ctx, user, password); err != nil {
		return Entry{}, err
	}
	hash, err := a.Hasher.Hash(ctx, password)
	if err != nil {
		return Entry{}, err
	}
	err = a.DB.InPerson(ctx, user.ID, func(ctx context.Context, tx db.Tx) error {
		if _, err := useTx(ctx, tx, PurposeReset, raw, nil); err != nil {
			return err
		}
		if err := users.SetPasswordTx(ctx, tx, user.ID, hash); err != nil {
			return err
		}
		return a.ChangedTx(ctx, tx, scope.Person{ID: user.ID, Email: user.Email}, PasswordReset, nil, d)
	})
	if fault.Is(err, fault.NotFound) {
		return a.resetAgain(ctx, raw, password, d) // its twin was quicker
	}
	if err != nil {
		return Entry{}, err
	}
	if err := a.Limits.Clear(ctx, accountLimits(d, link.Address)...); err != nil {
		return Entry{}, err
	}
	return a.enter(ctx, user, ByLink, d)
}

// resetAgain answers the second press of the button: the first one's answer is lost when a browser sends another.
func (a *Auth) resetAgain(ctx context.Context, raw, password string, d Device) (Entry, error) {
	_, user, err := a.justUsed(ctx, PurposeReset, raw)
	if err != nil {
		return Entry{}, err
	}
	ok, err := a.passwordMatches(ctx, user, password, d)
	if err != nil {
		return Entry{}, err
	}
	if !ok {
		return Entry{}, errLink()
	}
	return a.enter(ctx, user, ByLink, d)
}
