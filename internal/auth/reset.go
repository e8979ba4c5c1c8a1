package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/session"
	"plinth/internal/users"
	"plinth/jobs"
)

// RequestReset mails a link to set a new password, if the address has an account. The answer is the same when not.
func (a *Auth) RequestReset(ctx context.Context, email string, d Device) error {
	email = users.NormalEmail(email)
	if wrong := CheckEmail(email); wrong != "" {
		return fault.Field("email", wrong)
	}
	if err := a.Limits.Take(ctx, resetLimits(d, email)...); err != nil {
		return err
	}
	user, err := users.ByEmail(ctx, a.DB.Direct(), email)
	known := err == nil
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	subject := user.ID
	if !known {
		subject = uuid.New() // nobody's: the row keeps the work the same, and no mail leaves
	}
	return a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		id, err := a.issueTx(ctx, tx, token{Purpose: PurposeReset, Address: email, Subject: subject, For: ResetFor})
		if err != nil {
			return err
		}
		return a.Queue.EnqueueTx(ctx, tx, jobs.SendReset{TokenID: id})
	})
}

// ResetMail is what the mail with a reset link is made of.
type ResetMail struct {
	To   string
	Name string
	URL  string
}

// ResetMail reads what the mail needs; jobs.ErrNothingToDo when the address has no account or the link is gone.
func (a *Auth) ResetMail(ctx context.Context, tokenID uuid.UUID) (ResetMail, error) {
	t, err := a.openToken(ctx, tokenID)
	if err != nil {
		return ResetMail{}, err
	}
	user, err := users.ByID(ctx, a.DB.Direct(), t.SubjectID)
	if fault.Is(err, fault.NotFound) {
		return ResetMail{}, jobs.ErrNothingToDo
	}
	if err != nil {
		return ResetMail{}, err
	}
	return ResetMail{To: user.Email, Name: user.Name, URL: a.URL + "/reset?token=" + a.Keys.Token(t.Purpose, t.ID, t.Address)}, nil
}

// ResetPassword uses up a reset link, sets the password, ends every session of the account, and signs in. The same form
// sent twice signs in twice.
func (a *Auth) ResetPassword(ctx context.Context, raw, password string, d Device) (session.Identity, error) {
	link, err := a.peekRow(ctx, PurposeReset, raw)
	if fault.Is(err, fault.NotFound) {
		return a.resetAgain(ctx, raw, password, d)
	}
	if err != nil {
		return session.Identity{}, err
	}
	user, err := users.ByID(ctx, a.DB.Direct(), link.SubjectID)
	if fault.Is(err, fault.NotFound) {
		return session.Identity{}, errLink()
	}
	if err != nil {
		return session.Identity{}, err
	}
	if err := a.checkNewPassword(ctx, user, password); err != nil {
		return session.Identity{}, err
	}
	hash, err := a.Hasher.Hash(ctx, password)
	if err != nil {
		return session.Identity{}, err
	}
	var id session.Identity
	err = a.DB.InPerson(ctx, link.SubjectID, func(ctx context.Context, tx db.Tx) error {
		link, err := useTx(ctx, tx, PurposeReset, raw, nil)
		if err != nil {
			return err
		}
		if err := users.SetPasswordTx(ctx, tx, link.Subject, hash); err != nil {
			return err
		}
		if id, err = createSessionTx(ctx, tx, link.Subject, d); err != nil {
			return err
		}
		if err := a.endOthersTx(ctx, tx, id); err != nil {
			return err
		}
		return a.passwordChangedTx(ctx, tx, link.Subject, "account.password_reset", d)
	})
	if fault.Is(err, fault.NotFound) {
		return a.resetAgain(ctx, raw, password, d) // its twin was quicker
	}
	if err != nil {
		return session.Identity{}, err
	}
	return id, a.Limits.Clear(ctx, accountLimits(d, link.Address)...)
}

// resetAgain answers the second press of the button: the first one's answer is lost when a browser sends another.
func (a *Auth) resetAgain(ctx context.Context, raw, password string, d Device) (session.Identity, error) {
	_, user, err := a.justUsed(ctx, PurposeReset, raw)
	if err != nil {
		return session.Identity{}, err
	}
	ok, err := a.passwordMatches(ctx, user, password, d)
	if err != nil {
		return session.Identity{}, err
	}
	if !ok {
		return session.Identity{}, errLink()
	}
	return a.enterAlone(ctx, user.ID, d)
}

func (a *Auth) endOthersTx(ctx context.Context, tx db.Tx, keep session.Identity) error {
	err := authdb.New().EndSessionsOf(ctx, tx, authdb.EndSessionsOfParams{UserID: keep.UserID, ID: keep.SessionID})
	if err != nil {
		return fmt.Errorf("end other sessions: %w", err)
	}
	return nil
}

// passwordChangedTx notes the change and tells the person by mail.
func (a *Auth) passwordChangedTx(ctx context.Context, tx db.Tx, userID uuid.UUID, action string, d Device) error {
	event, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
		UserID: userID, ActorID: userID, Action: action, Person: map[string]string{"address": d.Address}, RequestID: d.Request,
	})
	if err != nil {
		return err
	}
	return a.Queue.EnqueueTx(ctx, tx, jobs.SendPasswordChanged{UserID: userID, EventID: event})
}

// PasswordChangedMail is what the notice of a changed password is made of.
type PasswordChangedMail struct {
	To   string
	Name string
	URL  string // where to set a new one when it was somebody else
}

// PasswordChangedMail reads what the mail needs; jobs.ErrNothingToDo when the account is gone.
func (a *Auth) PasswordChangedMail(ctx context.Context, userID uuid.UUID) (PasswordChangedMail, error) {
	user, err := users.ByID(ctx, a.DB.Direct(), userID)
	if fault.Is(err, fault.NotFound) {
		return PasswordChangedMail{}, jobs.ErrNothingToDo
	}
	if err != nil {
		return PasswordChangedMail{}, err
	}
	return PasswordChangedMail{To: user.Email, Name: user.Name, URL: a.URL + "/forgot"}, nil
}
