package tenants

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/picture"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
	"plinth/internal/users"
	"plinth/jobs"
)

// What is noted of a logo among the events of the organization.
const (
	LogoChanged = "organization.logo_changed"
	LogoRemoved = "organization.logo_removed"
)

// SetLogo makes the image the organization's logo, and returns the picture's name. Faults are about the field of the
// form; the same form sent twice sets it once.
func (t *Tenants) SetLogo(ctx context.Context, s scope.Scope, f users.PictureForm) (string, error) {
	if err := t.Limits.Take(ctx, users.PictureLimit(s.Person.ID)); err != nil {
		return "", err
	}
	folder := picture.LogoFolder(s.TenantID)
	made, err := t.Pictures.Make(ctx, folder, f.ID, f.Data)
	if err != nil {
		return "", err
	}
	if err := t.Pictures.Keep(ctx, folder, made); err != nil {
		return "", err
	}
	return made.Name, t.putLogo(ctx, s, made.Name, LogoChanged)
}

// RemoveLogo takes the organization's logo away.
func (t *Tenants) RemoveLogo(ctx context.Context, s scope.Scope) error {
	return t.putLogo(ctx, s, "", LogoRemoved)
}

func (t *Tenants) putLogo(ctx context.Context, s scope.Scope, name, action string) error {
	q := tenantsdb.New()
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		before, err := q.LockLogo(ctx, tx, s.TenantID)
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("read the logo in force: %w", err)
		}
		if before.Logo == name {
			return nil // the form was sent twice
		}
		if err := q.SetLogo(ctx, tx, tenantsdb.SetLogoParams{ID: s.TenantID, Logo: name}); err != nil {
			return fmt.Errorf("set the logo: %w", err)
		}
		err = events.AppendTx(ctx, tx, s, events.Event{Action: action, ObjectKind: "organization", ObjectID: s.TenantID, ObjectName: before.Name})
		if err != nil {
			return err
		}
		return t.Queue.EnqueueTx(ctx, tx, jobs.TidyLogos{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Dropped: before.Logo})
	})
}

// Logo opens a file of the organization's logo, of which the guard has read the name. NotFound when it is not of the
// logo in force.
func (t *Tenants) Logo(ctx context.Context, s scope.Scope, file string) (users.PictureFile, error) {
	return t.Pictures.Open(ctx, picture.LogoFolder(s.TenantID), s.Logo, file)
}

// MemberPicture opens a file of the picture of somebody who belongs to the organization. NotFound when nobody here is
// called that, or the file is not of the picture in force.
func (t *Tenants) MemberPicture(ctx context.Context, s scope.Scope, userID uuid.UUID, file string) (users.PictureFile, error) {
	var name string
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Value(r, &name, tenantsdb.PictureOfMember, s.TenantID, userID) })
	if err != nil {
		return users.PictureFile{}, err
	}
	return t.Pictures.Open(ctx, picture.PersonFolder(userID), name, file)
}

// LogoKey is where the largest file of an organization's logo lies, for its copy; "" when there is none.
func LogoKey(ctx context.Context, q tenantsdb.DBTX, tenant uuid.UUID) (string, error) {
	name, err := logoOf(ctx, q, tenant)
	if err != nil || name == "" {
		return "", err
	}
	return picture.LogoFolder(tenant) + picture.File(name, picture.Large), nil
}

// TidyLogo deletes the files of a logo that was dropped; a job calls it. Of an organization that is gone nothing stays.
func (t *Tenants) TidyLogo(ctx context.Context, tenant uuid.UUID, dropped string) error {
	current, err := logoOf(ctx, t.DB.Direct(), tenant)
	if err != nil {
		return err
	}
	return t.Pictures.Tidy(ctx, picture.LogoFolder(tenant), current, dropped)
}

// logoOf is the name of the logo in force; "" when there is none, nor an organization.
func logoOf(ctx context.Context, q tenantsdb.DBTX, tenant uuid.UUID) (string, error) {
	name, err := tenantsdb.New().LogoOf(ctx, q, tenant)
	if err != nil && !db.None(err) {
		return "", fmt.Errorf("read the logo in force: %w", err)
	}
	return name, nil
}
