package auth

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/users"
	"plinth/jobs"
)

// PurposeSignIn is the token of a link that signs in; LinkFor is how long it works.
const (
	PurposeSignIn = "signin"
	LinkFor       = 10 * time.Minute
)

// RequestLink mails a link that signs in, if the address has an account. The answer is the same when not. next is where
// to go then; it must be checked to be ours.
func (a *Auth) RequestLink(ctx context.Context, email, next string, d Device) error {
	email = users.NormalEmail(email)
	return a.askByMail(ctx, linkLimits(d, email), token{Purpose: PurposeSignIn, Address: email, Next: next, For: LinkFor},
		func(id uuid.UUID) jobs.Args { return jobs.SendSignInLink{TokenID: id} })
}

// LinkMail is what the mail with a link that signs in is made of.
type LinkMail struct {
	To   string
	Name string
	URL  string
}

// LinkMail reads what the mail needs; jobs.ErrNothingToDo when the address has no account or the link is gone.
func (a *Auth) LinkMail(ctx context.Context, tokenID uuid.UUID) (LinkMail, error) {
	t, user, err := a.mailedTo(ctx, tokenID)
	if err != nil {
		return LinkMail{}, err
	}
	return LinkMail{To: user.Email, Name: user.Name, URL: a.linkURL(t.ID, t.Address, t.Next)}, nil
}

func (a *Auth) linkURL(token uuid.UUID, address, next string) string {
	link := a.URL + "/signin/link?token=" + a.Keys.Token(PurposeSignIn, token, address)
	if next != "" {
		link += "&" + url.Values{"next": {next}}.Encode()
	}
	return link
}

// SignInLink makes a link that signs the owner of an address in, for an operator to hand over when mail is broken;
// NotFound when the address has no account. Earlier links end.
func (a *Auth) SignInLink(ctx context.Context, email string) (string, error) {
	user, err := users.ByEmail(ctx, a.DB.Direct(), email)
	if err != nil {
		return "", err
	}
	var id uuid.UUID
	err = a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		if id, err = a.issueTx(ctx, tx, token{Purpose: PurposeSignIn, Address: user.Email, Subject: user.ID, For: LinkFor}); err != nil {
			return err
		}
		_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{UserID: user.ID, Action: "account.link_by_operator"})
		return err
	})
	if err != nil {
		return "", err
	}
	return a.linkURL(id, user.Email, ""), nil
}

// SignOutByOperator ends every session of the account with an address, for an operator; NotFound when it has none.
func (a *Auth) SignOutByOperator(ctx context.Context, email string) error {
	user, err := users.ByEmail(ctx, a.DB.Direct(), users.NormalEmail(email))
	if err != nil {
		return err
	}
	return a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := authdb.New().EndSessionsOf(ctx, tx, authdb.EndSessionsOfParams{UserID: user.ID}); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{UserID: user.ID, Action: "account.signed_out_by_operator"})
		return err
	})
}

// LinkForm uses a link up. ID is made when its page is shown, so that pressing the button twice signs in.
type LinkForm struct {
	Token string    `form:"token"`
	ID    uuid.UUID `form:"id"`
	Next  string    `form:"next"`
}

// SignInByLink uses the link up and signs in, or asks for the second factor.
func (a *Auth) SignInByLink(ctx context.Context, f LinkForm, d Device) (Entry, error) {
	var link used
	err := a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		link, err = useTx(ctx, tx, PurposeSignIn, f.Token, &f.ID)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		again, againErr := a.usedRow(ctx, PurposeSignIn, f.Token)
		if againErr != nil || f.ID == uuid.Nil || again.UsedIn == nil || *again.UsedIn != f.ID {
			return Entry{}, err
		}
		link.Subject, err = again.SubjectID, nil
	}
	if err != nil {
		return Entry{}, err
	}
	user, err := users.ByID(ctx, a.DB.Direct(), link.Subject)
	if fault.Is(err, fault.NotFound) {
		return Entry{}, errLink()
	}
	if err != nil {
		return Entry{}, fmt.Errorf("find whose link it is: %w", err)
	}
	return a.enter(ctx, user, ByLink, d)
}
