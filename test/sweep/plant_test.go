package sweep

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/scope"
)

// canary is in every text of the other side; no answer to anybody else may hold it.
const canary = "canary-7f3a"

// other is what belongs to somebody else, by the name of the part of a path that it can stand for.
type other struct {
	slug string
	ids  map[string][]string
}

// all lists every id there is.
func (o other) all() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(o.ids)) {
		for _, id := range o.ids[name] {
			if _, err := uuid.Parse(id); err == nil {
				out = append(out, id)
			}
		}
	}
	return out
}

// plant fills an organization with rows in the tables its pages read; text is in them.
func plant(t testing.TB, conn *pgx.Conn, s scope.Scope, visibility, text string) other {
	t.Helper()
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(context.Background(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	project, ticket, comment, invitation, attachment := uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()
	tenant, owner := s.TenantID, s.Person.ID
	exec(`insert into projects (tenant_id, id, key, name, description, visibility, created_by) values ($1, $2, 'ZED', $3, $3, $4, $5)`,
		tenant, project, text, visibility, owner)
	exec(`insert into project_members (tenant_id, project_id, user_id) values ($1, $2, $3)`, tenant, project, owner)
	exec(`insert into ticket_counters (tenant_id, project_id, last_number) values ($1, $2, 1)`, tenant, project)
	exec(`insert into statuses (tenant_id, project_id, slug, name, kind, position) values ($1, $2, 'todo', $3, 'todo', 1)`, tenant, project, text)
	exec(`insert into tickets (tenant_id, id, project_id, number, title, body, status, author_id, assignee_id) values ($1, $2, $3, 1, $4, $4, 'todo', $5, $5)`,
		tenant, ticket, project, text, owner)
	exec(`insert into ticket_counts (tenant_id, project_id, status, tickets) values ($1, $2, 'todo', 1)`, tenant, project)
	exec(`insert into ticket_days (tenant_id, project_id, day, opened) values ($1, $2, current_date, 1)`, tenant, project)
	exec(`insert into daily_metrics (tenant_id, day, metric, count) values ($1, current_date, $2, 1)`, tenant, text)
	exec(`insert into comments (tenant_id, id, ticket_id, author_id, body) values ($1, $2, $3, $4, $5)`, tenant, comment, ticket, owner, text)
	exec(`insert into attachments (tenant_id, id, ticket_id, comment_id, author_id, name, content_type, size, sha256, key, arrived_at)
		values ($1, $2, $3, $4, $5, $6, 'text/plain', 1, '\x01', $6, now())`, tenant, attachment, ticket, comment, owner, text)
	exec(`insert into search_docs (tenant_id, id, project_id, ticket_id, words) values ($1, $2, $3, $2, to_tsvector('simple', $4)), ($1, $5, $3, $2, to_tsvector('simple', $4))`,
		tenant, ticket, project, text, comment)
	exec(`insert into invitations (tenant_id, id, email, role, invited_by, expires_at) values ($1, $2, $3, 'member', $4, now() + interval '1 day')`,
		tenant, invitation, text+"@example.com", owner)
	exec(`insert into events (tenant_id, id, actor_id, action, object_kind, object_id, object_name, project_id) values ($1, $2, $3, 'ticket.created', 'ticket', $4, $5, $6)`,
		tenant, uuid.New(), owner, ticket, text, project)
	told := uuid.New()
	exec(`insert into notifications (tenant_id, id, user_id, cause, kind, way, project_id, ticket_id, comment_id, actor_id) values ($1, $2, $3, $4, 'comment', 'app', $5, $6, $7, $3)`,
		tenant, told, owner, text, project, ticket, comment)
	label, view := uuid.New(), uuid.New()
	exec(`insert into saved_views (tenant_id, id, project_id, user_id, name, query, shared) values ($1, $2, $3, $4, $5, $5, true)`, tenant, view, project, owner, text)
	exec(`insert into labels (tenant_id, id, project_id, name, hue) values ($1, $2, $3, $4, 'plum')`, tenant, label, project, text)
	hook, event := uuid.New(), uuid.New()
	exec(`insert into webhook_endpoints (tenant_id, id, url, secret, created_by, created_at, updated_at) values ($1, $2, 'http://127.0.0.1:1/' || $3, $3, $4, now(), now())`, tenant, hook, text, owner)
	exec(`insert into webhook_deliveries (tenant_id, endpoint_id, event_id, type, payload, state, next_at, queued_at, created_at) values ($1, $2, $3, 'ticket.created', $4, 'failed', now(), now(), now())`,
		tenant, hook, event, text)
	exec(`insert into webhook_attempts (tenant_id, id, endpoint_id, event_id, at, took_ms, signature, status, answer, error) values ($1, $2, $3, $4, now(), 1, $5, 500, $5, $5)`,
		tenant, uuid.New(), hook, event, text)
	return other{slug: s.Slug, ids: map[string][]string{
		"webhook": {hook.String()}, "event": {event.String()},
		"status": {"todo"}, "label": {label.String()}, "view": {view.String()},
		"key": {"ZED"}, "number": {"1"}, "user": {owner.String()},
		"id": {invitation.String(), attachment.String(), comment.String(), ticket.String(), project.String(), told.String()}, "comment": {comment.String()},
	}}
}

// allowed are values for columns of which the database takes a few only.
func allowed() map[string]string {
	return map[string]string{
		"attachments.thumbnail": "'none'", "tenant_exports.state": "'ready'", "reactions.kind": "'agree'", "notifications.kind": "'comment'", "notifications.way": "'app'", "notification_projects.level": "'nothing'",
		"project_exports.kind": "'csv'", "project_exports.state": "'ready'", "imports.kind": "'csv'", "imports.state": "'done'",
		"staff_notes.user_id": "null", "undispatched_events.action": "'ticket.created'", "event_subscriptions.action": "'ticket.created'",
		"webhook_endpoints.state": "'active'", "webhook_endpoints.paused_for": "'hand'", "webhook_deliveries.state": "'failed'", "webhook_replays.state": "'done'",
		"flag_targets.user_id": "null", "announcements.level": "'info'", "announcements.audience": "'organization'",
	}
}

// fill gives the organization a row in each table that has none, so that every table there will ever be is swept. The
// rows refer to nothing that is there: what they say must not be told all the same.
func fill(t testing.TB, conn *pgx.Conn, tenant uuid.UUID) {
	t.Helper()
	ctx := context.Background()
	if _, err := conn.Exec(ctx, `set session_replication_role = replica`); err != nil { // foreign keys are not asked
		t.Fatal(err)
	}
	needed := map[string][]column{}
	for _, c := range columns(t, conn, "text", "character varying", "jsonb", "uuid", "integer", "smallint", "bigint", "boolean", "bytea", "date",
		"timestamp with time zone", "double precision", "ARRAY", "inet", "tsvector") {
		needed[c.table] = append(needed[c.table], c)
	}
	for table, all := range needed {
		var n int
		if err := conn.QueryRow(ctx, fmt.Sprintf(`select count(*) from %s where %s = $1`, pgx.Identifier{table}.Sanitize(), all[0].tenant()), tenant).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			continue
		}
		var names, values []string
		for _, c := range all {
			if value := c.some(); value != "" {
				names, values = append(names, pgx.Identifier{c.name}.Sanitize()), append(values, value)
			}
		}
		sql := fmt.Sprintf(`insert into %s (%s) values (%s)`, pgx.Identifier{table}.Sanitize(), strings.Join(names, ", "), strings.Join(values, ", "))
		if _, err := conn.Exec(ctx, strings.ReplaceAll(sql, "$1", "'"+tenant.String()+"'")); err != nil {
			t.Errorf("no row of %s can be made; say which values it takes: %v\n%s", table, err, sql)
		}
	}
	if _, err := conn.Exec(ctx, `set session_replication_role = default`); err != nil {
		t.Fatal(err)
	}
}

// some is a value for the column; "" leaves it to the database.
func (c column) some() string {
	if v, ok := allowed()[c.table+"."+c.name]; ok {
		return v
	}
	switch {
	case c.name == c.tenant():
		return "$1"
	case c.kind == "uuid":
		return "gen_random_uuid()"
	case c.kind == "jsonb":
		return `'{"canary": "` + canary + `"}'`
	case c.kind == "text" || c.kind == "character varying":
		return "'" + canary + "'"
	case c.kind == "integer" || c.kind == "smallint" || c.kind == "bigint" || c.kind == "double precision":
		return "1"
	case c.kind == "tsvector":
		return `to_tsvector('simple', '` + canary + `')`
	case c.kind == "boolean":
		return "false"
	case c.kind == "bytea":
		return `'\x01'`
	case c.kind == "date":
		return "current_date"
	case c.kind == "timestamp with time zone":
		return "now()"
	}
	return ""
}

// fixed are texts that the database allows a few values of only, or that others refer to: they say nothing of anybody.
func fixed() []string {
	return strings.Fields(`notifications.kind notifications.way notification_projects.level projects.key projects.visibility attachments.thumbnail reactions.kind statuses.kind statuses.slug tickets.status tenant_exports.state project_exports.kind project_exports.state imports.kind imports.state undispatched_events.action event_subscriptions.action webhook_endpoints.state webhook_endpoints.paused_for webhook_deliveries.state webhook_replays.state announcements.level announcements.audience`)
}

// spread puts the canary into every text of the organization's rows, in every table that has its rows, as
// information_schema lists them. It returns how many columns there were.
func spread(t testing.TB, conn *pgx.Conn, tenant uuid.UUID) int {
	t.Helper()
	fill(t, conn, tenant)
	n := 0
	for _, c := range columns(t, conn, "text", "character varying", "jsonb") {
		value := `'` + canary + `-' || left(md5(ctid::text), 6)`
		if c.kind == "jsonb" {
			value = `'{"canary": "` + canary + `"}'::jsonb`
		}
		rows, err := conn.Exec(context.Background(), fmt.Sprintf(`update %s set %s = %s where %s = $1`,
			pgx.Identifier{c.table}.Sanitize(), pgx.Identifier{c.name}.Sanitize(), value, c.tenant()), tenant)
		switch known := slices.Contains(fixed(), c.table+"."+c.name); {
		case err != nil && !known:
			t.Errorf("%s.%s takes no canary: %v", c.table, c.name, err)
		case err == nil && known && rows.RowsAffected() > 0:
			t.Errorf("%s.%s takes a canary, and is on the list of those that do not", c.table, c.name)
		case err == nil && rows.RowsAffected() > 0:
			n++
		}
	}
	return n
}

// column is one of a table that holds rows of organizations.
type column struct{ table, name, kind string }

// tenant is the column that says whose a row is.
func (c column) tenant() string {
	if c.table == "tenants" {
		return "id"
	}
	return "tenant_id"
}

func columns(t testing.TB, conn *pgx.Conn, kinds ...string) []column {
	t.Helper()
	rows, err := conn.Query(context.Background(), `
		select c.table_name::text, c.column_name::text, c.data_type::text
		from information_schema.columns c
		join information_schema.tables t using (table_schema, table_name)
		where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = any ($1) and c.is_generated = 'NEVER'
		  and (c.table_name = 'tenants' or exists (
			select from information_schema.columns k
			where k.table_schema = c.table_schema and k.table_name = c.table_name and k.column_name = 'tenant_id'))
		order by 1, 2`, kinds)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c column, err error) {
		err = row.Scan(&c.table, &c.name, &c.kind)
		return c, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// holds lists the columns in which the organization's rows, or rows of no organization such as jobs, hold a text.
func holds(t testing.TB, conn *pgx.Conn, tenant uuid.UUID, texts ...string) []string {
	t.Helper()
	var found []string
	count := func(where, sql string, args ...any) {
		var n int
		if err := conn.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		if n > 0 {
			found = append(found, where)
		}
	}
	for _, text := range texts {
		for _, c := range columns(t, conn, "text", "character varying", "jsonb", "uuid", "ARRAY") {
			count(c.table+"."+c.name, fmt.Sprintf(`select count(*) from %s where %s = $1 and position($2 in %s::text) > 0`,
				pgx.Identifier{c.table}.Sanitize(), c.tenant(), pgx.Identifier{c.name}.Sanitize()), tenant, text)
		}
	}
	return found
}
