package auth

import (
	"cmp"
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

// NoticeFor is how long the link "this was not me" of a security notice works.
const NoticeFor = 7 * 24 * time.Hour

// PurposeSecure is the token behind "this was not me".
const PurposeSecure = "secure"

// The things an account's person is told about by mail.
const (
	PasswordChanged  = "account.password_changed"
	PasswordReset    = "account.password_reset"
	TOTPAdded        = "account.totp_added"
	TOTPRemoved      = "account.totp_removed"
	CodesMade        = "account.recovery_codes_made"
	CodeUsed         = "account.recovery_code_used"
	PasskeyAdded     = "account.passkey_added"
	PasskeyRemoved   = "account.passkey_removed"
	NewDevice        = "account.new_device"
	EmailChangeAsked = "account.email_change_asked"
	EmailChanged     = "account.email_changed"
	IdentityLinked   = "account.identity_linked"
	IdentityUnlinked = "account.identity_unlinked"
	Secured          = "account.secured"
	ClosingAsked     = "account.closing"
	ClosingTakenBack = "account.kept"
)

// ChangedTx notes a change of a password, of a factor or of the account as a whole, ends all other sessions, and tells
// the person by mail.
func (a *Auth) ChangedTx(ctx context.Context, tx db.Tx, p scope.Person, action string, changes map[string][2]string, d Device) error {
	if err := authdb.New().EndSessionsOf(ctx, tx, authdb.EndSessionsOfParams{UserID: p.ID, ID: p.SessionID}); err != nil {
		return fmt.Errorf("end other sessions: %w", err)
	}
	return a.noticeTx(ctx, tx, users.User{ID: p.ID, Email: p.Email}, action, changes, d)
}

// noticeTx notes what happened to an account and tells its person by mail.
func (a *Auth) noticeTx(ctx context.Context, tx db.Tx, u users.User, action string, changes map[string][2]string, d Device) error {
	person := map[string]string{"address": d.Address, "device": d.Name()}
	if name, ok := changes["name"]; ok { // what people call their things is theirs, and is erased with them
		person["name"] = name[1]
		delete(changes, "name")
	}
	event, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
		UserID: u.ID, ActorID: u.ID, Action: action, Changes: changes, Person: person, RequestID: d.Request,
	})
	if err != nil {
		return err
	}
	return a.tellTx(ctx, tx, u, event)
}

// tellTx tells an account's person by mail of what happened to it.
func (a *Auth) tellTx(ctx context.Context, tx db.Tx, u users.User, event uuid.UUID) error {
	token, err := a.issueTx(ctx, tx, token{Purpose: PurposeSecure, Address: u.Email, Subject: event, For: NoticeFor})
	if err != nil {
		return err
	}
	return a.Queue.EnqueueTx(ctx, tx, jobs.SendSecurityNotice{TokenID: token})
}

// SecurityNotice is what the mail about a change of an account is made of.
type SecurityNotice struct {
	To      string
	Name    string
	Action  string
	At      time.Time
	Zone    *time.Location
	Address string // where it was done from
	Device  string // as "Firefox on Linux"
	Detail  string // what it was done to, such as a passkey's name
	URL     string // "this was not me"
	Staff   bool   // staff did it
}

// SecurityNotice reads what the mail needs; jobs.ErrNothingToDo when the account or the link is gone.
func (a *Auth) SecurityNotice(ctx context.Context, tokenID uuid.UUID) (SecurityNotice, error) {
	t, err := a.openToken(ctx, tokenID)
	if err != nil {
		return SecurityNotice{}, err
	}
	e, user, err := a.noticed(ctx, t.SubjectID)
	if fault.Is(err, fault.NotFound) {
		return SecurityNotice{}, jobs.ErrNothingToDo
	}
	if err != nil {
		return SecurityNotice{}, err
	}
	return SecurityNotice{
		To: t.Address, Name: user.Name, Action: e.Action, At: e.At, Zone: scope.Person{Zone: user.Zone}.Location(),
		Address: e.Person["address"], Device: e.Person["device"], Detail: cmp.Or(e.Person["name"], e.Changes["name"][1], e.Person["new"], e.Changes["until"][1]),
		Staff: e.ActorID != uuid.Nil && e.ActorID != e.UserID,
		URL:   a.URL + "/secure?token=" + a.Keys.Token(t.Purpose, t.ID, t.Address),
	}, nil
}

func (a *Auth) noticed(ctx context.Context, event uuid.UUID) (events.AccountEntry, users.User, error) {
	e, err := events.AccountByID(ctx, a.DB.Direct(), event)
	if err != nil {
		return e, users.User{}, err
	}
	user, err := users.ByID(ctx, a.DB.Direct(), e.UserID)
	return e, user, err
}

