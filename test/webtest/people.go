package webtest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/internal/session"
	"plinth/internal/tenants"
	"plinth/internal/users"
)

// Person makes an account and returns a browser that is signed in with it.
func (s *Site) Person(t testing.TB, name, email string) *Browser {
	t.Helper()
	s.Account(t, name, email)
	b := s.Browser(t)
	b.Get("/signin?next=/account").Submit("/signin", "email", email, "password", Password).Want(200).At("/account")
	return b
}

// Account makes an account with Password, without the mails.
func (s *Site) Account(t testing.TB, name, email string) scope.Person {
	t.Helper()
	ctx := context.Background()
	hash, err := s.App.Auth.Hasher.Hash(ctx, Password)
	if err != nil {
		t.Fatal(err)
	}
	p := scope.Person{ID: uuid.Must(uuid.NewV7()), Name: name, Email: email}
	err = s.App.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		_, err := users.CreateTx(ctx, tx, users.New{ID: p.ID, Email: email, Name: name, PasswordHash: hash, TermsVersion: auth.TermsVersion})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Org founds an organization with the person as owner and returns the owner's scope in it.
func (s *Site) Org(t testing.TB, owner scope.Person, slug, name string) scope.Scope {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	if _, err := s.App.Tenants.Create(context.Background(), owner, tenants.NewForm{ID: id, Name: name, Slug: slug}); err != nil {
		t.Fatal(err)
	}
	return scope.Scope{TenantID: id, Slug: slug, Name: name, Person: owner, Role: scope.Owner, Limits: s.App.Plans.Free().Scope()}
}

// Give puts the owner's organization on a plan as staff do, without a payment, and returns the owner's scope on it. The
// empty plan takes it back.
func (s *Site) Give(t testing.TB, owner scope.Scope, plan string) scope.Scope {
	t.Helper()
	conn := dbtest.At(t, s.Database.Super)
	if _, err := conn.Exec(context.Background(), `update plan_overrides set ended_at = now() where tenant_id = $1 and ended_at is null`, owner.TenantID); err != nil {
		t.Fatal(err)
	}
	given, ok := s.App.Plans.Plan(plan)
	if !ok {
		owner.Limits = s.App.Plans.Free().Scope()
		return owner
	}
	_, err := conn.Exec(context.Background(), `insert into plan_overrides (tenant_id, id, plan, reason, staff_id) values ($1, $2, $3, 'a test', $4)`,
		owner.TenantID, uuid.Must(uuid.NewV7()), plan, owner.Person.ID)
	if err != nil {
		t.Fatal(err)
	}
	owner.Limits = given.Scope()
	return owner
}

// Join makes a person a member of the owner's organization, past the plan's limits, and returns their scope.
func (s *Site) Join(t testing.TB, owner scope.Scope, p scope.Person, role scope.Role) scope.Scope {
	t.Helper()
	conn := dbtest.Connect(t, s.Database.Owner)
	_, err := conn.Exec(context.Background(), `insert into memberships (tenant_id, id, user_id, role) values ($1, $2, $3, $4)`,
		owner.TenantID, uuid.Must(uuid.NewV7()), p.ID, string(role))
	if err != nil {
		t.Fatal(err)
	}
	joined := owner
	joined.Person, joined.Role = p, role
	return joined
}

// SignIn opens a browser and signs in.
func (s *Site) SignIn(t testing.TB, email string) *Browser {
	t.Helper()
	b := s.Browser(t)
	b.Get("/signin?next=/account").Submit("/signin", "email", email, "password", Password).Want(200).At("/account")
	return b
}

// Recognized returns a browser with a session of the person, as if they had signed in long ago: no mail, no event, no
// password asked.
func (s *Site) Recognized(t testing.TB, person uuid.UUID) *Browser {
	t.Helper()
	id := session.Identity{SessionID: uuid.Must(uuid.NewV7()), UserID: person}
	_, err := s.App.DB.Direct().Exec(t.Context(), `
		insert into sessions (id, user_id, user_agent, address, expires_at, methods, strong) values ($1, $2, '', '', now() + interval '1 day', '{password}', false)`,
		id.SessionID, person)
	if err != nil {
		t.Fatal(err)
	}
	b := s.Browser(t)
	r, err := s.Shell.Base.Sessions.Load(b.NewRequest(http.MethodGet, "/", "", nil))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := s.Shell.Base.Sessions.SignIn(w, r, id); err != nil {
		t.Fatal(err)
	}
	b.keep(w.Result())
	return b
}
