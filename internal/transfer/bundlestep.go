package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/projects"
	"plinth/internal/transfer/transferdb"
)

// bringArchive fills the project of an archive from where that stands.
func (t *Transfer) bringArchive(ctx context.Context, in *running) (more bool, err error) {
	b, err := t.openBundle(ctx, in.Key, in.Size)
	if err != nil {
		return false, err
	}
	defer func() { _ = b.file.Close() }() // it was only read
	s, err := t.sort(b, in.id, in.UserID, in.CreatedAt, in.members)
	if err == nil {
		err = t.knowAll(ctx, in, s)
	}
	if err != nil {
		return false, err
	}
	in.until = time.Time{} // begins with the first that is written
	s.sees = map[uuid.UUID]bool{}
	for _, one := range in.into.People {
		s.sees[one.ID] = true
	}
	switch in.Step {
	case stepTickets:
		err = t.bringTickets(ctx, in, s)
	case stepTies:
		err = t.bringTies(ctx, in, s)
	case stepComments:
		err = t.bringComments(ctx, in, s)
	case stepFiles:
		err = t.bringFiles(ctx, in, s)
	default:
		return false, t.finishImport(ctx, in)
	}
	if errors.Is(err, errTurn) {
		return true, nil
	}
	return err == nil, err
}

// chunk brings the lines of a table in, five hundred in a transaction, behind those that are in; then comes the next step.
type chunk[T any] struct {
	t     *Transfer
	in    *running
	at    int64
	batch []T
	write func(ctx context.Context, tx db.Tx, batch []T) error
	made  bool // they are tickets
}

func (c *chunk[T]) add(ctx context.Context, n uint32, one T) error {
	c.batch = append(c.batch, one)
	if len(c.batch) < projects.BroughtAtOnce {
		return nil
	}
	if err := c.flush(ctx, c.in.Step, int64(n)); err != nil {
		return err
	}
	return c.in.turn(c.t)
}

// turn says whether the turn is over, that begins when it is asked first.
func (in *running) turn(t *Transfer) error {
	if in.until.IsZero() {
		in.until = time.Now().Add(t.runFor())
	}
	if time.Now().After(in.until) {
		return errTurn
	}
	return nil
}

func (c *chunk[T]) flush(ctx context.Context, step int16, to int64) error {
	made := int64(0)
	if c.made {
		made = int64(len(c.batch))
	}
	err := c.t.locked(ctx, c.in, c.in.Step, c.at, func(ctx context.Context, tx db.Tx) error {
		if err := c.write(ctx, tx, c.batch); err != nil {
			return err
		}
		return transferdb.New().MoveImport(ctx, tx, transferdb.MoveImportParams{TenantID: c.in.s.TenantID, ID: c.in.id, Step: step, At: to, Made: made})
	})
	c.batch, c.at = c.batch[:0], to
	return err
}

func (t *Transfer) bringTickets(ctx context.Context, in *running, s *sorter) error {
	c := &chunk[projects.Brought]{t: t, in: in, at: in.At, made: true, write: func(ctx context.Context, tx db.Tx, batch []projects.Brought) error {
		return t.Projects.BringTx(ctx, tx, in.s, in.into.Project.ID, in.Days, batch, &in.words)
	}}
	err := linesFrom(s.bundle, "tickets.jsonl", in.At, MaxRows, func(n uint32, a *archivedTicket) error {
		one, err := s.ticket(n, a, s.index.Comments[n-1])
		if err != nil {
			return err
		}
		return c.add(ctx, n, one)
	})
	if err != nil {
		return err
	}
	return c.flush(ctx, stepTies, 0)
}

// bringTies ties the tickets together, five hundred ties in a transaction, behind those that are there.
func (t *Transfer) bringTies(ctx context.Context, in *running, s *sorter) error {
	c := &chunk[tie]{t: t, in: in, at: in.At, write: func(ctx context.Context, tx db.Tx, batch []tie) error {
		return t.tieTx(ctx, tx, in, batch)
	}}
	for i, one := range s.ties() {
		if int64(i) < in.At {
			continue
		}
		if err := c.add(ctx, uint32(i+1), one); err != nil {
			return err
		}
	}
	return c.flush(ctx, stepComments, 0)
}

