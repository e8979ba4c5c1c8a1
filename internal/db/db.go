// Package db is the only way to Postgres: pools by role, transactions with their scope, page reads in one round trip,
// migrations, and the translation of Postgres's errors into faults.
//
// The runtime roles are held by row security: plinth_app and plinth_worker see an organization's rows only while that
// organization is in scope. InTenant and ReadTenant put it there; nothing outside this package sets it.
package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Tx is what a transaction is to the modules.
type Tx = pgx.Tx

// How long things may take. A page must answer within two seconds also when Postgres does not.
const (
	AcquireTimeout = 1500 * time.Millisecond // waiting for a connection
	ReadTimeout    = 1900 * time.Millisecond // one round trip of page reads
	WriteTimeout   = 8 * time.Second         // a whole writing transaction
)

// Options say how a pool is opened.
type Options struct {
	MaxConns int32  // connections at most; zero is 20
	ExecMode string // as DATABASE_EXEC_MODE; empty is cache_statement
	// Configure, when set, may change the pool's configuration last; tests count round trips with it.
	Configure func(*pgxpool.Config)
}

// DB is one process's way to Postgres: the pool of its own role, and the back-office's where it has one.
type DB struct {
	pool  *pgxpool.Pool
	admin *pgxpool.Pool
}

// Open makes the pool of a process (plinth_app or plinth_worker). adminURL may be empty: InAdmin then answers with an
// error. Nothing is connected yet; Check does that.
func Open(ctx context.Context, url, adminURL string, o Options) (*DB, error) {
	pool, err := openPool(ctx, url, o)
	if err != nil {
		return nil, fmt.Errorf("open pool: %w", err)
	}
	d := &DB{pool: pool}
	if adminURL == "" {
		return d, nil
	}
	o.MaxConns = max(o.MaxConns/4, 4)
	if d.admin, err = openPool(ctx, adminURL, o); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open back-office pool: %w", err)
	}
	return d, nil
}

func openPool(ctx context.Context, url string, o Options) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		// pgx repeats the URL, password and all, in its message.
		return nil, errors.New("the database URL cannot be read")
	}
	c.MaxConns = o.MaxConns
	if c.MaxConns == 0 {
		c.MaxConns = 20
	}
	c.MinIdleConns = 1
	c.ConnConfig.ConnectTimeout = AcquireTimeout
	c.ConnConfig.DefaultQueryExecMode, err = execMode(o.ExecMode)
	if err != nil {
		return nil, err
	}
	if o.Configure != nil {
		o.Configure(c)
	}
	return pgxpool.NewWithConfig(ctx, c)
}

func execMode(name string) (pgx.QueryExecMode, error) {
	switch name {
	case "", "cache_statement":
		return pgx.QueryExecModeCacheStatement, nil
	case "cache_describe":
		return pgx.QueryExecModeCacheDescribe, nil
	case "describe_exec":
		return pgx.QueryExecModeDescribeExec, nil
	case "exec":
		return pgx.QueryExecModeExec, nil
	}
	return 0, fmt.Errorf("unknown exec mode %q", name)
}

// Close waits for the connections in use and closes all.
func (d *DB) Close() {
	d.pool.Close()
	if d.admin != nil {
		d.admin.Close()
	}
}

// Pool is the pool itself, for River, which brings its own transactions.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Ping asks Postgres for an answer, within the acquire deadline.
func (d *DB) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, AcquireTimeout)
	defer cancel()
	return Fault(d.pool.Ping(ctx))
}

// acquire gives a connection and the context to use it with. A person who hangs up leaves the queue for a connection,
// but once there is one the work is detached from the request and bounded by d: pgx closes a connection whose context
// ends in the middle of a query, and opening another costs far more than finishing.
func acquire(ctx context.Context, pool *pgxpool.Pool, d time.Duration) (*pgxpool.Conn, context.Context, context.CancelFunc, error) {
	if pool == nil {
		return nil, nil, nil, errors.New("this process has no pool for that role")
	}
	waiting, stop := context.WithTimeout(ctx, AcquireTimeout)
	defer stop()
	conn, err := pool.Acquire(waiting)
	if err != nil {
		return nil, nil, nil, Fault(err)
	}
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), d)
	return conn, work, cancel, nil
}

// Direct runs single statements on global and local tables, each a transaction of its own and one round trip. No scope
// is set: tenant tables show nothing. It has the methods that generated queries ask for.
type Direct struct {
	pool *pgxpool.Pool
}

// Direct returns the way for single statements.
func (d *DB) Direct() Direct { return Direct{pool: d.pool} }

// Exec runs one statement.
func (q Direct) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	conn, work, cancel, err := acquire(ctx, q.pool, ReadTimeout)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	defer cancel()
	defer conn.Release()
	tag, err := conn.Exec(work, sql, args...)
	return tag, Fault(err)
}

// Query runs one statement; closing the rows gives the connection back.
func (q Direct) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	conn, work, cancel, err := acquire(ctx, q.pool, ReadTimeout)
	if err != nil {
		return nil, err
	}
	rows, err := conn.Query(work, sql, args...)
	if err != nil {
		cancel()
		conn.Release()
		return nil, Fault(err)
	}
	return &heldRows{Rows: rows, release: func() { cancel(); conn.Release() }}, nil
}

// QueryRow runs one statement; Scan gives the connection back.
func (q Direct) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := q.Query(ctx, sql, args...)
	return heldRow{rows: rows, err: err}
}

type heldRows struct {
	pgx.Rows
	release func()
}

func (r *heldRows) Close() {
	r.Rows.Close()
	if r.release != nil {
		r.release()
		r.release = nil
	}
}

type heldRow struct {
	rows pgx.Rows
	err  error
}

func (r heldRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return Fault(err)
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return fmt.Errorf("scan: %w", err)
	}
	r.rows.Close()
	return Fault(r.rows.Err())
}
