package files

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/files/filesdb"
	"plinth/internal/limit"
	"plinth/internal/scope"
	"plinth/jobs"
)

// Sent is a file that a form sends.
type Sent struct {
	Form  uuid.UUID // made when the form is shown, so that sending it twice attaches each file once
	Place int       // which of the form's files it is, from zero
	Name  string    // as its sender calls it
	Draft uuid.UUID // the form of the comment or of the new ticket it is for; the nil id attaches it to the ticket itself
	Bytes int64     // as far as it is known before the file is read; zero is unknown
}

// id is that of the form's file: the same for the same form. It keeps the time that the form's id has.
func (s Sent) id() uuid.UUID {
	sum := sha256.Sum256(binary.BigEndian.AppendUint32(append([]byte("attachment"), s.Form[:]...), uint32(s.Place)))
	id := s.Form
	copy(id[9:], sum[:])
	return id
}

// Arrival is a file on its way in: begun in a transaction, received outside of any, and told in another.
type Arrival struct {
	ID     uuid.UUID
	Name   string
	Draft  uuid.UUID
	Size   int64
	Twin   bool      // the same form has sent it before
	Ticket uuid.UUID // the nil id while it is not there yet
	key    string
	served string
	image  bool
	sum    []byte
}

// Take slows down whoever sends file after file.
func (f *Files) Take(ctx context.Context, s scope.Scope) error {
	return f.Limits.Take(ctx, limit.Subject{Key: s.TenantID.String() + "/" + s.Person.ID.String(), Policy: limit.Policy{
		Name: "attachment", Allowance: 300, Drain: 10 * time.Second, First: 10 * time.Second, Longest: 5 * time.Minute,
	}})
}

// BeginTx notes that a file is coming for the ticket, which the caller has locked for whoever may write in it. The nil id
// is a ticket that is not there yet: the file is its sender's alone until TieAheadTx, under the form that sent.Draft names.
// PaymentRequired when the organization has no room for it, TooLarge when it is known to be too large.
func (f *Files) BeginTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket uuid.UUID, sent Sent) (*Arrival, error) {
	switch {
	case sent.Form == uuid.Nil, ticket == uuid.Nil && sent.Draft == uuid.Nil:
		return nil, fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	case sent.Bytes > f.Most():
		return nil, tooLarge(f.Most())
	}
	a := &Arrival{ID: sent.id(), Name: CleanName(sent.Name), Draft: sent.Draft, Ticket: ticket}
	a.key = Folder(s.TenantID) + a.ID.String() + "/" + rand.Text()
	had, err := sentTx(ctx, tx, s, ticket, a)
	switch {
	case err == nil:
		return a, a.again(had, s)
	case !db.None(err):
		return nil, fmt.Errorf("look for the attachment: %w", err)
	}
	if err := f.Plans.AllowStorageTx(ctx, tx, s, Field, max(sent.Bytes, 1)); err != nil {
		return nil, err
	}
	begun, err := filesdb.New().BeginAttachment(ctx, tx, filesdb.BeginAttachmentParams{
		TenantID: s.TenantID, ID: a.ID, TicketID: orNone(ticket), DraftID: orNone(sent.Draft), AuthorID: s.Person.ID, Name: a.Name, Key: a.key, Now: f.now(),
	})
	if err != nil {
		return nil, fmt.Errorf("begin the attachment: %w", err)
	}
	if begun == 0 {
		return nil, sentBefore() // the form is of another ticket, or of somebody else
	}
	return a, nil
}

// sentTx looks for what the same form has sent before.
func sentTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket uuid.UUID, a *Arrival) (filesdb.LockAttachmentRow, error) {
	if ticket != uuid.Nil {
		return filesdb.New().LockAttachment(ctx, tx, filesdb.LockAttachmentParams{TenantID: s.TenantID, TicketID: &ticket, ID: a.ID})
	}
	row, err := filesdb.New().LockAhead(ctx, tx, filesdb.LockAheadParams{TenantID: s.TenantID, ID: a.ID, AuthorID: s.Person.ID, Draft: &a.Draft})
	return filesdb.LockAttachmentRow(row), err
}

// again is for a form that has brought its file already: it is held against what arrived.
func (a *Arrival) again(had filesdb.LockAttachmentRow, s scope.Scope) error {
	if had.AuthorID != s.Person.ID || had.DeletedAt != nil {
		return sentBefore()
	}
	a.Twin, a.Name, a.Size, a.sum, a.served = true, had.Name, had.Size, had.Sha256, had.ContentType
	return nil
}

// ErrSentBefore is in the chain of the faults that say that the form of a file has brought another one.
var ErrSentBefore = errors.New("the form was sent before")

func sentBefore() error {
	return fault.Wrap(fault.Conflict, "This form was sent before, with another file. Reload the page and choose the file again.", ErrSentBefore)
}

