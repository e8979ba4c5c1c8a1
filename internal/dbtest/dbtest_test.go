package dbtest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"plinth/internal/db"
	"plinth/internal/dbtest"
)

func one(t *testing.T, url, sql string) string {
	t.Helper()
	var out string
	if err := dbtest.Connect(t, url).QueryRow(t.Context(), sql).Scan(&out); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

func TestNewIsMigratedAndOpenToItsRoles(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for want, url := range map[string]string{
		db.RoleOwner: d.Owner, db.RoleApp: d.App, db.RoleWorker: d.Worker, db.RoleAdmin: d.Admin,
	} {
		if got := one(t, url, "select current_user::text"); got != want {
			t.Errorf("the URL of %s signs in as %s", want, got)
		}
	}
	if got := one(t, d.App, "select count(*)::text from tenants"); got != "0" {
		t.Errorf("tenants in a new database: %s", got)
	}
	web := d.Web(t)
	if err := web.Check(t.Context(), db.RoleApp); err != nil {
		t.Errorf("the web pool: %v", err)
	}
	if err := web.Migrated(t.Context()); err != nil {
		t.Error(err)
	}
	if err := d.AsWorker(t).Check(t.Context(), db.RoleWorker); err != nil {
		t.Errorf("the worker pool: %v", err)
	}
}

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	a, b := dbtest.New(t), dbtest.New(t)
	if _, err := dbtest.Connect(t, a.Owner).Exec(t.Context(), "create table mark (n int)"); err != nil {
		t.Fatal(err)
	}
	if got := one(t, b.Owner, "select coalesce(to_regclass('mark')::text, 'none')"); got != "none" {
		t.Error("a table of one test is seen in another")
	}
}

func TestCloneIsDroppedAtTheEnd(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("inner", func(t *testing.T) {
		d := dbtest.Prepared(t, "dbtest dropped", func(context.Context, *dbtest.Database) error { return nil })
		name = d.Name
		d.Web(t)
	})
	keeper := dbtest.New(t)
	if got := one(t, keeper.Super, "select count(*)::text from pg_database where datname = '"+name+"'"); got != "0" {
		t.Error("the clone outlives its test")
	}
}

func TestPreparedFillsOnce(t *testing.T) {
	t.Parallel()
	var fills atomic.Int32
	key := "dbtest " + time.Now().String()
	super := dbtest.New(t).Super
	t.Cleanup(func() { dropPrepared(t, super, key) })
	fill := func(ctx context.Context, d *dbtest.Database) error {
		fills.Add(1)
		conn, err := pgx.Connect(ctx, d.Owner)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, "create table filled as select 42 as n")
		return err
	}
	for range 2 {
		d := dbtest.Prepared(t, key, fill)
		if got := one(t, d.Owner, "select n::text from filled"); got != "42" {
			t.Errorf("content %s", got)
		}
	}
	if fills.Load() != 1 {
		t.Errorf("filled %d times", fills.Load())
	}
}

// dropPrepared deletes the template of a key that no later run will ask for.
func dropPrepared(t *testing.T, super, key string) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, super)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close(ctx)
	sum := sha256.Sum256([]byte(key))
	var name string
	pattern := "template_%_" + hex.EncodeToString(sum[:6])
	if err := conn.QueryRow(ctx, "select datname::text from pg_database where datname like $1", pattern).Scan(&name); err != nil {
		t.Error(err)
		return
	}
	for _, sql := range []string{"alter database " + name + " is_template false", "drop database " + name} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Error(err)
		}
	}
}

// BenchmarkNew is the price of a database: making and dropping it.
func BenchmarkNew(b *testing.B) {
	dbtest.New(b)
	for b.Loop() {
		b.Run("", func(b *testing.B) { dbtest.New(b) })
	}
}
