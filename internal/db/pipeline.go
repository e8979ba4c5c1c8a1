package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// errUnchanged undoes a transaction whose first statement changed nothing.
var errUnchanged = errors.New("the first statement changed nothing")

// InGlobalWith runs the statement sql and then fn in a transaction without a scope, and says whether sql changed a row. When
// it changed none, fn's work is undone with it. The beginning, sql and the first query of fn travel to Postgres in one round
// trip. For what arrives in masses; sql is a query of the module's own.
func (d *DB) InGlobalWith(ctx context.Context, sql string, args []any, fn func(ctx context.Context, tx Tx) error) (changed bool, err error) {
	conn, work, cancel, err := acquire(ctx, d.pool, WriteTimeout)
	if err != nil {
		return false, err
	}
	defer cancel()
	defer conn.Release()

	tx := &pipelined{conn: conn}
	tx.batch.BeginTx(pgx.TxOptions{})
	tx.batch.Queue(sql, args...)
	defer func() { _ = tx.Rollback(work) }() // after a commit it does nothing
	err = fn(work, tx)
	if err == nil {
		err = tx.finish(work)
	}
	if errors.Is(err, errUnchanged) {
		return false, nil
	}
	if err != nil {
		return false, Fault(err)
	}
	if err := tx.Commit(work); err != nil {
		return false, Fault(fmt.Errorf("commit: %w", err))
	}
	return true, nil
}

// pipelined is a transaction that has not begun: its beginning and a first statement wait for the first query, and go
// along with it.
type pipelined struct {
	pgx.Tx // nil until something was sent

	conn    *pgxpool.Conn
	batch   pgx.Batch
	results pgx.BatchResults // of what was sent, until all of it is read
}

// finish reads what is left of the batch, and sends it if nothing else did.
func (p *pipelined) finish(ctx context.Context) error {
	if p.Tx == nil {
		if err := p.begin(ctx); err != nil {
			return err
		}
	}
	if p.results == nil {
		return nil
	}
	err := p.results.Close()
	p.results = nil
	return err
}

// begin sends the batch and reads the answers to its two statements.
func (p *pipelined) begin(ctx context.Context) error {
	p.results = p.conn.SendBatch(ctx, &p.batch)
	p.Tx = p.results.Tx()
	if _, err := p.results.Exec(); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tag, err := p.results.Exec()
	if err == nil && tag.RowsAffected() == 0 {
		err = errUnchanged
	}
	return err
}

// Conn is the connection it runs on.
func (p *pipelined) Conn() *pgx.Conn { return p.conn.Conn() }

// Query sends a query; the first one takes the beginning along.
func (p *pipelined) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if p.Tx != nil {
		if err := p.finish(ctx); err != nil {
			return nil, err
		}
		return p.Tx.Query(ctx, sql, args...)
	}
	p.batch.Queue(sql, args...)
	if err := p.begin(ctx); err != nil {
		return nil, err
	}
	return p.results.Query()
}

// Exec runs a statement when the beginning has been answered.
func (p *pipelined) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if err := p.finish(ctx); err != nil {
		return pgconn.CommandTag{}, err
	}
	return p.Tx.Exec(ctx, sql, args...)
}

// QueryRow runs a query when the beginning has been answered.
func (p *pipelined) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := p.finish(ctx); err != nil {
		return failedRow{err}
	}
	return p.Tx.QueryRow(ctx, sql, args...)
}

// Begin opens a savepoint when the beginning has been answered.
func (p *pipelined) Begin(ctx context.Context) (pgx.Tx, error) {
	if err := p.finish(ctx); err != nil {
		return nil, err
	}
	return p.Tx.Begin(ctx)
}

// SendBatch sends a batch when the beginning has been answered.
func (p *pipelined) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	if err := p.finish(ctx); err != nil {
		return pgx.FailedBatchResults(b, err)
	}
	return p.Tx.SendBatch(ctx, b)
}

// Rollback undoes everything; before the beginning was sent there is nothing to undo.
func (p *pipelined) Rollback(ctx context.Context) error {
	if p.Tx == nil {
		return nil
	}
	if p.results != nil {
		_ = p.results.Close() // what failed is known; the connection must be read to the end
		p.results = nil
	}
	return p.Tx.Rollback(ctx)
}

type failedRow struct{ err error }

// Scan returns the error.
func (f failedRow) Scan(...any) error { return f.err }
