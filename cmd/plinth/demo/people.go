package demo

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"plinth/internal/auth"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
)

type colleague struct {
	key, name string
	role      scope.Role
}

func (c colleague) email() string { return c.key + "@acme.example" }

// colleagues are the people of Acme besides its owner.
func colleagues() []colleague {
	return []colleague{
		{"mira", "Mira Okafor", scope.Admin}, {"tomas", "Tomás Rivas", scope.Member}, {"jun", "Jun Park", scope.Member},
		{"priya", "Priya Nair", scope.Member}, {"elif", "Elif Demir", scope.Member}, {"lukas", "Lukas Brandt", scope.Guest},
	}
}

// account makes an account with the demo password.
func (s Seed) account(ctx context.Context, name, email string) (scope.Person, error) {
	p := scope.Person{ID: personID(email), Name: name, Email: email, Zone: "Europe/Berlin"}
	if _, err := users.ByID(ctx, s.DB.Direct(), p.ID); err == nil || !fault.Is(err, fault.NotFound) {
		return p, err
	}
	hash, err := s.Auth.Hasher.Hash(ctx, Password)
	if err != nil {
		return p, err
	}
	err = s.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		made, err := users.CreateTx(ctx, tx, users.New{
			ID: p.ID, Email: email, Name: name, PasswordHash: hash, TermsVersion: auth.TermsVersion, Zone: p.Zone,
		})
		if err == nil && !made {
			err = fmt.Errorf("somebody else has an account with the address %s", email)
		}
		return err
	})
	return p, err
}

// found makes an organization and returns its owner's scope.
func (s Seed) found(ctx context.Context, p scope.Person, name, slug string) (scope.Scope, error) {
	id := tenantID(slug)
	founded := scope.Scope{TenantID: id, Slug: slug, Name: name, Person: p, Role: scope.Owner}
	if there, err := s.belongs(ctx, p, slug); err != nil || there {
		return founded, err
	}
	if _, err := s.Tenants.Create(ctx, p, tenants.NewForm{ID: id, Name: name, Slug: slug}); err != nil {
		return scope.Scope{}, fmt.Errorf("found %s: %w", name, err)
	}
	return founded, nil
}

func (s Seed) belongs(ctx context.Context, p scope.Person, slug string) (bool, error) {
	var there *tenants.Standing
	err := s.DB.Enter(ctx, p.ID, func(r *db.Reads) { tenants.QueueStanding(r, slug, p.ID, &there) })
	return there != nil, err
}

// join lets a person into an organization the way an invitation does, without its mail.
func (s Seed) join(ctx context.Context, by scope.Scope, p scope.Person, role scope.Role) (scope.Scope, error) {
	joined := by
	joined.Person, joined.Role = p, role
	if there, err := s.belongs(ctx, p, by.Slug); err != nil || there {
		return joined, err
	}
	err := s.DB.InPersonAndTenant(ctx, p.ID, by, func(ctx context.Context, tx db.Tx) error {
		id, err := s.Tenants.InviteTx(ctx, tx, by, p.Email, role)
		if err != nil {
			return err
		}
		inv, err := tenants.OpenInvitationTx(ctx, tx, by.TenantID, id)
		if err != nil {
			return err
		}
		return s.Tenants.AcceptTx(ctx, tx, p, inv)
	})
	return joined, err
}

// harbour is a second organization, on Free, for the switcher.
func (s Seed) harbour(ctx context.Context, _ *pgx.Conn) error {
	p, err := s.account(ctx, ownerName, owner)
	if err != nil {
		return err
	}
	h, err := s.found(ctx, p, "Harbour Labs", harbourSlug)
	if err != nil {
		return err
	}
	_, err = s.Projects.Create(ctx, h, projects.NewProject{ID: id("project BUOY", historyHours), Name: "Sensor buoy", Key: "BUOY"})
	return err
}

func (s Seed) staff(ctx context.Context, _ *pgx.Conn) error {
	p, err := s.account(ctx, "Sam Reyes", staff)
	if err != nil {
		return err
	}
	now, err := users.ByID(ctx, s.DB.Direct(), p.ID)
	if err != nil || now.Staff != "" {
		return err
	}
	if err := s.Auth.PlantTOTP(ctx, p.ID, SecondFactor); err != nil {
		return err
	}
	return users.SetStaff(ctx, s.DB, staff, scope.StaffFull)
}