// Receive keeps what body holds, a piece at a time, outside of any transaction. When it fails nothing is kept. Faults are
// about Field.
func (f *Files) Receive(ctx context.Context, a *Arrival, body io.Reader) error {
	head := make([]byte, headSize)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return broken(err)
	}
	head = head[:n]
	k, err := tell(a.Name, head)
	if err != nil {
		return err
	}
	in := &counted{from: io.MultiReader(bytes.NewReader(head), body), most: f.Most(), sum: sha256.New()}
	if a.Twin {
		if _, err := io.Copy(io.Discard, in); err != nil {
			return err
		}
		if !bytes.Equal(in.sum.Sum(nil), a.sum) {
			return sentBefore()
		}
		return nil
	}
	err = f.Store.Write(ctx, a.key, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
	if err != nil {
		return err
	}
	a.Size, a.sum, a.served, a.image = in.n, in.sum.Sum(nil), k.served, k.image
	return nil
}

// counted reads no more than may be, and sums up what it read.
type counted struct {
	from io.Reader
	most int64
	n    int64
	sum  interface {
		io.Writer
		Sum(b []byte) []byte
	}
}

// Read fails with a fault beyond what may be, and where the sender is gone.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.n += int64(n)
	_, _ = c.sum.Write(b[:n]) // a hash takes everything
	switch {
	case c.n > c.most:
		return n, tooLarge(c.most)
	case err != nil && !errors.Is(err, io.EOF):
		return n, broken(err)
	}
	return n, err
}

func broken(cause error) error {
	if fault.As(cause) != nil {
		return cause
	}
	return &fault.Error{Kind: fault.Invalid, Fields: map[string]string{Field: "This file did not arrive as a whole. Please try again."}, Cause: cause}
}

// ArriveTx says that all of the file is there, once more under the lock of the organization's room. The caller forgets
// the arrival when its transaction fails.
func (f *Files) ArriveTx(ctx context.Context, tx db.Tx, s scope.Scope, a *Arrival) error {
	if a.Twin {
		return nil
	}
	if err := f.Plans.AllowStorageTx(ctx, tx, s, Field, a.Size); err != nil {
		return err
	}
	q, thumbnail := filesdb.New(), NoThumbnail
	if a.image {
		thumbnail = Waiting
	}
	into, err := q.ArriveAttachment(ctx, tx, filesdb.ArriveAttachmentParams{
		TenantID: s.TenantID, ID: a.ID, Key: a.key, ContentType: a.served, Size: a.Size, Sha256: a.sum, Thumbnail: thumbnail, Now: f.now(),
	})
	switch {
	case db.None(err):
		return sentBefore() // the same form was sent twice at once, and the other was faster
	case err != nil:
		return fmt.Errorf("note that the attachment arrived: %w", err)
	case into != nil:
		a.Ticket = *into // made while the file was on its way
	}
	if err := addTx(ctx, tx, s, 1, a.Size); err != nil {
		return err
	}
	if !a.image {
		return nil
	}
	return f.Queue.EnqueueTx(ctx, tx, jobs.DrawThumbnail{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, AttachmentID: a.ID})
}

// addTx keeps the sum of what the organization has.
func addTx(ctx context.Context, tx db.Tx, s scope.Scope, n, bytes int64) error {
	if err := filesdb.New().AddToTotal(ctx, tx, filesdb.AddToTotalParams{TenantID: s.TenantID, Files: n, Bytes: bytes}); err != nil {
		return fmt.Errorf("keep the sum of files: %w", err)
	}
	return nil
}

// forgetFor is how long taking a file away again may take, when whoever sent it may be gone.
const forgetFor = 10 * time.Second

// Forget takes away what was kept of an arrival that came to nothing. What is left after that, as when the process dies,
// the nightly purge takes.
func (f *Files) Forget(ctx context.Context, a *Arrival) error {
	if a.Twin {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetFor)
	defer cancel()
	return f.Store.DeleteAll(ctx, a.key)
}

// TieTx gives the files that the person sent for a comment to that comment, which was just said and has the id of its
// form, and names them. The caller has locked the ticket.
func (f *Files) TieTx(ctx context.Context, tx db.Tx, s scope.Scope, ticket, comment uuid.UUID) ([]string, error) {
	names, err := filesdb.New().TieDrafts(ctx, tx, filesdb.TieDraftsParams{
		TenantID: s.TenantID, TicketID: &ticket, AuthorID: s.Person.ID, DraftID: &comment,
	})
	if err != nil {
		return nil, fmt.Errorf("give the files to the comment: %w", err)
	}
	return names, nil
}

func orNone(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// Attachment is the file as it is listed when it has arrived.
func (a *Arrival) Attachment(s scope.Scope) Attachment {
	out := Attachment{
		ID: a.ID, AuthorID: s.Person.ID, Name: a.Name, ContentType: a.served, Size: a.Size, Thumbnail: NoThumbnail,
		DraftID: orNone(a.Draft), CreatedAt: time.Now(),
	}
	if a.image {
		out.Thumbnail = Waiting
	}
	return out
}
