package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib" // goose speaks database/sql
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	files "plinth/sql"
)

// RiverSchema is where River's tables live, apart from ours.
const RiverSchema = "river"

// Migration is one file and whether the database has it.
type Migration struct {
	Version int64
	Name    string
	Applied bool
}

// Migrate brings the database to the newest version, ours and River's, as plinth_owner. Several may call it at once.
func Migrate(ctx context.Context, url string) error {
	if err := withProvider(url, func(p *goose.Provider) error {
		_, err := p.Up(ctx)
		return err
	}); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := migrateRiver(ctx, url); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	return nil
}

// MigrateDown undoes the newest of our migrations.
func MigrateDown(ctx context.Context, url string) error {
	return withProvider(url, func(p *goose.Provider) error {
		_, err := p.Down(ctx)
		return err
	})
}

// MigrationStatus lists our migrations in order.
func MigrationStatus(ctx context.Context, url string) ([]Migration, error) {
	var out []Migration
	err := withProvider(url, func(p *goose.Provider) error {
		all, err := p.Status(ctx)
		if err != nil {
			return err
		}
		for _, s := range all {
			out = append(out, Migration{Version: s.Source.Version, Name: s.Source.Path, Applied: s.State == goose.StateApplied})
		}
		return nil
	})
	return out, err
}

// Migrated says whether the database has every migration this binary was built with; readiness asks for it.
func (d *DB) Migrated(ctx context.Context) error {
	want, err := Newest()
	if err != nil {
		return err
	}
	var have int64
	if err := d.Direct().QueryRow(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&have); err != nil {
		return fmt.Errorf("read the migration version: %w", err)
	}
	if have < want {
		return fmt.Errorf("the database is at migration %d, this program needs %d: run plinth migrate", have, want)
	}
	return nil
}

// Newest is the number of the newest migration that this program brings along.
func Newest() (int64, error) {
	names, err := fs.Glob(files.Migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		return 0, errors.New("no migrations are embedded")
	}
	return goose.NumericComponent(names[len(names)-1])
}

func withProvider(url string, fn func(*goose.Provider) error) error {
	pool, err := sql.Open("pgx", url)
	if err != nil {
		return errors.New("the database URL cannot be read")
	}
	defer func() { _ = pool.Close() }()
	dir, err := fs.Sub(files.Migrations, "migrations")
	if err != nil {
		return fmt.Errorf("open the embedded migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("make the migration lock: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, pool, dir, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	return fn(p)
}

// What the roles may do with River's tables: web adds jobs and looks at them, the worker does all, the back-office
// retries, cancels, pauses and adds again what was done.
const riverGrants = `
comment on table goose_db_version is 'class: local';
grant select on goose_db_version to plinth_app, plinth_worker, plinth_admin;
grant usage on schema river to plinth_app, plinth_worker, plinth_admin;
grant select, insert, update, delete on all tables in schema river to plinth_worker;
grant usage on all sequences in schema river to plinth_worker, plinth_app, plinth_admin;
grant select, insert, update on river.river_job to plinth_app;
grant select on river.river_queue to plinth_app;
grant select, insert, update, delete on river.river_job to plinth_admin;
grant select, update on river.river_queue to plinth_admin;
grant select on river.river_leader to plinth_admin;
`

func migrateRiver(ctx context.Context, url string) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return errors.New("the database URL cannot be read")
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, `create schema if not exists `+RiverSchema); err != nil {
		return fmt.Errorf("make schema: %w", err)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: RiverSchema})
	if err != nil {
		return fmt.Errorf("open migrator: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("run migrations: %w", err)
	}
	return classRiver(ctx, pool)
}

// classRiver gives River's tables their class and the roles their grants.
func classRiver(ctx context.Context, pool *pgxpool.Pool) error {
	rows, err := pool.Query(ctx, `select tablename::text from pg_tables where schemaname = 'river'`)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	var all strings.Builder
	all.WriteString(riverGrants)
	for _, name := range names {
		fmt.Fprintf(&all, "comment on table river.%s is 'class: local';\n", pgx.Identifier{name}.Sanitize())
	}
	if _, err := pool.Exec(ctx, all.String()); err != nil {
		return fmt.Errorf("grant: %w", err)
	}
	return nil
}
