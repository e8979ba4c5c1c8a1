package privacy

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/privacy/privacydb"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/jobs"
)

// The states of a copy.
const (
	Running = "running"
	Ready   = "ready"
	Failed  = "failed"
)

// What is noted of a copy among the events of the account.
const (
	ExportAsked   = "account.export_asked"
	ExportFetched = "account.export_fetched"
)

// Export is the copy of a person's data, made or in the making.
type Export struct {
	ID      uuid.UUID
	State   string
	Done    int64 // steps
	Steps   int64
	Bytes   int64
	Made    time.Time
	Expires time.Time
}

// From says where a request comes from, for events.
type From struct {
	Address, Device, Request string
}

// StartExport begins the copy of a person's data. id is made with the form, so that a form sent twice begins one; while
// one is under way no other begins.
func (p *Privacy) StartExport(ctx context.Context, person scope.Person, id uuid.UUID, from From) error {
	if id == uuid.Nil {
		return fault.New(fault.Invalid, "This form cannot be read. Reload the page and try again.")
	}
	q := privacydb.New()
	return p.DB.InPerson(ctx, person.ID, func(ctx context.Context, tx db.Tx) error {
		if err := q.GiveUpStale(ctx, tx, privacydb.GiveUpStaleParams{UserID: person.ID}); err != nil {
			return fmt.Errorf("give up what does not move: %w", err)
		}
		places, err := tenants.PlacesTx(ctx, tx, person.ID)
		if err != nil {
			return err
		}
		ids, folders := make([]uuid.UUID, len(places)), make([]string, len(places))
		for i, place := range places {
			ids[i], folders[i] = place.ID, place.Slug
		}
		made, err := q.StartExport(ctx, tx, privacydb.StartExportParams{ID: id, UserID: person.ID, Tenants: ids, Folders: folders})
		if err != nil {
			return fmt.Errorf("start the copy: %w", err)
		}
		if made == 0 {
			return nil
		}
		if err := note(ctx, tx, person.ID, ExportAsked, from); err != nil {
			return err
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.ExportAccount{ExportID: id})
	})
}

func note(ctx context.Context, tx db.Tx, userID uuid.UUID, action string, from From) error {
	_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
		UserID: userID, ActorID: userID, Action: action, Person: map[string]string{"address": from.Address, "device": from.Device}, RequestID: from.Request,
	})
	return err
}

// Newest is the person's newest copy that has not expired, or nil.
func (p *Privacy) Newest(ctx context.Context, person scope.Person) (*Export, error) {
	row, err := privacydb.New().NewestExport(ctx, p.DB.Direct(), person.ID)
	if db.None(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the newest copy: %w", err)
	}
	return &Export{
		ID: row.ID, State: row.State, Done: int64(row.Step), Steps: int64(len(p.partsOfAccount(users.User{}, row.Tenants, row.Folders)) + 1), Bytes: row.Bytes, Made: row.CreatedAt,
		Expires: row.ExpiresAt,
	}, nil
}

// File is an opened copy; its reader has to be closed.
type File struct {
	io.ReadCloser
	Name string
	Size int64 // -1 is unknown before its end
}

// Fetch opens a copy of the person's, and notes that it was fetched. NotFound when it is another's, expired or not ready.
func (p *Privacy) Fetch(ctx context.Context, person scope.Person, id uuid.UUID, from From) (*File, error) {
	row, err := privacydb.New().ReadyExport(ctx, p.DB.Direct(), privacydb.ReadyExportParams{ID: id, UserID: person.ID})
	if db.None(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, fmt.Errorf("find the copy: %w", err)
	}
	var own []attached
	for i, tenant := range row.Tenants {
		own = append(own, attached{tenant: tenant, person: &person.ID, folder: "organizations/" + row.Folders[i] + "/files/"})
	}
	return p.open(ctx, folderOf(id), "plinth-data-"+row.CreatedAt.Format(time.DateOnly)+".zip", row.CreatedAt, own, func() error {
		return p.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error { return note(ctx, tx, person.ID, ExportFetched, from) })
	})
}

// ReadyMail is what the mail about a finished copy is made of.
type ReadyMail struct {
	To, Name, URL string
	Organization  string // whose data it is; empty for the person's own
	Until         time.Time
	Zone          *time.Location
}

// ReadyMail reads what the mail needs; jobs.ErrNothingToDo when the copy or its person is gone.
func (p *Privacy) ReadyMail(ctx context.Context, id uuid.UUID) (ReadyMail, error) {
	row, err := privacydb.New().ExportByID(ctx, p.DB.Direct(), id)
	if db.None(err) {
		return ReadyMail{}, jobs.ErrNothingToDo
	}
	if err != nil {
		return ReadyMail{}, fmt.Errorf("find the copy: %w", err)
	}
	user, err := users.ByID(ctx, p.DB.Direct(), row.UserID)
	if fault.Is(err, fault.NotFound) {
		return ReadyMail{}, jobs.ErrNothingToDo
	}
	if err != nil {
		return ReadyMail{}, err
	}
	return ReadyMail{
		To: user.Email, Name: user.Name, URL: p.URL + "/account/data", Until: row.ExpiresAt, Zone: scope.Person{Zone: user.Zone}.Location(),
	}, nil
}

// GiveUp marks a copy as failed; its person is shown that, and tries again.
func (p *Privacy) GiveUp(ctx context.Context, id uuid.UUID) error {
	if _, err := privacydb.New().FailExport(ctx, p.DB.Direct(), id); err != nil {
		return fmt.Errorf("mark the copy as failed: %w", err)
	}
	return nil
}

// Purge removes the copies that have expired; a job calls it.
func (p *Privacy) Purge(ctx context.Context) error {
	q, direct := privacydb.New(), p.DB.Direct()
	if err := q.GiveUpStale(ctx, direct, privacydb.GiveUpStaleParams{Everybody: true}); err != nil {
		return fmt.Errorf("give up what does not move: %w", err)
	}
	ids, err := q.ExpiredExports(ctx, direct)
	if err != nil {
		return fmt.Errorf("list expired copies: %w", err)
	}
	for _, id := range ids {
		// The files go first: a row without files is harmless, files without a row are never found again.
		if err := p.Files.DeleteAll(ctx, folderOf(id)); err != nil {
			return err
		}
		if err := q.DropExport(ctx, direct, id); err != nil {
			return fmt.Errorf("drop an expired copy: %w", err)
		}
	}
	return p.purgeOrganizationExports(ctx)
}