// Noticed is the change that a "this was not me" link is about.
type Noticed struct {
	Action  string
	At      time.Time
	Address string
	Device  string
}

// Noticed looks at a "this was not me" link without using it up.
func (a *Auth) Noticed(ctx context.Context, raw string) (Noticed, error) {
	link, err := a.peekRow(ctx, PurposeSecure, raw)
	if err != nil {
		return Noticed{}, err
	}
	e, _, err := a.noticed(ctx, link.SubjectID)
	if fault.Is(err, fault.NotFound) {
		return Noticed{}, errLink()
	}
	return Noticed{Action: e.Action, At: e.At, Address: e.Person["address"], Device: e.Person["device"]}, err
}

// Secure answers "this was not me": it ends every session, takes away the factor that was added, and returns a link's
// token with which the person chooses a new password.
func (a *Auth) Secure(ctx context.Context, raw string, d Device) (reset string, err error) {
	link, err := a.peekRow(ctx, PurposeSecure, raw)
	if err != nil {
		return "", err
	}
	e, user, err := a.noticed(ctx, link.SubjectID)
	if fault.Is(err, fault.NotFound) {
		return "", errLink()
	}
	if err != nil {
		return "", err
	}
	err = a.DB.InPerson(ctx, user.ID, func(ctx context.Context, tx db.Tx) error {
		if _, err := useTx(ctx, tx, PurposeSecure, raw, nil); err != nil {
			return err
		}
		if err := a.undoTx(ctx, tx, user.ID, e); err != nil {
			return err
		}
		if err := authdb.New().EndSessionsOf(ctx, tx, authdb.EndSessionsOfParams{UserID: user.ID}); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		user, err := users.ByID(ctx, tx, user.ID) // the address may be the old one again
		if err != nil {
			return err
		}
		id, err := a.issueTx(ctx, tx, token{Purpose: PurposeReset, Address: user.Email, Subject: user.ID, For: ResetFor})
		if err != nil {
			return err
		}
		reset = a.Keys.Token(PurposeReset, id, user.Email)
		_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{
			UserID: user.ID, ActorID: user.ID, Action: Secured, Changes: map[string][2]string{"action": {"", e.Action}},
			Person: map[string]string{"address": d.Address, "device": d.Name()}, RequestID: d.Request,
		})
		return err
	})
	return reset, err
}

// undoTx takes away what a stranger added to the account, with the recovery codes that were shown along with it. What its
// person set up since stays, because a notice lies in the mailbox for a week.
func (a *Auth) undoTx(ctx context.Context, tx db.Tx, userID uuid.UUID, e events.AccountEntry) error {
	q := authdb.New()
	switch e.Action {
	case TOTPAdded:
		rows, err := q.DeleteTOTPUntil(ctx, tx, authdb.DeleteTOTPUntilParams{UserID: userID, Until: e.At})
		if err != nil {
			return fmt.Errorf("take away the second factor: %w", err)
		}
		if rows == 1 {
			if err := undoCodesTx(ctx, tx, userID, e.At.Add(confirmAgain)); err != nil {
				return err
			}
		}
	case PasskeyAdded:
		id, err := uuid.Parse(e.Changes["id"][1])
		if err != nil {
			return fmt.Errorf("read which passkey it was: %w", err)
		}
		if _, err := q.DeletePasskey(ctx, tx, authdb.DeletePasskeyParams{UserID: userID, ID: id}); err != nil && !db.None(err) {
			return fmt.Errorf("take away the passkey: %w", err)
		}
		if e.Changes["codes"][1] != "" {
			if err := undoCodesTx(ctx, tx, userID, e.At); err != nil {
				return err
			}
		}
	case IdentityLinked:
		if err := undoLinkTx(ctx, tx, userID, e.Changes["id"][1]); err != nil {
			return err
		}
	case ClosingAsked:
		if _, err := users.KeepTx(ctx, tx, userID, a.now()); err != nil {
			return err
		}
	case EmailChanged:
		if err := users.SetEmailTx(ctx, tx, userID, e.Person["old"]); err != nil {
			return err
		}
	case CodesMade:
		if err := undoCodesTx(ctx, tx, userID, e.At); err != nil {
			return err
		}
	}
	return dropCodesOfNothingTx(ctx, tx, userID)
}

// undoCodesTx takes away recovery codes made until a moment. There is one set at a time, so it is that of the moment.
func undoCodesTx(ctx context.Context, tx db.Tx, userID uuid.UUID, until time.Time) error {
	err := authdb.New().DeleteRecoveryCodesUntil(ctx, tx, authdb.DeleteRecoveryCodesUntilParams{UserID: userID, Until: until})
	if err != nil {
		return fmt.Errorf("take away the recovery codes: %w", err)
	}
	return nil
}
