package dbtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// What a test leaves in a database is either taken out before the next one gets it, or the database is dropped.
func TestLentIsEmptied(t *testing.T) {
	t.Parallel()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	template, err := s.template(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, left string
		same       bool
	}{
		{"nothing", `select 1`, true},
		{"rows", `insert into users (id, email, name, email_verified_at, terms_version, terms_accepted_at)
			select gen_random_uuid(), i || '@example.com', 'Somebody', now(), '1', now() from generate_series(1, 3000) i; analyze users`, true},
		{"a job", `insert into river.river_job (kind, args, max_attempts, queue, priority) values ('x', '{}', 1, 'default', 1)`, true},
		{"a temporary table", `create temporary table seen (n integer)`, true},
		{"a table", `create table mark (n integer)`, false},
		{"a column", `alter table users add column mark integer`, false},
		{"row security off", `alter table tickets disable row level security`, false},
		{"a policy", `drop policy tenant on tickets`, false},
		{"a trigger off", `alter table events disable trigger all`, false},
		{"a grant", `grant delete on events to plinth_app`, false},
		{"an index less", `drop index tickets_to_do_idx`, false},
		{"a function", `create or replace function mark() returns integer language sql as 'select 1'`, false},
		{"a migration", `insert into goose_db_version (version_id, is_applied) values (99999, true)`, false},
		{"a setting", `do $$ begin execute format('alter database %I set work_mem = ''8MB''', current_database()); end $$`, false},
	} {
		name, giveBack, err := s.lend(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		url := s.database(name).Super
		if _, err := Connect(t, url).Exec(t.Context(), c.left); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		same, err := s.empty(t.Context(), name, template)
		if err != nil || same != c.same {
			t.Errorf("with %s left in it a database is %t, %v", c.name, same, err)
		}
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		var rows int
		if err := conn.QueryRow(t.Context(), `select (select count(*) from users) + (select count(*) from river.river_job)`).Scan(&rows); err != nil || rows != 0 {
			t.Errorf("%s: %d rows are left, %v", c.name, rows, err)
		}
		if err := conn.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := giveBack(); err != nil {
			t.Error(err)
		}
	}
}
