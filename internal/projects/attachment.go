package projects

import (
	"context"
	"errors"
	"io"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/files"
	"plinth/internal/scope"
)

// Attach keeps what body holds as a file of a ticket, or of the comment that is being written. It asks before anything
// is read, reads outside of any transaction, and asks once more. The same form sent twice attaches each file once.
// Faults are about files.Field: PaymentRequired when there is no room, TooLarge, Invalid when the file is not taken.
func (p *Projects) Attach(ctx context.Context, s scope.Scope, key string, number int, sent files.Sent, body io.Reader) (files.Attachment, error) {
	if err := p.Files.Take(ctx, s); err != nil {
		return files.Attachment{}, err
	}
	var in *files.Arrival
	err := p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) (err error) {
		in, err = p.Files.BeginTx(ctx, tx, s, t.ID, sent)
		return err
	})
	if err != nil {
		return files.Attachment{}, err
	}
	if err := p.Files.Receive(ctx, in, body); err != nil {
		return files.Attachment{}, err
	}
	err = p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		if err := p.Files.ArriveTx(ctx, tx, s, in); err != nil || in.Twin || in.Draft != uuid.Nil {
			return err // a comment says itself what it brings
		}
		return t.event(ctx, tx, s, "attachment.added", map[string][2]string{"file": {"", in.Name}})
	})
	if err != nil {
		return files.Attachment{}, errors.Join(err, p.Files.Forget(ctx, in))
	}
	return in.Attachment(s), nil
}

// Detach takes a file away from a ticket or from one of its comments. For a while it can be brought back.
func (p *Projects) Detach(ctx context.Context, s scope.Scope, key string, number int, id uuid.UUID) (a files.Attachment, err error) {
	err = p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		var changed bool
		a, changed, err = p.Files.RemoveTx(ctx, tx, s, t.ID, id)
		if err != nil || !changed || a.DraftID != nil {
			return err
		}
		return t.event(ctx, tx, s, "attachment.removed", map[string][2]string{"file": {a.Name, ""}})
	})
	return a, err
}

// Reattach brings back a file that was taken away lately.
func (p *Projects) Reattach(ctx context.Context, s scope.Scope, key string, number int, id uuid.UUID) (a files.Attachment, err error) {
	err = p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		var changed bool
		a, changed, err = p.Files.RestoreTx(ctx, tx, s, t.ID, id)
		if err != nil || !changed || a.DraftID != nil {
			return err
		}
		return t.event(ctx, tx, s, "attachment.added", map[string][2]string{"file": {"", a.Name}})
	})
	return a, err
}
