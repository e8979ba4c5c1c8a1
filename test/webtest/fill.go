package webtest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/dbtest"
	"plinth/internal/scope"
)

// Fill gives an organization a project with so many tickets, comments on the first of them and a history, by plain SQL
// as the superuser: for tests that look at pages, not at how things come to be.
func (s *Site) Fill(t testing.TB, o scope.Scope, key string, tickets int) {
	t.Helper()
	conn := dbtest.Connect(t, s.Database.Super)
	project := uuid.Must(uuid.NewV7())
	run := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(context.Background(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	run(`insert into projects (tenant_id, id, key, name, description, visibility, created_by) values ($1, $2, $3, $4, 'About it', 'organization', $5)`,
		o.TenantID, project, key, "Project "+key, o.Person.ID)
	run(`insert into ticket_counters (tenant_id, project_id, last_number) values ($1, $2, $3)`, o.TenantID, project, tickets)
	run(`insert into statuses (tenant_id, project_id, slug, name, kind, position)
		values ($1, $2, 'todo', 'To do', 'todo', 1), ($1, $2, 'progress', 'In progress', 'progress', 2), ($1, $2, 'review', 'In review', 'review', 3), ($1, $2, 'done', 'Done', 'done', 4)`,
		o.TenantID, project)
	s.fillTickets(t, conn, o, project, tickets)
	run(`insert into search_docs (tenant_id, id, project_id, ticket_id, words)
		select t.tenant_id, t.id, t.project_id, t.id, to_tsvector('simple', t.title) from tickets t where t.tenant_id = $1 and t.project_id = $2`, o.TenantID, project)
	run(`insert into ticket_counts (tenant_id, project_id, status, tickets)
		select tenant_id, project_id, status, count(*) from tickets where tenant_id = $1 and project_id = $2 group by tenant_id, project_id, status`, o.TenantID, project)
	run(`insert into ticket_days (tenant_id, project_id, day, opened, closed)
		select $1, $2, current_date - d, 5, 4 from generate_series(0, 29) d`, o.TenantID, project)
	run(`insert into events (tenant_id, id, at, actor_id, action, object_kind, object_id, object_name, project_id, changes)
		select $1, gen_random_uuid(), now() - make_interval(mins => t.number), $3, 'ticket.status_changed', 'ticket', t.id, t.title, $2, '{"status": ["todo", "review"]}'
		from tickets t where t.tenant_id = $1 and t.project_id = $2 limit 50`, o.TenantID, project, o.Person.ID)
	run(`insert into comments (tenant_id, id, ticket_id, author_id, body)
		select $1, gen_random_uuid(), t.id, $3, 'A comment with **weight** and a [link](https://example.com).'
		from tickets t, generate_series(1, 10) where t.tenant_id = $1 and t.project_id = $2 and t.number = 1`, o.TenantID, project, o.Person.ID)
	run(`analyze`)
}

func (s *Site) fillTickets(t testing.TB, conn *pgx.Conn, o scope.Scope, project uuid.UUID, n int) {
	t.Helper()
	statuses := []string{"todo", "progress", "review", "done"}
	var batch pgx.Batch
	for i := 1; i <= n; i++ {
		status := statuses[i%4]
		batch.Queue(`insert into tickets (tenant_id, id, project_id, number, title, body, status, priority, author_id, assignee_id, rank, created_at, closed_at)
			values ($1, $2, $3, $4::integer, $5, $6, $7, $8, $9, $9, 'j' || lpad((4999999999 - $4::integer)::text, 10, '0'), now() - make_interval(hours => $4::integer), case when $7 = 'done' then now() end)`,
			o.TenantID, uuid.Must(uuid.NewV7()), project, i, fmt.Sprintf("Ticket number %d of this project", i), "Its text.\n\n- [ ] one\n- [x] two", status, i%5, o.Person.ID)
	}
	if err := conn.SendBatch(context.Background(), &batch).Close(); err != nil {
		t.Fatal(err)
	}
}
