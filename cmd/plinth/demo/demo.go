// Package demo fills an empty database with an organization at work, through the product's own operations: what it
// shows could have been typed. Only the times of history entries are moved into the past, as the owner of the tables.
package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
)

// Password is that of every demo account.
const Password = "statue-needs-a-plinth"

// Login is a demo sign-in, as printed at start.
type Login struct{ Role, Email string }

// Logins are the sign-ins worth trying.
func Logins() []Login {
	return []Login{{"owner", owner}, {"member", "jun@acme.example"}, {"guest", "lukas@acme.example"}, {"staff", staff}}
}

const (
	owner = "dana@acme.example"
	staff = "sam@plinth.example"
)

// Seed is what the demo is made with.
type Seed struct {
	DB       *db.DB
	Auth     *auth.Auth
	Tenants  *tenants.Tenants
	Projects *projects.Projects
	Billing  *billing.Billing
	OwnerURL string // as plinth_owner, to date the history
}

// Fill makes the demo data, unless the database holds an account already. made says whether it did.
func (s Seed) Fill(ctx context.Context) (made bool, err error) {
	var people int
	if err := s.DB.Direct().QueryRow(ctx, `select count(*) from (select from users limit 1) u`).Scan(&people); err != nil {
		return false, fmt.Errorf("look for accounts: %w", err)
	}
	if people > 0 {
		return false, nil
	}
	for _, step := range []func(context.Context) error{s.acme, s.harbour, s.staff} {
		if err := step(ctx); err != nil {
			return false, fmt.Errorf("seed the demo: %w", err)
		}
	}
	return true, s.date(ctx)
}

// account makes an account with the demo password.
func (s Seed) account(ctx context.Context, name, email string) (scope.Person, error) {
	hash, err := s.Auth.Hasher.Hash(ctx, Password)
	if err != nil {
		return scope.Person{}, err
	}
	p := scope.Person{ID: uuid.Must(uuid.NewV7()), Name: name, Email: email, Zone: "Europe/Berlin"}
	err = s.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		_, err := users.CreateTx(ctx, tx, users.New{
			ID: p.ID, Email: email, Name: name, PasswordHash: hash, TermsVersion: auth.TermsVersion, Zone: p.Zone,
		})
		return err
	})
	return p, err
}

// found makes an organization and returns its owner's scope.
func (s Seed) found(ctx context.Context, p scope.Person, name, slug string) (scope.Scope, error) {
	id := uuid.Must(uuid.NewV7())
	if _, err := s.Tenants.Create(ctx, p, tenants.NewForm{ID: id, Name: name, Slug: slug}); err != nil {
		return scope.Scope{}, err
	}
	return scope.Scope{TenantID: id, Slug: slug, Name: name, Person: p, Role: scope.Owner}, nil
}

// join lets a person into an organization the way an invitation does, without its mail.
func (s Seed) join(ctx context.Context, by scope.Scope, p scope.Person, role scope.Role) (scope.Scope, error) {
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
	joined := by
	joined.Person, joined.Role = p, role
	return joined, err
}

// harbour is a second organization, on Free, for the switcher.
func (s Seed) harbour(ctx context.Context) error {
	p, err := users.ByEmail(ctx, s.DB.Direct(), owner)
	if err != nil {
		return err
	}
	h, err := s.found(ctx, scope.Person{ID: p.ID, Name: p.Name, Email: p.Email, Zone: p.Zone}, "Harbour Labs", "harbour-labs")
	if err != nil {
		return err
	}
	_, err = s.Projects.Create(ctx, h, projects.NewProject{ID: uuid.Must(uuid.NewV7()), Name: "Sensor buoy", Key: "BUOY"})
	return err
}

func (s Seed) staff(ctx context.Context) error {
	if _, err := s.account(ctx, "Sam Reyes", staff); err != nil {
		return err
	}
	return users.SetStaff(ctx, s.DB, staff, true)
}

// date moves the history's times to those of the tickets they speak of: events are dated by the database when they are
// written, and nobody but the owner of the table may change them.
func (s Seed) date(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.OwnerURL)
	if err != nil {
		return fmt.Errorf("connect as the owner: %w", db.Fault(err))
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, `
		update events e
		set at = case when e.action = 'ticket.created' then t.created_at else greatest(t.created_at, t.updated_at) end
		from tickets t
		where t.tenant_id = e.tenant_id and t.id = e.object_id;
		update events set at = at - interval '70 days' where object_kind <> 'ticket';
		update memberships set joined_at = joined_at - interval '70 days';`)
	if err != nil {
		return fmt.Errorf("date the history: %w", err)
	}
	return nil
}

// at is the clock of a moment so many hours ago.
func at(hours int) func() time.Time {
	moment := time.Now().Add(-time.Duration(hours) * time.Hour)
	return func() time.Time { return moment }
}
