package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/secret"
	"plinth/jobs"
)

// token is a one-time link to be made.
type token struct {
	Purpose string
	Address string
	Subject uuid.UUID // the sign-up, user or invitation it is about
	Tenant  uuid.UUID
	Next    string // the page it leads on to; checked to be ours
	For     time.Duration
}

// issueTx stores the hash of a new token and revokes the subject's earlier ones of the purpose. The token itself is
// derived again from the returned id when the mail is written.
func (a *Auth) issueTx(ctx context.Context, tx db.Tx, t token) (uuid.UUID, error) {
	q := authdb.New()
	if err := q.RevokeTokens(ctx, tx, authdb.RevokeTokensParams{SubjectID: t.Subject, Purpose: t.Purpose}); err != nil {
		return uuid.Nil, fmt.Errorf("revoke earlier tokens: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make a token id: %w", err)
	}
	params := authdb.CreateTokenParams{
		ID: id, Purpose: t.Purpose, Address: t.Address, SubjectID: t.Subject,
		Hash: secret.Hash(a.Keys.Token(t.Purpose, id, t.Address)), Next: t.Next, ExpiresAt: time.Now().Add(t.For),
	}
	if t.Tenant != uuid.Nil {
		params.TenantID = &t.Tenant
	}
	if err := q.CreateToken(ctx, tx, params); err != nil {
		return uuid.Nil, fmt.Errorf("store token: %w", err)
	}
	return id, nil
}

// used is a token that was good.
type used struct {
	Subject uuid.UUID
	Tenant  uuid.UUID
	Address string
}

// useTx uses up a token: a second use, another purpose, a wrong or expired one is the same NotFound.
// in is the sign-up that the browser had begun, or nil.
func useTx(ctx context.Context, tx db.Tx, purpose, raw string, in *uuid.UUID) (used, error) {
	id, ok := secret.TokenID(raw)
	if !ok {
		return used{}, errLink()
	}
	row, err := authdb.New().UseToken(ctx, tx, authdb.UseTokenParams{ID: id, Purpose: purpose, Hash: secret.Hash(raw), UsedIn: in})
	if db.None(err) {
		return used{}, errLink()
	}
	if err != nil {
		return used{}, fmt.Errorf("use token: %w", err)
	}
	u := used{Subject: row.SubjectID, Address: row.Address}
	if row.TenantID != nil {
		u.Tenant = *row.TenantID
	}
	return u, nil
}

// PeekAddress returns the address a link was sent to, without using the link: pages that a link opens ask for a button
// to be pressed, because mail scanners open links too.
func (a *Auth) PeekAddress(ctx context.Context, purpose, raw string) (string, error) {
	row, err := a.peekRow(ctx, purpose, raw)
	return row.Address, err
}

func (a *Auth) peekRow(ctx context.Context, purpose, raw string) (authdb.PeekTokenRow, error) {
	id, ok := secret.TokenID(raw)
	if !ok {
		return authdb.PeekTokenRow{}, errLink()
	}
	row, err := authdb.New().PeekToken(ctx, a.DB.Direct(), authdb.PeekTokenParams{ID: id, Purpose: purpose, Hash: secret.Hash(raw)})
	if db.None(err) {
		return row, errLink()
	}
	if err != nil {
		return row, fmt.Errorf("look at token: %w", err)
	}
	return row, nil
}

// usedRow is peekRow for a link that was used up in the last two minutes: by whoever presses a button twice.
func (a *Auth) usedRow(ctx context.Context, purpose, raw string) (authdb.JustUsedTokenRow, error) {
	id, ok := secret.TokenID(raw)
	if !ok {
		return authdb.JustUsedTokenRow{}, errLink()
	}
	row, err := authdb.New().JustUsedToken(ctx, a.DB.Direct(), authdb.JustUsedTokenParams{ID: id, Purpose: purpose, Hash: secret.Hash(raw)})
	if db.None(err) {
		return row, errLink()
	}
	if err != nil {
		return row, fmt.Errorf("look at used token: %w", err)
	}
	return row, nil
}

// openToken reads a token that a mail is about.
func (a *Auth) openToken(ctx context.Context, id uuid.UUID) (authdb.TokenByIDRow, error) {
	t, err := authdb.New().TokenByID(ctx, a.DB.Direct(), id)
	if db.None(err) {
		return t, jobs.ErrNothingToDo
	}
	if err != nil {
		return t, fmt.Errorf("find token: %w", err)
	}
	return t, nil
}
