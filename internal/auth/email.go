package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/users"
	"plinth/jobs"
)

// The tokens of the two links that change an address, and how long they work.
const (
	PurposeOldEmail = "email-old"
	PurposeNewEmail = "email-new"
	EmailChangeFor  = 24 * time.Hour
)

// EmailChange is a change of address under way.
type EmailChange struct {
	New          string
	OldConfirmed bool
	NewConfirmed bool
}

// AccountState reads, in one round trip, what a person can prove with and the change of address under way, or nil.
func (a *Auth) AccountState(ctx context.Context, p scope.Person) (Factors, *EmailChange, error) {
	var (
		have authdb.FactorsOfRow
		row  *authdb.EmailChangeOfRow
	)
	err := a.DB.ReadPerson(ctx, p.ID, func(r *db.Reads) {
		db.Row(r, &have, authdb.FactorsOf, p.ID)
		db.Maybe(r, &row, authdb.EmailChangeOf, p.ID)
	})
	if err != nil {
		return Factors{}, nil, fmt.Errorf("read the account: %w", err)
	}
	var change *EmailChange
	if row != nil {
		change = &EmailChange{New: row.NewEmail, OldConfirmed: row.OldConfirmedAt != nil, NewConfirmed: row.NewConfirmedAt != nil}
	}
	return factorsFrom(have), change, nil
}

