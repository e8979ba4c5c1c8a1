package db

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"plinth/internal/scope"
)

// The scope is a setting of the transaction. One statement text for all tenants, so that it is prepared once: SET LOCAL
// with the id inside would be a new statement for each.
const (
	setTenant       = `select set_config('app.current_tenant_id', $1, true)`
	setPerson       = `select set_config('app.current_user_id', $1, true)`
	setTenantByName = `select set_config('app.current_tenant_id', coalesce((
		select t.id::text
		from tenants t
		join memberships m on m.tenant_id = t.id and m.user_id = $2 and m.left_at is null
		where t.slug = $1), ''), true)`
)

type setting struct {
	sql  string
	args []any
}

func tenantSetting(id uuid.UUID) setting { return setting{sql: setTenant, args: []any{id.String()}} }
func personSetting(id uuid.UUID) setting { return setting{sql: setPerson, args: []any{id.String()}} }

// InTenant runs fn in a transaction that sees one organization's rows. It commits when fn returns nil; otherwise all of
// it is undone. Nothing slow belongs inside.
func (d *DB) InTenant(ctx context.Context, s scope.Scope, fn func(ctx context.Context, tx Tx) error) error {
	if s.TenantID == uuid.Nil {
		return fmt.Errorf("in tenant: the scope names no organization")
	}
	return in(ctx, d.pool, fn, tenantSetting(s.TenantID))
}

// InPerson runs fn in a transaction that may change one person's own row and reads that person's memberships and
// invitations in all organizations.
func (d *DB) InPerson(ctx context.Context, userID uuid.UUID, fn func(ctx context.Context, tx Tx) error) error {
	if userID == uuid.Nil {
		return fmt.Errorf("in person: nobody is named")
	}
	return in(ctx, d.pool, fn, personSetting(userID))
}

// InPersonAndTenant is for the moment a person founds or enters an organization: both are in scope.
func (d *DB) InPersonAndTenant(ctx context.Context, userID uuid.UUID, s scope.Scope, fn func(ctx context.Context, tx Tx) error) error {
	if userID == uuid.Nil || s.TenantID == uuid.Nil {
		return fmt.Errorf("in person and tenant: somebody is not named")
	}
	return in(ctx, d.pool, fn, personSetting(userID), tenantSetting(s.TenantID))
}

// InGlobal runs fn in a transaction without a scope: global and local tables only.
func (d *DB) InGlobal(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	return in(ctx, d.pool, fn)
}

// InAdmin runs fn as plinth_admin, which sees every organization. Only package admin and privacy may ask for it.
func (d *DB) InAdmin(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	return in(ctx, d.admin, fn)
}

// in begins and scopes in one round trip, runs fn, and commits or rolls back.
func in(ctx context.Context, pool *pgxpool.Pool, fn func(ctx context.Context, tx Tx) error, settings ...setting) error {
	conn, work, cancel, err := acquire(ctx, pool, WriteTimeout)
	if err != nil {
		return err
	}
	defer cancel()
	defer conn.Release()

	var batch pgx.Batch
	batch.BeginTx(pgx.TxOptions{})
	for _, s := range settings {
		batch.Queue(s.sql, s.args...)
	}
	results := conn.SendBatch(work, &batch)
	tx := results.Tx()
	defer func() { _ = tx.Rollback(work) }() // after a commit it does nothing
	if err := results.Close(); err != nil {
		return Fault(fmt.Errorf("begin: %w", err))
	}
	if err := fn(work, tx); err != nil {
		return Fault(err)
	}
	if err := tx.Commit(work); err != nil {
		return Fault(fmt.Errorf("commit: %w", err))
	}
	return nil
}
