package projects_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/limit"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/jobs"
)

// house is an organization with people of every role, and another one beside it.
type house struct {
	*projects.Projects
	t        *testing.T
	database *dbtest.Database
	tenants  *tenants.Tenants
	super    *pgx.Conn // sees all, for looking at rows

	owner, admin, member, guest, foreigner scope.Scope
}

func newHouse(t *testing.T) *house {
	t.Helper()
	d := dbtest.New(t)
	web := d.Web(t, db.Options{MaxConns: 12})
	log := slog.New(slog.DiscardHandler)
	queue, err := jobs.NewQueue(web.Pool(), log)
	if err != nil {
		t.Fatal(err)
	}
	plans, err := billing.LoadCatalogue("")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{
		Projects: &projects.Projects{DB: web, Queue: queue, Plans: plans, Log: log, Files: &files.Files{DB: web, Queue: queue, Plans: plans}}, t: t, database: d,
		tenants: &tenants.Tenants{DB: web, Queue: queue, Plans: plans, Limits: &limit.Limiter{DB: web, Now: time.Now}}, super: dbtest.Connect(t, d.Super),
	}
	h.owner = h.found("acme", h.account("Dana Whitfield"))
	h.admin = h.join("Mira Okafor", scope.Admin)
	h.member = h.join("Jun Park", scope.Member)
	h.guest = h.join("Lukas Brandt", scope.Guest)
	h.foreigner = h.found("other", h.account("Olga Else"))
	h.plan("business")
	return h
}

func (h *house) account(name string) scope.Person {
	h.t.Helper()
	p := scope.Person{ID: newID(), Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.com"}
	err := h.DB.InGlobal(h.ctx(), func(ctx context.Context, tx db.Tx) error {
		_, err := users.CreateTx(ctx, tx, users.New{ID: p.ID, Email: p.Email, Name: p.Name, PasswordHash: "none", TermsVersion: "1"})
		return err
	})
	h.no(err)
	return p
}

func (h *house) found(slug string, p scope.Person) scope.Scope {
	h.t.Helper()
	id := newID()
	_, err := h.tenants.Create(h.ctx(), p, tenants.NewForm{ID: id, Name: slug, Slug: slug})
	h.no(err)
	return scope.Scope{TenantID: id, Slug: slug, Name: slug, Person: p, Role: scope.Owner}
}

func (h *house) join(name string, role scope.Role) scope.Scope {
	h.t.Helper()
	s := h.owner
	s.Person, s.Role = h.account(name), role
	h.exec(`insert into memberships (tenant_id, id, user_id, role) values ($1, $2, $3, $4)`, s.TenantID, newID(), s.Person.ID, string(role))
	return s
}

// plan gives the organization another plan than Free.
func (h *house) plan(key string) {
	h.t.Helper()
	h.exec(`update plan_overrides set ended_at = now() where tenant_id = $1`, h.owner.TenantID)
	if key != "" {
		h.exec(`insert into plan_overrides (tenant_id, id, plan, reason, staff_id) values ($1, $2, $3, 'test', $4)`,
			h.owner.TenantID, newID(), key, h.owner.Person.ID)
	}
}

// project makes one for everybody, or for its members.
func (h *house) project(by scope.Scope, key string, v projects.Visibility) string {
	h.t.Helper()
	got, err := h.Create(h.ctx(), by, projects.NewProject{ID: newID(), Name: "Project " + key, Key: key, Visibility: string(v)})
	h.no(err)
	return got
}

func (h *house) ticket(by scope.Scope, key, title string) int {
	h.t.Helper()
	n, err := h.CreateTicket(h.ctx(), by, key, projects.NewTicket{ID: newID(), Title: title})
	h.no(err)
	return n
}

func (h *house) ctx() context.Context { return h.t.Context() }

func (h *house) no(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// is fails the test unless err is a fault of the kind.
func (h *house) is(err error, kind fault.Kind) {
	h.t.Helper()
	if !fault.Is(err, kind) {
		h.t.Fatalf("got %v, want a fault of kind %s", err, kind)
	}
}

// wrong fails the test unless err is about exactly this field.
func (h *house) wrong(err error, field string) {
	h.t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[field] == "" {
		h.t.Fatalf("got %v, want something about the field %s", err, field)
	}
}

func (h *house) exec(sql string, args ...any) {
	h.t.Helper()
	if _, err := h.super.Exec(context.Background(), sql, args...); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
}

// one reads a single value.
func (h *house) one(sql string, args ...any) string {
	h.t.Helper()
	var out string
	if err := h.super.QueryRow(context.Background(), "select ("+sql+")::text", args...).Scan(&out); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
	return out
}

// events are the actions kept for the organization after its founding, oldest first.
func (h *house) events() string {
	h.t.Helper()
	return h.one(`select coalesce(string_agg(action, ' ' order by at, id), '') from events
		where tenant_id = $1 and action <> 'organization.created'`, h.owner.TenantID)
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
