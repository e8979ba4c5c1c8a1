package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"plinth/internal/db"
	"plinth/internal/devpg"
)

// Names of databases by what may become of them: test databases are swept when the server starts, templates when they
// are of another schema.
const (
	testPrefix     = "test_"
	templatePrefix = "template_"
)

// linger is how long the server outlives the last test process. It bridges the time in which `go test` compiles.
const linger = time.Minute

// templateLock is the advisory lock under which templates are made, in database postgres.
const templateLock = 7_311_900

// shared is the one server of this process: each test joining by itself would cost a lock, a proof and a process.
var shared = sync.OnceValues(begin)

type server struct {
	pg     *devpg.Server
	schema string // hash of all that makes the schema
}

func begin() (*server, error) { return start("test-pg", devpg.Throwaway) }

func start(folder string, durability devpg.Durability) (*server, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	schema, err := schemaHash(root)
	if err != nil {
		return nil, fmt.Errorf("hash the schema: %w", err)
	}
	pg, err := devpg.Start(context.Background(), devpg.Options{
		Dir:        filepath.Join(root, ".plinth", folder),
		Durability: durability,
		Linger:     linger,
		Logger:     slog.New(slog.NewTextHandler(os.Stderr, nil)),
		OnStart: func(ctx context.Context, pg *devpg.Server) error {
			return (&server{pg: pg, schema: schema}).sweep(ctx)
		},
	})
	if err != nil {
		return nil, err
	}
	return &server{pg: pg, schema: schema}, nil
}

// moduleRoot is the folder of go.mod above the working directory, which go test sets to the package's folder.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = parent
	}
}

// schemaHash covers the migrations, the code that runs them, the pinned modules, of which River brings its own
// migrations, and what says how a template is. Hashing too much only costs making a template again.
func schemaHash(root string) (string, error) {
	sum := sha256.New()
	for _, pattern := range []string{"go.mod", "sql/migrations/*.sql", "internal/db/*.go", "internal/dbtest/*.sql"} {
		paths, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			return "", err
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(sum, "%s %d\n", filepath.Base(path), len(raw))
			sum.Write(raw)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// sweep drops what earlier runs left: clones of killed tests, half-made templates, and templates of another schema.
func (s *server) sweep(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.pg.URL("postgres", devpg.Superuser))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, `select datname::text from pg_database
		where starts_with(datname, $1) or (starts_with(datname, $2) and not (datistemplate and starts_with(datname, $3)))`,
		testPrefix, templatePrefix, templatePrefix+s.schema)
	if err != nil {
		return fmt.Errorf("list databases: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list databases: %w", err)
	}
	for _, name := range names {
		if err := drop(ctx, conn, name); err != nil {
			return err
		}
	}
	return nil
}

// drop deletes a database, a template too.
func drop(ctx context.Context, conn *pgx.Conn, name string) error {
	for _, sql := range []string{
		"alter database " + quote(name) + " is_template false",
		"drop database " + quote(name) + " with (force)",
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("drop database %s: %w", name, err)
		}
	}
	return nil
}

// template is the migrated, empty template database of this schema, made when it is missing.
func (s *server) template(ctx context.Context) (string, error) {
	name := templatePrefix + s.schema
	return name, s.ensure(ctx, name, func(conn *pgx.Conn) error {
		if err := db.EnsureRoles(ctx, conn, func(string) string { return s.pg.Password() }); err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, "create database "+quote(name)+" owner "+db.RoleOwner); err != nil {
			return fmt.Errorf("create the database: %w", err)
		}
		if err := db.Migrate(ctx, s.pg.URL(name, db.RoleOwner)); err != nil {
			return err
		}
		return s.noteState(ctx, conn, name)
	})
}

func (s *server) prepared(ctx context.Context, key string, fill func(context.Context, *Database) error) (string, error) {
	base, err := s.template(ctx)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(key))
	name := base + "_" + hex.EncodeToString(sum[:6])
	return name, s.ensure(ctx, name, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, createFrom(name, base)); err != nil {
			return fmt.Errorf("create the database: %w", err)
		}
		return fill(ctx, s.database(name))
	})
}

// ensure makes a template once, whichever process comes first. A half-made one is dropped: only a finished one is
// marked as a template.
func (s *server) ensure(ctx context.Context, name string, build func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, s.pg.URL("postgres", devpg.Superuser))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, finished, err := look(ctx, conn, name); err != nil || finished {
		return err
	}
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", templateLock); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	there, finished, err := look(ctx, conn, name)
	if err != nil || finished {
		return err
	}
	if there {
		if err := drop(ctx, conn, name); err != nil {
			return err
		}
	}
	if err := build(conn); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "alter database "+quote(name)+" is_template true"); err != nil {
		return fmt.Errorf("mark the template: %w", err)
	}
	return nil
}

func look(ctx context.Context, conn *pgx.Conn, name string) (there, finished bool, err error) {
	err = conn.QueryRow(ctx, "select datistemplate from pg_database where datname = $1", name).Scan(&finished)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, false, nil
	}
	return err == nil, finished, err
}

func (s *server) exec(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, s.pg.URL("postgres", devpg.Superuser))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}

func (s *server) database(name string) *Database {
	return &Database{
		Name:   name,
		Owner:  s.pg.URL(name, db.RoleOwner),
		App:    s.pg.URL(name, db.RoleApp),
		Worker: s.pg.URL(name, db.RoleWorker),
		Admin:  s.pg.URL(name, db.RoleAdmin),
		Super:  s.pg.URL(name, devpg.Superuser),
	}
}
