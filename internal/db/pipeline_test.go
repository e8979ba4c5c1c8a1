package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/db"
	"plinth/internal/dbtest"
)

// A beginning that travels with the first query commits all or nothing, whatever comes first and whatever fails.
func TestInGlobalWith(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	pool := d.Web(t, db.Options{MaxConns: 1}) // one connection: whatever is left on it meets the next case
	super, err := pgx.Connect(t.Context(), d.Super)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = super.Close(context.Background()) }()
	for _, c := range pipelines() {
		changed, err := pool.InGlobalWith(t.Context(), insertBucket, []any{c.key}, c.fn)
		if changed != c.changed || (err != nil) != c.fails {
			t.Errorf("%s: changed %v, error %v", c.name, changed, err)
		}
		var rows int
		if err := super.QueryRow(t.Context(), `select count(*) from rate_buckets where key like $1`, c.key+"%").Scan(&rows); err != nil || rows != c.rows {
			t.Errorf("%s: %d rows, want %d (%v)", c.name, rows, c.rows, err)
		}
	}
	if _, err := pool.InGlobalWith(t.Context(), `insert into nowhere values ($1)`, []any{uuid.NewString()}, func(ctx context.Context, tx db.Tx) error {
		return query(ctx, tx, `select 'x'`)
	}); err == nil {
		t.Error("a first statement that is wrong is no error")
	}
	gone, cancel := context.WithTimeout(t.Context(), -time.Second)
	defer cancel()
	if _, err := pool.InGlobalWith(gone, insertBucket, []any{"k"}, nothing); err == nil {
		t.Error("a call that is over is no error")
	}
}

const insertBucket = `insert into rate_buckets (key, failures, last_at, until_at) values ($1, 1, now(), now()) on conflict (key) do nothing`

// pipeline is work behind a first statement, and what is to come of both.
type pipeline struct {
	name    string
	key     string // of the row that the first statement adds
	fn      func(ctx context.Context, tx db.Tx) error
	changed bool
	fails   bool
	rows    int // whose key begins with the pipeline's
}

func query(ctx context.Context, tx db.Tx, sql string, args ...any) error {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	_, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return err
}

func nothing(context.Context, db.Tx) error { return nil }

func pipelines() []pipeline {
	broken := errors.New("broken")
	const insert = insertBucket
	return []pipeline{
		{"nothing more", "a", nothing, true, false, 1},
		{"a query first", "b", func(ctx context.Context, tx db.Tx) error {
			return query(ctx, tx, insert+` returning key`, "b2")
		}, true, false, 2},
		{"two queries", "c", func(ctx context.Context, tx db.Tx) error {
			return errors.Join(query(ctx, tx, insert+` returning key`, "c2"), query(ctx, tx, insert+` returning key`, "c3"))
		}, true, false, 3},
		{"a statement first", "d", func(ctx context.Context, tx db.Tx) error {
			_, err := tx.Exec(ctx, insert, "d2")
			return err
		}, true, false, 2},
		{"a row first", "e", func(ctx context.Context, tx db.Tx) error {
			var key string
			return tx.QueryRow(ctx, insert+` returning key`, "e2").Scan(&key)
		}, true, false, 2},
		{"a batch first, and a savepoint", "l", func(ctx context.Context, tx db.Tx) error {
			var b pgx.Batch
			b.Queue(insert, "l2")
			if err := tx.SendBatch(ctx, &b).Close(); err != nil {
				return err
			}
			point, err := tx.Begin(ctx)
			if err != nil {
				return err
			}
			_, err = point.Exec(ctx, insert, "l3")
			return errors.Join(err, point.Rollback(ctx))
		}, true, false, 2},
		{"nothing changed, a batch first", "a", func(ctx context.Context, tx db.Tx) error {
			var b pgx.Batch
			b.Queue(insert, "a2")
			return tx.SendBatch(ctx, &b).Close()
		}, false, false, 1},
		{"nothing changed, a savepoint first", "a", func(ctx context.Context, tx db.Tx) error {
			_, err := tx.Begin(ctx)
			return err
		}, false, false, 1},
		{"nothing changed, a row first", "a", func(ctx context.Context, tx db.Tx) error {
			var key string
			return tx.QueryRow(ctx, insert+` returning key`, "a2").Scan(&key)
		}, false, false, 1},
		{"nothing changed", "a", func(ctx context.Context, tx db.Tx) error {
			return query(ctx, tx, insert+` returning key`, "a2")
		}, false, false, 1},
		{"nothing changed, a statement first", "a", func(ctx context.Context, tx db.Tx) error {
			_, err := tx.Exec(ctx, insert, "a2")
			return err
		}, false, false, 1},
		{"nothing changed, nothing more", "a", nothing, false, false, 1},
		{"fn fails before it asks", "f", func(context.Context, db.Tx) error { return broken }, false, true, 0},
		{"fn fails after a query", "g", func(ctx context.Context, tx db.Tx) error {
			return errors.Join(query(ctx, tx, insert+` returning key`, "g2"), broken)
		}, false, true, 0},
		{"the query is wrong", "h", func(ctx context.Context, tx db.Tx) error { return query(ctx, tx, `select nothing`) }, false, true, 0},
		{"the query fails", "i", func(ctx context.Context, tx db.Tx) error { return query(ctx, tx, `select (1 / $1::int)::text`, 0) }, false, true, 0},
		{"the last one", "j", nothing, true, false, 1},
	}
}
