package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"plinth/internal/db"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" default:"1" help:"Apply what is missing (the default)."`
	Down   migrateDown   `cmd:"" help:"Undo the newest migration."`
	Status migrateStatus `cmd:"" help:"List the migrations."`
	New    migrateNew    `cmd:"" help:"Write an empty migration file."`
}

func migrateURL() (string, error) {
	if url := os.Getenv("DATABASE_MIGRATE_URL"); url != "" {
		return url, nil
	}
	return "", fmt.Errorf("DATABASE_MIGRATE_URL is missing: postgres://plinth_owner:…@host/plinth")
}

type migrateUp struct{}

// Run makes the roles where it may, then applies what is missing.
func (migrateUp) Run(ctx context.Context) error {
	url, err := migrateURL()
	if err != nil {
		return err
	}
	if err := ensureRoles(ctx, url); err != nil {
		return err
	}
	if err := db.Migrate(ctx, url); err != nil {
		return err
	}
	fmt.Println("The database is up to date.")
	return nil
}

// ensureRoles makes the missing roles, or says what an administrator has to type.
func ensureRoles(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect for migrations: %w", db.Fault(err))
	}
	defer func() { _ = conn.Close(ctx) }()
	missing, err := db.MissingRoles(ctx, conn)
	if err != nil || len(missing) == 0 {
		return err
	}
	if err := db.EnsureRoles(ctx, conn, func(string) string { return "" }); err != nil {
		return fmt.Errorf("the roles %s are missing and cannot be made with this connection. Let an administrator type:\n\n%s\n\nand give each a password",
			strings.Join(missing, ", "), strings.Join(db.RoleSQL(), "\n"))
	}
	fmt.Printf("Made the roles %s. Give each a password:  alter role … password '…'\n", strings.Join(missing, ", "))
	return nil
}

type migrateDown struct{}

// Run undoes the newest migration.
func (migrateDown) Run(ctx context.Context) error {
	url, err := migrateURL()
	if err != nil {
		return err
	}
	return db.MigrateDown(ctx, url)
}

type migrateStatus struct{}

// Run lists the migrations.
func (migrateStatus) Run(ctx context.Context) error {
	url, err := migrateURL()
	if err != nil {
		return err
	}
	all, err := db.MigrationStatus(ctx, url)
	if err != nil {
		return err
	}
	for _, m := range all {
		state := "missing"
		if m.Applied {
			state = "applied"
		}
		fmt.Printf("%-8s %s\n", state, m.Name)
	}
	return nil
}

type migrateNew struct {
	Name string `arg:"" help:"What it does, as add_labels."`
}

var numbered = regexp.MustCompile(`^(\d{5})_`)

// Run writes the next file in sql/migrations.
func (n migrateNew) Run() error {
	if !regexp.MustCompile(`^[a-z0-9_]+$`).MatchString(n.Name) {
		return fmt.Errorf("%q: say what it does in small letters, digits and _", n.Name)
	}
	dir := filepath.Join("sql", "migrations")
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read %s (run this in the project's folder): %w", dir, err)
	}
	next := 1
	for _, f := range files {
		if m := numbered.FindStringSubmatch(f.Name()); m != nil {
			var number int
			if _, err := fmt.Sscanf(m[1], "%d", &number); err == nil {
				next = max(next, number+1)
			}
		}
	}
	path := filepath.Join(dir, fmt.Sprintf("%05d_%s.sql", next, n.Name))
	text := "-- Say why.\n\n-- +goose Up\n\n-- +goose Down\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write the migration: %w", err)
	}
	fmt.Println(path)
	return nil
}
