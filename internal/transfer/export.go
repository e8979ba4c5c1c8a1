package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/transfer/transferdb"
	"plinth/jobs"
)

// Export is a copy of a project, or of some of its tickets, made or in the making.
type Export struct {
	ID      uuid.UUID
	Kind    string
	Filter  string // as the address of the list says it
	State   string
	Done    int64 // tickets
	Total   int64
	Bytes   int64 // without files
	Problem string
	Made    time.Time
	Expires time.Time
}

// ExportPage is what the page shows that offers copies of a project.
type ExportPage struct {
	projects.ExportPage
	Exports []Export // the person's own that can be fetched or are under way, the newest first
}

// ExportPage reads what can be taken out of a project, narrowed down to what the filter says.
func (t *Transfer) ExportPage(ctx context.Context, s scope.Scope, key string, f projects.Filter) (ExportPage, error) {
	var out ExportPage
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		t.Projects.QueueExport(r, s, key, f, &out.ExportPage)
		db.Rows(r, &out.Exports, transferdb.ExportsOf, s.TenantID, s.Person.ID, key)
	})
	return out, err
}

// Begin starts a copy. id is made with the form, so that a form sent twice begins one; while one of the kind is under way no
// other begins. A whole project is for who manages it. PaymentRequired when the plan has no room for it, Throttled after many.
func (t *Transfer) Begin(ctx context.Context, s scope.Scope, key, kind string, f projects.Filter, id uuid.UUID) error {
	if kind == ZIP {
		f = projects.Filter{}
	}
	project, total, err := t.Projects.CountTaken(ctx, s, key, f)
	if err != nil {
		return err
	}
	if id == uuid.Nil || kind != CSV && kind != ZIP {
		return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	if kind == ZIP && !project.ManagedBy(s) {
		return fault.New(fault.Denied, "Owners, admins and whoever made the project take all of it along.")
	}
	if kind == ZIP {
		id[15] ^= 1 // the page has one id for both of its forms
	}
	if err := t.takeExport(ctx, s); err != nil {
		return err
	}
	q := transferdb.New()
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := t.roomTx(ctx, tx, s, "", 1); err != nil {
			return err
		}
		if err := q.GiveUpStaleExports(ctx, tx, s.TenantID); err != nil {
			return fmt.Errorf("give up what does not move: %w", err)
		}
		made, err := q.StartExport(ctx, tx, transferdb.StartExportParams{
			TenantID: s.TenantID, ID: id, ProjectID: project.ID, UserID: s.Person.ID, Kind: kind, Filter: f.Values().Encode(), Total: total,
		})
		if err != nil {
			return fmt.Errorf("start the copy: %w", err)
		}
		if made == 0 {
			return nil
		}
		if err := noteTx(ctx, tx, s, "project.export_asked", project.ID, project.Name, kind); err != nil {
			return err
		}
		return t.Queue.EnqueueTx(ctx, tx, jobs.ExportProject{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, ExportID: id})
	})
}

func noteTx(ctx context.Context, tx db.Tx, s scope.Scope, action string, project uuid.UUID, name, kind string) error {
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: action, ObjectKind: "project", ObjectID: project, ObjectName: name, ProjectID: project, Changes: map[string][2]string{"kind": {"", kind}},
	})
}

// Stream writes the tickets of a list as a table, some at a time: begin is called before the first part, and after each
// part, so that the reader gets the time that they need. What changes meanwhile is in it or is not. Throttled after many.
func (t *Transfer) Stream(ctx context.Context, s scope.Scope, key string, f projects.Filter, w io.Writer, part func() error) error {
	project, err := t.Projects.Project(ctx, s, key)
	if err == nil {
		err = t.takeExport(ctx, s)
	}
	if err != nil {
		return err
	}
	err = t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		return noteTx(ctx, tx, s, "project.export_fetched", project.ID, project.Name, CSV)
	})
	if err != nil {
		return err
	}
	if err := errors.Join(part(), writeHead(w)); err != nil {
		return err
	}
	for after := int32(0); ; {
		rows, err := t.Projects.Take(ctx, s, key, f, after, readSize)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := errors.Join(writeTickets(w, key, rows), part()); err != nil {
			return err
		}
		if len(rows) < readSize {
			return nil
		}
		after = rows[len(rows)-1].Number
	}
}

// File is an opened copy; the caller closes it.
type File struct {
	io.ReadCloser
	Name string
	Type string
	Size int64 // -1 is unknown before its end
}

// Fetch opens a finished copy for whoever asked for it, and notes that. NotFound when it is somebody else's, expired or not
// ready, and when they may not see the project any more. Throttled after many.
func (t *Transfer) Fetch(ctx context.Context, s scope.Scope, key string, id uuid.UUID) (*File, error) {
	var e transferdb.ReadyExportRow
	var page projects.ExportPage
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Row(r, &e, transferdb.ReadyExport, s.TenantID, s.Person.ID, key, id)
		t.Projects.QueueExport(r, s, key, projects.Filter{}, &page)
	})
	if err != nil {
		return nil, err
	}
	if e.Kind == ZIP && !page.Project.ManagedBy(s) {
		return nil, fault.Missing()
	}
	if err := t.takeExport(ctx, s); err != nil {
		return nil, err
	}
	err = t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		return noteTx(ctx, tx, s, "project.export_fetched", page.Project.ID, page.Project.Name, e.Kind)
	})
	if err != nil {
		return nil, err
	}
	name := key + "-" + e.CreatedAt.Format(time.DateOnly)
	pour, out := t.pourTable, &File{Name: name + "-tickets.csv", Type: "text/csv; charset=utf-8", Size: e.Bytes}
	if e.Kind == ZIP {
		pour, out = t.pourArchive, &File{Name: name + ".zip", Type: "application/zip", Size: -1}
	}
	reader, writer := io.Pipe()
	go func() {
		_ = writer.CloseWithError(pour(ctx, writer, s, e)) // never fails
	}()
	out.ReadCloser = reader
	return out, nil
}

// filterOf reads back what a row keeps.
func filterOf(text string) projects.Filter {
	v, err := url.ParseQuery(text)
	if err != nil {
		return projects.Filter{}
	}
	return projects.ParseListQuery(v).Filter
}