func (t *Transfer) bringComments(ctx context.Context, in *running, s *sorter) error {
	c := &chunk[projects.BroughtComment]{t: t, in: in, at: in.At, write: func(ctx context.Context, tx db.Tx, batch []projects.BroughtComment) error {
		return t.Projects.BringCommentsTx(ctx, tx, in.s, in.into.Project.ID, batch, &in.words)
	}}
	err := linesFrom(s.bundle, "comments.jsonl", in.At, mostComments, func(n uint32, a *archivedComment) error {
		one, err := s.comment(n, a)
		if err != nil {
			return err
		}
		return c.add(ctx, n, one)
	})
	if err != nil {
		return err
	}
	return c.flush(ctx, stepFiles, 0)
}

// bringFiles takes the files one by one, as if people sent them: by the same rules, and as far as the plan has room.
func (t *Transfer) bringFiles(ctx context.Context, in *running, s *sorter) error {
	at := in.At
	err := linesFrom(s.bundle, "attachments.jsonl", in.At, mostInArchive, func(n uint32, a *archivedFile) error {
		skipped := int64(0)
		switch err := t.bringFile(ctx, in, s, n, a); {
		case errors.Is(err, errThere):
		case errors.Is(err, errNotInArchive), errors.Is(err, files.ErrSentBefore):
			skipped = 1
		case fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge): // a kind that is not taken here
			skipped = 1
		case err != nil:
			return err
		}
		err := t.locked(ctx, in, stepFiles, at, func(ctx context.Context, tx db.Tx) error {
			return transferdb.New().MoveImport(ctx, tx, transferdb.MoveImportParams{TenantID: in.s.TenantID, ID: in.id, Step: stepFiles, At: int64(n), Skipped: skipped})
		})
		at = int64(n)
		if err == nil {
			err = in.turn(t)
		}
		return err
	})
	if err != nil {
		return err
	}
	return t.locked(ctx, in, stepFiles, at, func(ctx context.Context, tx db.Tx) error {
		return transferdb.New().MoveImport(ctx, tx, transferdb.MoveImportParams{TenantID: in.s.TenantID, ID: in.id, Step: stepFiles + 1})
	})
}

var (
	// errThere says that another worker was faster.
	errThere = errors.New("the file is there")
	// errNotInArchive says that a line names a file that was taken away while the archive was made.
	errNotInArchive = errors.New("the archive does not have this file")
)

func (t *Transfer) bringFile(ctx context.Context, in *running, s *sorter, n uint32, a *archivedFile) error {
	e := s.entries["files/"+a.ID.String()]
	ticket := s.tickets[a.Ticket]
	if e == nil || ticket == 0 {
		return errNotInArchive
	}
	who := in.s
	who.Person.ID = s.author(a.Author, &[]string{})
	sent := files.Sent{Form: projects.BroughtID(s.id, n), Name: clean(a.Name), Bytes: int64(min(e.UncompressedSize64, 1<<40))}
	if a.Comment != nil {
		row := s.index.Talk[*a.Comment]
		if row == 0 {
			return errNotInArchive
		}
		sent.Draft = projects.BroughtCommentID(s.id, row)
	}
	id := projects.BroughtID(s.id, ticket)
	var arrival *files.Arrival
	err := t.DB.InTenant(ctx, who, func(ctx context.Context, tx db.Tx) (err error) {
		if err := projects.HoldTicketTx(ctx, tx, who, id); err != nil {
			return err
		}
		arrival, err = t.Files.BeginTx(ctx, tx, who, id, sent)
		return err
	})
	if err != nil {
		return err
	}
	body, err := e.Open()
	if err != nil {
		return s.lost(fault.Wrap(fault.Invalid, "A file of this archive cannot be read.", err))
	}
	err = errors.Join(t.Files.Receive(ctx, arrival, body), body.Close())
	if err != nil {
		return s.lost(err)
	}
	err = t.DB.InTenant(ctx, who, func(ctx context.Context, tx db.Tx) error {
		if err := projects.HoldTicketTx(ctx, tx, who, id); err != nil { // before the organization, as whoever attaches a file does
			return err
		}
		if err := t.Files.ArriveTx(ctx, tx, who, arrival); err != nil || arrival.Twin {
			return err
		}
		if sent.Draft != uuid.Nil {
			if _, err := t.Files.TieTx(ctx, tx, who, id, sent.Draft); err != nil {
				return err
			}
		}
		return projects.CountFilesTx(ctx, tx, who, id)
	})
	if errors.Is(err, files.ErrSentBefore) {
		return errors.Join(errThere, t.Files.Forget(ctx, arrival))
	}
	if err != nil {
		return fmt.Errorf("keep a file of the archive: %w", errors.Join(err, t.Files.Forget(ctx, arrival)))
	}
	return nil
}
