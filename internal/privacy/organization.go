package privacy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/privacy/privacydb"
	"plinth/internal/scope"
	"plinth/internal/users"
	"plinth/jobs"
)

// What is noted of the copy of an organization, among its own events.
const (
	OrganizationExportAsked   = "organization.export_asked"
	OrganizationExportFetched = "organization.export_fetched"
)

// StartOrganizationExport begins the copy of all that an organization has. id is made with the form, so that a form sent
// twice begins one; while one is under way no other begins.
func (p *Privacy) StartOrganizationExport(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	if id == uuid.Nil {
		return fault.New(fault.Invalid, "This form cannot be read. Reload the page and try again.")
	}
	q := privacydb.New()
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := q.GiveUpStaleOf(ctx, tx, s.TenantID); err != nil {
			return fmt.Errorf("give up what does not move: %w", err)
		}
		made, err := q.StartTenantExport(ctx, tx, privacydb.StartTenantExportParams{TenantID: s.TenantID, ID: id, UserID: s.Person.ID})
		if err != nil {
			return fmt.Errorf("start the copy: %w", err)
		}
		if made == 0 {
			return nil
		}
		if err := noteIn(ctx, tx, s, OrganizationExportAsked); err != nil {
			return err
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.ExportOrganization{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, ExportID: id})
	})
}

func noteIn(ctx context.Context, tx db.Tx, s scope.Scope, action string) error {
	return events.AppendTx(ctx, tx, s, events.Event{Action: action, ObjectKind: "organization", ObjectID: s.TenantID, ObjectName: s.Name})
}

// NewestOfOrganization is the organization's newest copy that has not expired, or nil.
func (p *Privacy) NewestOfOrganization(ctx context.Context, s scope.Scope) (*Export, error) {
	var row *privacydb.NewestTenantExportRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &row, privacydb.NewestTenantExport, s.TenantID) })
	if err != nil || row == nil {
		return nil, err
	}
	return &Export{
		ID: row.ID, State: row.State, Done: int64(row.Step), Steps: int64(len(p.partsOfOrganization(s.TenantID)) + 1), Bytes: row.Bytes,
		Made: row.CreatedAt, Expires: row.ExpiresAt,
	}, nil
}

// FetchOrganization opens a copy of the organization, and notes that it was fetched. NotFound when it is another's,
// expired or not ready.
func (p *Privacy) FetchOrganization(ctx context.Context, s scope.Scope, id uuid.UUID) (*File, error) {
	var row *privacydb.ReadyTenantExportRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &row, privacydb.ReadyTenantExport, s.TenantID, id) })
	switch {
	case err != nil:
		return nil, err
	case row == nil:
		return nil, fault.Missing()
	}
	from := []attached{{tenant: s.TenantID, folder: "files/"}}
	return p.open(ctx, folderIn(s.TenantID, id), s.Slug+"-"+row.CreatedAt.Format(time.DateOnly)+".zip", row.CreatedAt, from, func() error {
		return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error { return noteIn(ctx, tx, s, OrganizationExportFetched) })
	})
}

// open opens the finished copy in a folder, with the files it is to have; note writes down that it was fetched.
func (p *Privacy) open(ctx context.Context, folder, name string, made time.Time, from []attached, note func() error) (*File, error) {
	reader, size, err := p.Files.Read(ctx, archiveKey(folder))
	if errors.Is(err, blob.ErrNone) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	if err := note(); err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	whole, err := p.withFiles(ctx, folder, size, made, from)
	if err != nil || whole != nil {
		return &File{ReadCloser: whole, Name: name, Size: -1}, errors.Join(err, reader.Close())
	}
	return &File{ReadCloser: reader, Name: name, Size: size}, nil
}

// OrganizationReadyMail reads what the mail about the copy of an organization needs; jobs.ErrNothingToDo when the copy is
// gone, or who asked may not have it any more.
func (p *Privacy) OrganizationReadyMail(ctx context.Context, tenant, id uuid.UUID) (ReadyMail, error) {
	var e *privacydb.TenantExportByIDRow
	err := p.DB.ReadTenant(ctx, scope.System(tenant), func(r *db.Reads) { db.Maybe(r, &e, privacydb.TenantExportByID, tenant, id) })
	if err != nil {
		return ReadyMail{}, fmt.Errorf("find the copy: %w", err)
	}
	if e == nil || !scope.Role(e.Role).May(scope.ExportOrganization) {
		return ReadyMail{}, jobs.ErrNothingToDo
	}
	user, err := users.ByID(ctx, p.DB.Direct(), e.UserID)
	if err != nil {
		return ReadyMail{}, err
	}
	return ReadyMail{
		To: user.Email, Name: user.Name, Organization: e.Name, URL: p.URL + "/orgs/" + e.Slug + "/settings/export", Until: e.ExpiresAt,
		Zone: scope.Person{Zone: user.Zone}.Location(),
	}, nil
}

// GiveUpOrganization marks the copy of an organization as failed; its owners are shown that, and try again.
func (p *Privacy) GiveUpOrganization(ctx context.Context, tenant, id uuid.UUID) error {
	return p.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		if _, err := privacydb.New().FailTenantExport(ctx, tx, privacydb.FailTenantExportParams{TenantID: tenant, ID: id}); err != nil {
			return fmt.Errorf("mark the copy as failed: %w", err)
		}
		return nil
	})
}

// purgeOrganizationExports removes the copies of organizations that have expired.
func (p *Privacy) purgeOrganizationExports(ctx context.Context) error {
	q := privacydb.New()
	var expired []privacydb.ExpiredTenantExportsRow
	err := p.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		if err = q.GiveUpStaleTenants(ctx, tx); err != nil {
			return err
		}
		expired, err = q.ExpiredTenantExports(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("list expired copies of organizations: %w", err)
	}
	for _, e := range expired {
		if err := p.Files.DeleteAll(ctx, folderIn(e.TenantID, e.ID)); err != nil { // the files go first, as with those of people
			return err
		}
		err := p.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
			return q.DropTenantExport(ctx, tx, privacydb.DropTenantExportParams(e))
		})
		if err != nil {
			return fmt.Errorf("drop an expired copy: %w", err)
		}
	}
	return nil
}
