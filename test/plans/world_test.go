// Package plans looks at how Postgres answers the pages: as the role of the web process, under row security, with many
// organizations in the tables.
package plans

import (
	"context"
	"crypto/md5"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

//go:embed testdata/others.sql
var othersSQL string

//go:embed testdata/ours.sql
var oursSQL string

// world is an organization with thousands of tickets, Acme, in a database with many others.
type world struct {
	site   *webtest.Site
	acme   scope.Scope
	super  *pgx.Conn            // fills, and plants faults
	conns  map[string]*pgx.Conn // ask for plans, by role
	asked  *asked
	tables map[string]string // whose rows, by table: an organization's, or everybody's (the classes tenant and global)

	indexes map[string][]string // the columns and expressions of each index, of tables alone
}

// newWorld makes Acme beside so many other organizations, which are made once for a schema.
func newWorld(t *testing.T, organizations int) *world {
	t.Helper()
	others := strings.NewReplacer(":from", "1", ":to", fmt.Sprint(organizations)).Replace(othersSQL)
	d := dbtest.Prepared(t, "plans "+others, func(ctx context.Context, d *dbtest.Database) error {
		conn, err := pgx.Connect(ctx, d.Super)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close(ctx) }()
		_, err = conn.Exec(ctx, others)
		return err
	})
	w := &world{super: dbtest.Connect(t, d.Super), asked: &asked{}, conns: map[string]*pgx.Conn{
		db.RoleApp: dbtest.Connect(t, d.App), db.RoleAdmin: dbtest.Connect(t, d.Admin),
	}}
	options := db.Options{MaxConns: 4, Configure: func(c *pgxpool.Config) { c.ConnConfig.Tracer = w.asked }}
	w.site = webtest.On(t, d, []db.Options{options})
	w.people(t)
	quoted := func(id uuid.UUID) string { return "'" + id.String() + "'::uuid" }
	w.run(t, strings.NewReplacer(":tenant", quoted(w.acme.TenantID), ":owner", quoted(w.acme.Person.ID)).Replace(oursSQL))
	// All rows are looked at, and not some by chance: a plan that is nearly as dear as another is else taken now and then.
	w.run(t, "set default_statistics_target = 2000")
	w.run(t, "vacuum analyze")
	w.readTables(t)
	return w
}

// people are those who look at pages: the owner of Acme, a guest there, the owner of a small organization, and staff.
func (w *world) people(t *testing.T) {
	t.Helper()
	account := func(key string) scope.Person { return w.site.Account(t, key, key+"@example.org") }
	w.acme = w.site.Org(t, account(dana), "acme", "Acme")
	w.site.Join(t, w.acme, account(lukas), scope.Guest)
	w.site.Join(t, scope.Scope{TenantID: uuid.UUID(md5.Sum([]byte("tenant 1"))), Slug: "tenant-1"}, account(olga), scope.Owner)
	w.site.Staff(t, sam, sam+"@example.org")
}

// signIn opens a browser for one of them.
func (w *world) signIn(t *testing.T, who string) *webtest.Browser {
	t.Helper()
	if who == sam {
		return w.site.SignInTwice(t, sam+"@example.org")
	}
	return w.site.SignIn(t, who+"@example.org")
}

// Who looks at pages.
const (
	dana  = "dana"
	lukas = "lukas"
	olga  = "olga"
	sam   = "sam"
)

func (w *world) run(t *testing.T, sql string) {
	t.Helper()
	if _, err := w.super.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}

// value reads one text as superuser.
func (w *world) value(t *testing.T, sql string) string {
	t.Helper()
	var out string
	if err := w.super.QueryRow(context.Background(), sql).Scan(&out); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

func (w *world) readTables(t *testing.T) {
	t.Helper()
	rows, err := w.super.Query(context.Background(), `
		select relname::text, split_part(obj_description(oid, 'pg_class'), ': ', 2)
		from pg_class
		where relkind = 'r' and reltuples > 1000 and obj_description(oid, 'pg_class') in ('class: tenant', 'class: global')`)
	if err != nil {
		t.Fatal(err)
	}
	w.tables = map[string]string{}
	var table, class string
	if _, err := pgx.ForEachRow(rows, []any{&table, &class}, func() error {
		w.tables[table] = class
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	rows, err = w.super.Query(context.Background(), `
		select c.relname::text, array_agg(pg_get_indexdef(i.indexrelid, k, true) order by k)
		from pg_index i
		join pg_class c on c.oid = i.indexrelid
		cross join generate_series(1, i.indnkeyatts) k
		where i.indrelid::regclass::text = any($1)
		group by c.relname`, slices.Collect(maps.Keys(w.tables)))
	if err != nil {
		t.Fatal(err)
	}
	w.indexes = map[string][]string{}
	var columns []string
	if _, err := pgx.ForEachRow(rows, []any{&table, &columns}, func() error {
		w.indexes[table] = columns
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tickets", "comments", "attachments", "events", "memberships"} {
		if w.tables[name] != "tenant" {
			t.Fatalf("%s is not among the tables looked at: %v", name, w.tables)
		}
	}
}

// statement is one that the product sent.
type statement struct {
	sql  string
	args []any
}

// batch is what went to Postgres in one round trip, by the role that asked.
type batch struct {
	role       string
	statements []statement
}

// asked hears what is sent.
type asked struct {
	mu  sync.Mutex
	all []batch
}

func (a *asked) add(conn *pgx.Conn, statements ...statement) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, batch{conn.Config().User, statements})
}

// take returns what was sent since it was called last.
func (a *asked) take() []batch {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := a.all
	a.all = nil
	return out
}

func (a *asked) TraceQueryStart(ctx context.Context, conn *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	a.add(conn, statement{d.SQL, d.Args})
	return ctx
}
func (a *asked) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (a *asked) TraceBatchStart(ctx context.Context, conn *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	var all []statement
	for _, q := range d.Batch.QueuedQueries {
		all = append(all, statement{q.SQL, q.Arguments})
	}
	a.add(conn, all...)
	return ctx
}
func (a *asked) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (a *asked) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}
