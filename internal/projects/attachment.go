package projects

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Attach keeps what body holds as a file of a ticket, or of the comment that is being written. It asks before anything
// is read, reads outside of any transaction, and asks once more. The same form sent twice attaches each file once.
// Faults are about files.Field: PaymentRequired when there is no room, TooLarge, Invalid when the file is not taken.
func (p *Projects) Attach(ctx context.Context, s scope.Scope, key string, number int, sent files.Sent, body io.Reader) (files.Attachment, error) {
	return p.attach(ctx, s, sent, body, func(ctx context.Context, fn func(context.Context, db.Tx, ticket) error) error {
		return p.work(ctx, s, key, number, fn)
	})
}

// AttachAhead is Attach for a ticket of the project that is not there yet: sent.Draft is the id that its form will give
// it. Until then the file is its sender's alone.
func (p *Projects) AttachAhead(ctx context.Context, s scope.Scope, key string, sent files.Sent, body io.Reader) (files.Attachment, error) {
	return p.attach(ctx, s, sent, body, func(ctx context.Context, fn func(context.Context, db.Tx, ticket) error) error {
		return p.ahead(ctx, s, key, func(ctx context.Context, tx db.Tx) error { return fn(ctx, tx, ticket{}) })
	})
}

// attach keeps a file of the ticket that within locks; one without an id is not there yet.
func (p *Projects) attach(
	ctx context.Context, s scope.Scope, sent files.Sent, body io.Reader, within func(context.Context, func(context.Context, db.Tx, ticket) error) error,
) (files.Attachment, error) {
	if err := p.Files.Take(ctx, s); err != nil {
		return files.Attachment{}, err
	}
	var in *files.Arrival
	err := within(ctx, func(ctx context.Context, tx db.Tx, t ticket) (err error) {
		in, err = p.Files.BeginTx(ctx, tx, s, t.ID, sent)
		return err
	})
	if err != nil {
		return files.Attachment{}, err
	}
	if err := p.Files.Receive(ctx, in, body); err != nil {
		return files.Attachment{}, err
	}
	err = within(ctx, func(ctx context.Context, tx db.Tx, t ticket) error {
		made := t
		if t.ID == uuid.Nil { // it may have been made while its file was on the way
			row, err := holdTx(ctx, tx, s, in.Draft)
			if err != nil {
				return err
			}
			made = ticket{quiet: p.quiet(), LockTicketRow: projectsdb.LockTicketRow{ID: row.ID, ProjectID: row.ProjectID, Title: row.Title}}
		}
		err := p.Files.ArriveTx(ctx, tx, s, in)
		late := t.ID == uuid.Nil && in.Ticket != uuid.Nil
		if err != nil || in.Twin || in.Draft != uuid.Nil && !late {
			return err // a comment and a new ticket say themselves what they bring
		}
		return made.attached(ctx, tx, s, in.Name)
	})
	if err != nil {
		return files.Attachment{}, errors.Join(err, p.Files.Forget(ctx, in))
	}
	return in.Attachment(s), nil
}

// ahead runs fn when the person may write tickets in the project and it is in work.
func (p *Projects) ahead(ctx context.Context, s scope.Scope, key string, fn func(context.Context, db.Tx) error) error {
	if !s.May(scope.WriteTickets) {
		return fault.New(fault.Denied, "")
	}
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		row, err := projectsdb.New().ProjectByKey(ctx, tx, projectsdb.ProjectByKeyParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key})
		switch {
		case db.None(err):
			return fault.Missing()
		case err != nil:
			return fmt.Errorf("read the project: %w", err)
		case row.ArchivedAt != nil:
			return errArchived()
		}
		return fn(ctx, tx)
	})
}

// CarryFiles gives what the person sent by one form to another, as when a text that was left is brought back, and lists
// what the other has by now. The forms are of comments on the ticket; number 0 is the project's next ticket.
func (p *Projects) CarryFiles(ctx context.Context, s scope.Scope, key string, number int, from, to uuid.UUID) (all []files.Attachment, err error) {
	if from == uuid.Nil || to == uuid.Nil {
		return nil, fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	if number == 0 {
		err = p.ahead(ctx, s, key, func(ctx context.Context, tx db.Tx) error { return p.Files.CarryTx(ctx, tx, s, uuid.Nil, from, to) })
	} else {
		err = p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
			return p.Files.CarryTx(ctx, tx, s, t.ID, from, to)
		})
	}
	if err != nil {
		return nil, err
	}
	return p.DraftFiles(ctx, s, to)
}

// DraftFiles are what the person sent by a form for something they have not said yet.
func (p *Projects) DraftFiles(ctx context.Context, s scope.Scope, draft uuid.UUID) (all []files.Attachment, err error) {
	err = p.DB.ReadTenant(ctx, s, func(r *db.Reads) { files.QueueDraft(r, s, draft, &all) })
	return all, err
}

// Detach takes a file away from a ticket or from one of its comments. For a while it can be brought back.
func (p *Projects) Detach(ctx context.Context, s scope.Scope, key string, number int, id uuid.UUID) (a files.Attachment, err error) {
	err = p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		var changed bool
		a, changed, err = p.Files.RemoveTx(ctx, tx, s, t.ID, id)
		if err != nil || !changed || a.DraftID != nil {
			return err
		}
		if err := CountFilesTx(ctx, tx, s, t.ID); err != nil {
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
		return t.attached(ctx, tx, s, a.Name)
	})
	return a, err
}

// HoldTicketTx locks a ticket, if there is one, until the end of the transaction. Whoever brings files locks it before the
// organization's room, as everybody does.
func HoldTicketTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket uuid.UUID) error {
	_, err := holdTx(ctx, tx, s, ticket)
	return err
}

// holdTx is HoldTicketTx, with the ticket; one that is not there has no id.
func holdTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket uuid.UUID) (projectsdb.HoldTicketRow, error) {
	row, err := projectsdb.New().HoldTicket(ctx, tx, projectsdb.HoldTicketParams{TenantID: s.TenantID, ID: ticket})
	if err != nil && !db.None(err) {
		return row, fmt.Errorf("lock the ticket: %w", err)
	}
	return row, nil
}

// CountFilesTx keeps how many files a ticket has, after they or the comments that have them were changed in the
// transaction. It holds the ticket, so that it sees what others who held it have done.
func CountFilesTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket uuid.UUID) error {
	if err := HoldTicketTx(ctx, tx, s, ticket); err != nil {
		return err
	}
	if err := projectsdb.New().CountFiles(ctx, tx, projectsdb.CountFilesParams{TenantID: s.TenantID, ID: ticket}); err != nil {
		return fmt.Errorf("count the files of a ticket: %w", err)
	}
	return nil
}

// attached counts what has come to the ticket, or to one of its comments, and says so in its history.
func (t ticket) attached(ctx context.Context, tx db.Tx, s scope.Scope, names ...string) error {
	if len(names) == 0 {
		return nil
	}
	if err := CountFilesTx(ctx, tx, s, t.ID); err != nil {
		return err
	}
	for _, name := range names {
		if err := t.event(ctx, tx, s, "attachment.added", map[string][2]string{"file": {"", name}}); err != nil {
			return err
		}
	}
	return nil
}
