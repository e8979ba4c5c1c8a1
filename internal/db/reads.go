package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"plinth/internal/fault"
	"plinth/internal/scope"
)

// Reads collects the reads of a page. They go to Postgres as one round trip: begin, scope, every query, commit. Results
// are in their destinations when ReadTenant, ReadPerson or ReadAdmin has returned nil.
type Reads struct {
	batch pgx.Batch
}

// ReadTenant sends what fn queues, read only, with the organization in scope, in one round trip.
func (d *DB) ReadTenant(ctx context.Context, s scope.Scope, fn func(r *Reads)) error {
	if s.TenantID == uuid.Nil {
		return fmt.Errorf("read tenant: the scope names no organization")
	}
	return read(ctx, d.pool, pgx.ReadOnly, fn, tenantSetting(s.TenantID))
}

// ReadPerson sends what fn queues, read only, with the person in scope, in one round trip.
func (d *DB) ReadPerson(ctx context.Context, userID uuid.UUID, fn func(r *Reads)) error {
	if userID == uuid.Nil {
		return fmt.Errorf("read person: nobody is named")
	}
	return read(ctx, d.pool, pgx.ReadOnly, fn, personSetting(userID))
}

// ReadAdmin sends what fn queues, read only, as plinth_admin, in one round trip.
func (d *DB) ReadAdmin(ctx context.Context, fn func(r *Reads)) error {
	return read(ctx, d.admin, pgx.ReadOnly, fn)
}

// Enter sends what fn queues with the person in scope, in one round trip that may write: a guard notes in it when a
// session was last seen. ScopeTenant adds an organization for the queries behind it.
func (d *DB) Enter(ctx context.Context, userID uuid.UUID, fn func(r *Reads)) error {
	return read(ctx, d.pool, pgx.ReadWrite, fn, personSetting(userID))
}

// ScopeTenant puts the organization called slug in scope for the queries queued after it, if the person is a member of
// it. If not, they see no organization's rows.
func (r *Reads) ScopeTenant(slug string, userID uuid.UUID) {
	r.batch.Queue(setTenantByName, slug, userID)
}

// Together sends what fn queues inside tx, in one round trip.
func Together(ctx context.Context, tx Tx, fn func(r *Reads)) error {
	var r Reads
	fn(&r)
	return tx.SendBatch(ctx, &r.batch).Close()
}

// Exec queues a statement without a result.
func (r *Reads) Exec(sql string, args ...any) { r.batch.Queue(sql, args...) }

// Rows queues a query whose rows, by position, become the elements of *into.
func Rows[T any](r *Reads, into *[]T, sql string, args ...any) {
	r.batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
		*into = found
		return err
	})
}

// Row queues a query for one row. Where there is none, the read fails as not found.
func Row[T any](r *Reads, into *T, sql string, args ...any) {
	r.batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[T])
		*into = found
		return err
	})
}

// Maybe queues a query for one row. Where there is none, *into becomes nil.
func Maybe[T any](r *Reads, into **T, sql string, args ...any) {
	r.batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToAddrOfStructByPos[T])
		if errors.Is(err, pgx.ErrNoRows) {
			*into = nil
			return nil
		}
		*into = found
		return err
	})
}

// Value queues a query for a single value. Where there is no row, *into keeps what it holds.
func Value[T any](r *Reads, into *T, sql string, args ...any) {
	r.batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		*into = found
		return err
	})
}

// Values queues a query whose only column becomes the elements of *into.
func Values[T any](r *Reads, into *[]T, sql string, args ...any) {
	r.batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowTo[T])
		*into = found
		return err
	})
}

func read(ctx context.Context, pool *pgxpool.Pool, mode pgx.TxAccessMode, fn func(r *Reads), settings ...setting) error {
	conn, work, cancel, err := acquire(ctx, pool, ReadTimeout)
	if err != nil {
		return err
	}
	defer cancel()
	defer conn.Release()

	var r Reads
	r.batch.BeginTx(pgx.TxOptions{AccessMode: mode})
	for _, s := range settings {
		r.batch.Queue(s.sql, s.args...)
	}
	fn(&r)
	r.batch.Queue("commit")
	results := conn.SendBatch(work, &r.batch)
	err = results.Close()
	if conn.Conn().PgConn().TxStatus() != 'I' {
		// A query failed, so the commit behind it was skipped.
		_, _ = conn.Exec(work, "rollback")
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.Wrap(fault.NotFound, "", err)
	}
	return Fault(err)
}
