package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// The four roles. Only the owner owns tables; none is superuser or passes by row security.
const (
	RoleOwner  = "plinth_owner"
	RoleApp    = "plinth_app"
	RoleWorker = "plinth_worker"
	RoleAdmin  = "plinth_admin"
)

// Roles lists the four roles.
func Roles() []string { return []string{RoleOwner, RoleApp, RoleWorker, RoleAdmin} }

// RoleSQL is what an administrator types to make the roles, with their timeouts. Passwords are left to them.
func RoleSQL() []string {
	var out []string
	for _, role := range Roles() {
		out = append(out, fmt.Sprintf("create role %s login inherit nosuperuser nobypassrls nocreatedb nocreaterole;", role))
	}
	return append(out, roleSettings()...)
}

func roleSettings() []string {
	set := func(role, name, value string) string {
		return fmt.Sprintf("alter role %s set %s = '%s';", role, name, value)
	}
	return []string{
		set(RoleApp, "statement_timeout", "5s"),
		set(RoleApp, "lock_timeout", "3s"),
		set(RoleApp, "idle_in_transaction_session_timeout", "10s"),
		set(RoleWorker, "statement_timeout", "20s"),
		set(RoleWorker, "lock_timeout", "5s"),
		set(RoleWorker, "idle_in_transaction_session_timeout", "30s"),
		set(RoleAdmin, "statement_timeout", "10s"),
		set(RoleAdmin, "lock_timeout", "3s"),
		set(RoleAdmin, "idle_in_transaction_session_timeout", "10s"),
		set(RoleOwner, "lock_timeout", "5s"),
	}
}

// EnsureRoles makes the roles that are missing, with their timeouts, over a connection that may create roles. password
// gives each role's password; empty leaves it without one.
func EnsureRoles(ctx context.Context, conn *pgx.Conn, password func(role string) string) error {
	for _, role := range Roles() {
		var there bool
		if err := conn.QueryRow(ctx, `select exists (select from pg_roles where rolname = $1)`, role).Scan(&there); err != nil {
			return fmt.Errorf("look for role %s: %w", role, err)
		}
		verb := "create role "
		if there {
			verb = "alter role "
		}
		statement := verb + role + " login inherit nosuperuser nobypassrls"
		if p := password(role); p != "" {
			statement += " password '" + strings.ReplaceAll(p, "'", "''") + "'"
		}
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("make role %s: %w", role, err)
		}
	}
	for _, s := range roleSettings() {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("set timeouts: %w", err)
		}
	}
	return nil
}

// MissingRoles says which of the roles are not there.
func MissingRoles(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, `select rolname::text from pg_roles where rolname = any($1)`, Roles())
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	there, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	return slices.DeleteFunc(Roles(), func(r string) bool { return slices.Contains(there, r) }), nil
}

const standing = `
select
    r.rolname::text,
    r.rolsuper,
    r.rolbypassrls,
    exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relowner = r.oid and n.nspname in ('public', 'river') and c.relkind in ('r', 'p', 'v', 'm')),
    exists (select from pg_auth_members m where m.member = r.oid)
from pg_roles r
where r.rolname = current_user`

// Check connects as each role the process has and refuses one that could pass by row security: superuser, BYPASSRLS,
// owner of a table, or member of another role. It also refuses a role that is not the one meant for the pool.
func (d *DB) Check(ctx context.Context, want string) error {
	faults := []error{checkPool(ctx, Direct{pool: d.pool}, want)}
	if d.admin != nil {
		faults = append(faults, checkPool(ctx, Direct{pool: d.admin}, RoleAdmin))
	}
	return errors.Join(faults...)
}

func checkPool(ctx context.Context, q Direct, want string) error {
	var name string
	var super, bypass, owns, member bool
	if err := q.QueryRow(ctx, standing).Scan(&name, &super, &bypass, &owns, &member); err != nil {
		return fmt.Errorf("ask for the role of the %s pool: %w", want, err)
	}
	var wrong []string
	note := func(is bool, text string) {
		if is {
			wrong = append(wrong, text)
		}
	}
	note(super, "is superuser")
	note(bypass, "has BYPASSRLS")
	note(owns, "owns tables")
	note(member, "is a member of another role")
	note(name != want, "is not "+want)
	if len(wrong) > 0 {
		return fmt.Errorf("refusing to run as role %s: it %s", name, strings.Join(wrong, ", "))
	}
	return nil
}