// ChangeEmail begins a change of address: a link goes to either address, and both have to be used. It does the same
// when the new address has an account already: only the mail to it says so.
func (a *Auth) ChangeEmail(ctx context.Context, p scope.Person, email string, d Device) error {
	email = users.NormalEmail(email)
	if wrong := CheckEmail(email); wrong != "" {
		return fault.Field("email", wrong)
	}
	if email == p.Email {
		return fault.Field("email", "This is your address already.")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	return a.Limits.Spend(ctx, append(signUpLimits(d, email), signUpMailbox(p.ID.String())), func() error {
		return a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
			err := authdb.New().BeginEmailChange(ctx, tx, authdb.BeginEmailChangeParams{
				ID: id, UserID: p.ID, OldEmail: p.Email, NewEmail: email, ExpiresAt: time.Now().Add(EmailChangeFor),
			})
			if err != nil {
				return fmt.Errorf("keep the change of address: %w", err)
			}
			if _, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
				UserID: p.ID, ActorID: p.ID, Action: EmailChangeAsked, Person: map[string]string{"address": d.Address, "new": email}, RequestID: d.Request,
			}); err != nil {
				return err
			}
			for purpose, address := range map[string]string{PurposeOldEmail: p.Email, PurposeNewEmail: email} {
				t, err := a.issueTx(ctx, tx, token{Purpose: purpose, Address: address, Subject: id, For: EmailChangeFor})
				if err != nil {
					return err
				}
				if err := a.Queue.EnqueueTx(ctx, tx, jobs.SendEmailChange{TokenID: t}); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// WithdrawEmail ends the change of address under way; its links are worth nothing then.
func (a *Auth) WithdrawEmail(ctx context.Context, p scope.Person) error {
	_, err := authdb.New().EndEmailChange(ctx, a.DB.Direct(), p.ID)
	if err != nil && !db.None(err) {
		return fmt.Errorf("withdraw the change of address: %w", err)
	}
	return nil
}

// EmailChangeMail is what either mail of a change of address is made of.
type EmailChangeMail struct {
	To    string
	Name  string
	New   string
	ToOld bool
	Taken bool // the new address has an account: the mail to it says so instead of asking to confirm
	URL   string
}

// EmailChangeMail reads what the mail needs; jobs.ErrNothingToDo when the change was withdrawn, replaced or finished.
func (a *Auth) EmailChangeMail(ctx context.Context, tokenID uuid.UUID) (EmailChangeMail, error) {
	t, err := a.openToken(ctx, tokenID)
	if err != nil {
		return EmailChangeMail{}, err
	}
	row, err := authdb.New().EmailChangeByID(ctx, a.DB.Direct(), t.SubjectID)
	if db.None(err) {
		return EmailChangeMail{}, jobs.ErrNothingToDo
	}
	if err != nil {
		return EmailChangeMail{}, fmt.Errorf("read the change of address: %w", err)
	}
	user, err := users.ByID(ctx, a.DB.Direct(), row.UserID)
	if err != nil {
		return EmailChangeMail{}, err
	}
	m := EmailChangeMail{
		To: t.Address, Name: user.Name, New: row.NewEmail, ToOld: t.Purpose == PurposeOldEmail,
		URL: a.URL + "/email?token=" + a.Keys.Token(t.Purpose, t.ID, t.Address),
	}
	_, err = users.ByEmail(ctx, a.DB.Direct(), row.NewEmail)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return EmailChangeMail{}, err
	}
	m.Taken = err == nil
	return m, nil
}

// EmailLink is what the page behind either link shows.
type EmailLink struct {
	Old   string
	New   string
	ToOld bool
}

// EmailLink looks at either link without using it up.
func (a *Auth) EmailLink(ctx context.Context, raw string) (EmailLink, error) {
	for _, purpose := range []string{PurposeOldEmail, PurposeNewEmail} {
		link, err := a.peekRow(ctx, purpose, raw)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return EmailLink{}, err
		}
		row, err := authdb.New().EmailChangeByID(ctx, a.DB.Direct(), link.SubjectID)
		if db.None(err) {
			return EmailLink{}, errLink()
		}
		if err != nil {
			return EmailLink{}, fmt.Errorf("read the change of address: %w", err)
		}
		return EmailLink{Old: row.OldEmail, New: row.NewEmail, ToOld: purpose == PurposeOldEmail}, nil
	}
	return EmailLink{}, errLink()
}

// ConfirmEmail uses up either link. done says that both were used and the address is changed; all sessions but the one
// that asks end then, and the old address is told. by is the session that presses the button, or nil. Pressed twice, the
// second one says the same.
func (a *Auth) ConfirmEmail(ctx context.Context, raw string, by uuid.UUID, d Device) (done bool, err error) {
	link, err := a.EmailLink(ctx, raw)
	if fault.Is(err, fault.NotFound) {
		if _, usedErr := a.usedRow(ctx, PurposeOldEmail, raw); usedErr == nil {
			return true, nil
		}
		if _, usedErr := a.usedRow(ctx, PurposeNewEmail, raw); usedErr == nil {
			return true, nil
		}
	}
	if err != nil {
		return false, err
	}
	purpose := PurposeNewEmail
	if link.ToOld {
		purpose = PurposeOldEmail
	}
	peeked, err := a.peekRow(ctx, purpose, raw)
	if err != nil {
		return false, err
	}
	row, err := authdb.New().EmailChangeByID(ctx, a.DB.Direct(), peeked.SubjectID)
	if db.None(err) {
		return false, errLink()
	}
	if err != nil {
		return false, fmt.Errorf("read the change of address: %w", err)
	}
	err = a.DB.InPerson(ctx, row.UserID, func(ctx context.Context, tx db.Tx) error {
		// The link is not used up before the change is done: until then pressing it again says the same.
		now, err := authdb.New().ConfirmEmailChange(ctx, tx, authdb.ConfirmEmailChangeParams{ID: row.ID, Old: link.ToOld})
		if db.None(err) {
			return errLink()
		}
		if err != nil {
			return fmt.Errorf("confirm the change of address: %w", err)
		}
		if now.OldConfirmedAt == nil || now.NewConfirmedAt == nil {
			return nil
		}
		done = true
		if _, err := useTx(ctx, tx, purpose, raw, nil); err != nil {
			return err
		}
		return a.changeEmailTx(ctx, tx, now, by, d)
	})
	return done, err
}

func (a *Auth) changeEmailTx(ctx context.Context, tx db.Tx, c authdb.ConfirmEmailChangeRow, by uuid.UUID, d Device) error {
	if err := users.SetEmailTx(ctx, tx, c.UserID, c.NewEmail); err != nil {
		return err
	}
	q := authdb.New()
	if err := q.DeleteSignupsOf(ctx, tx, c.NewEmail); err != nil {
		return fmt.Errorf("drop sign-ups of the address: %w", err)
	}
	if _, err := q.EndEmailChange(ctx, tx, c.UserID); err != nil {
		return fmt.Errorf("end the change of address: %w", err)
	}
	if err := q.RevokeTokens(ctx, tx, authdb.RevokeTokensParams{SubjectID: c.UserID, Purpose: PurposeReset}); err != nil {
		return fmt.Errorf("revoke links to the old address: %w", err)
	}
	if err := q.RevokeTokens(ctx, tx, authdb.RevokeTokensParams{SubjectID: c.UserID, Purpose: PurposeSignIn}); err != nil {
		return fmt.Errorf("revoke links to the old address: %w", err)
	}
	if err := q.EndSessionsOf(ctx, tx, authdb.EndSessionsOfParams{UserID: c.UserID, ID: by}); err != nil {
		return fmt.Errorf("end other sessions: %w", err)
	}
	event, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
		UserID: c.UserID, ActorID: c.UserID, Action: EmailChanged, RequestID: d.Request,
		Person: map[string]string{"address": d.Address, "device": d.Name(), "old": c.OldEmail, "new": c.NewEmail},
	})
	if err != nil {
		return err
	}
	// To the old address: its owner can take the change back.
	t, err := a.issueTx(ctx, tx, token{Purpose: PurposeSecure, Address: c.OldEmail, Subject: event, For: NoticeFor})
	if err != nil {
		return err
	}
	return a.Queue.EnqueueTx(ctx, tx, jobs.SendSecurityNotice{TokenID: t})
}
