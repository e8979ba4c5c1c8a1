package auth

import (
	"context"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/limit"
	"plinth/internal/users"
	"plinth/jobs"
)

// askByMail makes a one-time link for whoever's address it is, which the job mails. For an address without an account
// the same work is done and no mail leaves, so that the answer and its time are the same.
func (a *Auth) askByMail(ctx context.Context, limits []limit.Subject, link token, job func(tokenID uuid.UUID) jobs.Args) error {
	if wrong := CheckEmail(link.Address); wrong != "" {
		return fault.Field("email", wrong)
	}
	if err := a.Limits.Take(ctx, limits...); err != nil {
		return err
	}
	user, err := users.ByEmail(ctx, a.DB.Direct(), link.Address)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if link.Subject = user.ID; err != nil {
		link.Subject = uuid.New() // nobody's
	}
	return a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		id, err := a.issueTx(ctx, tx, link)
		if err != nil {
			return err
		}
		return a.Queue.EnqueueTx(ctx, tx, job(id))
	})
}

// mailedTo reads a link and whom it is mailed to; jobs.ErrNothingToDo when the address has no account or the link is
// gone.
func (a *Auth) mailedTo(ctx context.Context, tokenID uuid.UUID) (authdb.TokenByIDRow, users.User, error) {
	t, err := a.openToken(ctx, tokenID)
	if err != nil {
		return t, users.User{}, err
	}
	user, err := users.ByID(ctx, a.DB.Direct(), t.SubjectID)
	if fault.Is(err, fault.NotFound) {
		return t, user, jobs.ErrNothingToDo
	}
	return t, user, err
}
