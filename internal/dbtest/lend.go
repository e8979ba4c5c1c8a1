package dbtest

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"plinth/internal/devpg"
)

// A database that a test has done with is lent to the next one, emptied: to clone one anew is to write some 800 files,
// which takes longer than most tests do. The session that borrows holds an advisory lock of the database's name, so
// that what a killed test has borrowed is free again.

// lentPrefix begins the names of databases that are lent.
const lentPrefix = testPrefix + "lent_"

//go:embed state.sql
var stateSQL string

//go:embed empty.sql
var emptySQL string

// lend borrows a database that is as the template is, until giveBack is called.
func (s *server) lend(ctx context.Context) (name string, giveBack func() error, err error) {
	template, err := s.template(ctx)
	if err != nil {
		return "", nil, err
	}
	conn, err := pgx.Connect(ctx, s.pg.URL("postgres", devpg.Superuser))
	if err != nil {
		return "", nil, fmt.Errorf("connect: %w", err)
	}
	giveBack = func() error { return conn.Close(context.WithoutCancel(ctx)) }
	for {
		name, err := borrow(ctx, conn)
		if err != nil {
			return "", nil, errors.Join(err, giveBack())
		}
		if name == "" {
			break
		}
		same, err := s.empty(ctx, name, template)
		if err != nil {
			return "", nil, errors.Join(err, giveBack())
		}
		if same {
			return name, giveBack, nil
		}
		if err := drop(ctx, conn, name); err != nil { // the test before has changed more than rows
			return "", nil, errors.Join(err, giveBack())
		}
	}
	name = lentPrefix + strings.ToLower(rand.Text())
	if _, err := conn.Exec(ctx, "select pg_advisory_lock(hashtextextended($1, 0))", name); err != nil {
		return "", nil, errors.Join(fmt.Errorf("lock: %w", err), giveBack())
	}
	if _, err := conn.Exec(ctx, createFrom(name, template)); err != nil {
		return "", nil, errors.Join(fmt.Errorf("clone the template: %w", err), giveBack())
	}
	return name, giveBack, nil
}

// borrow locks a database that nobody has borrowed; the name is empty when there is none.
func borrow(ctx context.Context, conn *pgx.Conn) (string, error) {
	rows, err := conn.Query(ctx, `select datname::text from pg_database where starts_with(datname, $1)`, lentPrefix)
	if err != nil {
		return "", fmt.Errorf("list databases: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", fmt.Errorf("list databases: %w", err)
	}
	for _, name := range names {
		// Once locked it is looked for again: who had it may have dropped it.
		var free bool
		err := conn.QueryRow(ctx, `select pg_try_advisory_lock(hashtextextended($1, 0))`, name).Scan(&free)
		if err != nil {
			return "", fmt.Errorf("lock: %w", err)
		}
		if !free {
			continue
		}
		there, _, err := look(ctx, conn, name)
		if err != nil {
			return "", err
		}
		if there {
			return name, nil
		}
	}
	return "", nil
}

// empty makes a database as its template is; false when it cannot be, as another schema or other rows of the template's
// were left in it.
func (s *server) empty(ctx context.Context, name, template string) (bool, error) {
	conn, err := pgx.Connect(ctx, s.pg.URL(name, devpg.Superuser))
	if err != nil {
		return false, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, emptySQL); err != nil {
		return false, fmt.Errorf("empty %s: %w", name, err)
	}
	if err := vacuum(ctx, conn); err != nil {
		return false, err
	}
	is, was := "", ""
	if err := conn.QueryRow(ctx, stateSQL).Scan(&is); err != nil {
		return false, fmt.Errorf("read the state of %s: %w", name, err)
	}
	err = conn.QueryRow(ctx, `select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where datname = $1`, template).Scan(&was)
	if err != nil {
		return false, fmt.Errorf("read the state of the template: %w", err)
	}
	return is == was, nil
}

// noteState keeps the state of a template in the comment of its database, which clones do not inherit.
func (s *server) noteState(ctx context.Context, conn *pgx.Conn, template string) error {
	inside, err := pgx.Connect(ctx, s.pg.URL(template, devpg.Superuser))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	state := ""
	err = inside.QueryRow(ctx, stateSQL).Scan(&state)
	if err = errors.Join(err, inside.Close(context.WithoutCancel(ctx))); err != nil {
		return fmt.Errorf("read the state of %s: %w", template, err)
	}
	if _, err := conn.Exec(ctx, "comment on database "+quote(template)+" is '"+state+"'"); err != nil {
		return fmt.Errorf("keep the state of %s: %w", template, err)
	}
	return nil
}

// vacuum takes out of large tables what was deleted: a test is not to read past a thousand dead rows of another's.
func vacuum(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `select oid::regclass::text from pg_class where oid >= 16384 and relkind = 'r' and pg_relation_size(oid) > 128 * 1024`)
	if err != nil {
		return fmt.Errorf("list large tables: %w", err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list large tables: %w", err)
	}
	for _, table := range tables {
		if _, err := conn.Exec(ctx, "vacuum "+table); err != nil {
			return fmt.Errorf("vacuum %s: %w", table, err)
		}
	}
	return nil
}
