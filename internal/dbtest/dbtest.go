// Package dbtest gives each test a migrated Postgres database of its own, made as a clone of a template database in the
// private server that all test processes of a checkout share (.plinth/test-pg). Nothing has to be installed, started or
// cleaned.
package dbtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"plinth/internal/db"
	"plinth/internal/devpg"
)

// cleanup is how long dropping a test's database may take.
const cleanup = 30 * time.Second

// Database is a migrated database with the four roles, all of which may sign in.
type Database struct {
	Name   string
	Owner  string // URL as plinth_owner
	App    string // URL as plinth_app
	Worker string // URL as plinth_worker
	Admin  string // URL as plinth_admin
	Super  string // URL as superuser: for tests that plant faults, never for the product
}

// New gives a test a migrated, empty database of its own. When the test ends, the next one gets it, emptied; if more was
// changed than rows, it is dropped.
func New(t testing.TB) *Database {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("start the tests' Postgres: %v", err)
	}
	name, giveBack, err := s.lend(t.Context())
	if err != nil {
		t.Fatalf("borrow a database: %v", err)
	}
	t.Cleanup(func() {
		if err := giveBack(); err != nil {
			t.Errorf("give the test database back: %v", err)
		}
	})
	return s.database(name)
}

// Prepared is New with content: fill is run once per schema and key, on a database that then is the template of all
// clones of that key. For content that takes longer to make than a test should.
func Prepared(t testing.TB, key string, fill func(context.Context, *Database) error) *Database {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("start the tests' Postgres: %v", err)
	}
	return clone(t, s, func(ctx context.Context, s *server) (string, error) { return s.prepared(ctx, key, fill) })
}

// Web opens the database as the web process does: plinth_app, and plinth_admin for the back-office. Options of the
// pool may be given. It is closed when the test ends.
func (d *Database) Web(t testing.TB, o ...db.Options) *db.DB {
	t.Helper()
	return openAs(t, d.App, d.Admin, o)
}

// AsWorker opens the database as the worker process does: plinth_worker, and plinth_admin for purges.
func (d *Database) AsWorker(t testing.TB, o ...db.Options) *db.DB {
	t.Helper()
	return openAs(t, d.Worker, d.Admin, o)
}

func openAs(t testing.TB, url, admin string, o []db.Options) *db.DB {
	t.Helper()
	options := db.Options{MaxConns: 8}
	if len(o) > 0 {
		options = o[0]
	}
	d, err := db.Open(t.Context(), url, admin, options)
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	t.Cleanup(d.Close)
	return d
}

// Connect opens one connection with a URL of the database; it is closed when the test ends.
func Connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connect to the test database: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// At runs single statements with a URL of the database. A test that asks for it again gets the same few connections: to begin
// a session costs the server as much as twenty statements.
func At(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	open.Lock()
	defer open.Unlock()
	if pool := open.pools[url]; pool != nil {
		return pool
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatalf("read the URL of the test database: %v", err)
	}
	config.MaxConns = 4
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatalf("connect to the test database: %v", err)
	}
	open.pools[url] = pool
	t.Cleanup(func() {
		open.Lock()
		delete(open.pools, url)
		open.Unlock()
		pool.Close() // which waits for rows that are read
	})
	return pool
}

// open has what At has opened, by URL. A URL names a database that one test has.
var open = struct {
	sync.Mutex
	pools map[string]*pgxpool.Pool
}{pools: map[string]*pgxpool.Pool{}}

// OnDisk is New on a server that answers a commit when it is on the disk, as in production: for what is measured.
func OnDisk(t testing.TB) *Database {
	t.Helper()
	s, err := start("disk-pg", devpg.Durable)
	if err != nil {
		t.Fatalf("start a Postgres that writes to disk: %v", err)
	}
	d := clone(t, s, func(ctx context.Context, s *server) (string, error) { return s.template(ctx) })
	if err := s.exec(t.Context(), "alter database "+quote(d.Name)+" set synchronous_commit = on"); err != nil {
		t.Fatalf("have commits on the disk: %v", err)
	}
	return d
}

func clone(t testing.TB, s *server, from func(context.Context, *server) (string, error)) *Database {
	t.Helper()
	ctx := t.Context()
	template, err := from(ctx, s)
	if err != nil {
		t.Fatalf("make the template database: %v", err)
	}
	name := testPrefix + strings.ToLower(rand.Text())
	if err := s.exec(ctx, createFrom(name, template)); err != nil {
		t.Fatalf("clone the template database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), cleanup)
		defer cancel()
		if err := s.exec(ctx, "drop database if exists "+quote(name)+" with (force)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return s.database(name)
}

// createFrom copies files, which with fsync off is twice as fast as copying through the log. It takes 50 ms where the
// disk has nothing else to do, and half a second where it has.
func createFrom(name, template string) string {
	return fmt.Sprintf("create database %s template %s owner %s strategy file_copy", quote(name), quote(template), db.RoleOwner)
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
