package db

import (
	"context"
	"fmt"
	"time"
)

// Server is how Postgres stands.
type Server struct {
	Version     string
	Migration   int64 // the newest that it has
	Bytes       int64
	Connections int64 // of all databases
	Most        int64
	OldestAt    *time.Time // as OldestTransaction
}

const oldestTransaction = `(select min(s.xact_start) from pg_stat_activity s where s.usename = current_user and s.pid <> pg_backend_pid())`

// QueueServer reads how Postgres stands.
func QueueServer(r *Reads, into *Server) {
	Row(r, into, `
		select current_setting('server_version'), (select coalesce(max(version_id), 0) from goose_db_version where is_applied),
			pg_database_size(current_database()), (select count(*) from pg_stat_activity), current_setting('max_connections')::bigint, `+oldestTransaction)
}

// OldestTransaction says since when the oldest transaction of this role runs, in all processes; nil when none does. A role
// sees no more than its own.
func (d *DB) OldestTransaction(ctx context.Context) (*time.Time, error) {
	var at *time.Time
	if err := d.Direct().QueryRow(ctx, `select `+oldestTransaction).Scan(&at); err != nil {
		return nil, fmt.Errorf("look for the oldest transaction: %w", err)
	}
	return at, nil
}
