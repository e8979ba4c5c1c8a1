package devpg

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// SQLSTATE codes of "it is there already", which is what was wanted.
const (
	duplicateObject   = "42710"
	duplicateDatabase = "42P04"
	uniqueViolation   = "23505" // two sessions creating the same at once
)

// Login makes the roles exist and sign in with the cluster's password, so that URL works for them. What else they
// may do is left as it is.
func (s *Server) Login(ctx context.Context, roles ...string) error {
	return s.asSuperuser(ctx, func(conn *pgx.Conn) error {
		for _, role := range roles {
			name := pgx.Identifier{role}.Sanitize()
			if err := execUnlessThere(ctx, conn, "create role "+name); err != nil {
				return fmt.Errorf("create role %s: %w", role, err)
			}
			// The password is base32 text of our own making, so it needs no quoting beyond the quotes.
			if _, err := conn.Exec(ctx, "alter role "+name+" login password '"+s.password+"'"); err != nil {
				return fmt.Errorf("let role %s sign in: %w", role, err)
			}
		}
		return nil
	})
}

// EnsureDatabase makes a database exist, owned by a role that exists.
func (s *Server) EnsureDatabase(ctx context.Context, name, owner string) error {
	return s.asSuperuser(ctx, func(conn *pgx.Conn) error {
		sql := "create database " + pgx.Identifier{name}.Sanitize() + " owner " + pgx.Identifier{owner}.Sanitize()
		if err := execUnlessThere(ctx, conn, sql); err != nil {
			return fmt.Errorf("create database %s: %w", name, err)
		}
		return nil
	})
}

func execUnlessThere(ctx context.Context, conn *pgx.Conn, sql string) error {
	_, err := conn.Exec(ctx, sql)
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case duplicateObject, duplicateDatabase, uniqueViolation:
			return nil
		}
	}
	return err
}

func (s *Server) asSuperuser(ctx context.Context, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres", Superuser))
	if err != nil {
		return fmt.Errorf("connect to the private Postgres: %w", err)
	}
	return errors.Join(do(conn), conn.Close(context.WithoutCancel(ctx)))
}
