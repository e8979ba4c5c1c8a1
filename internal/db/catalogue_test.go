package db_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"plinth/internal/dbtest"
)

// The catalogue test reads what Postgres itself says of the schema after all migrations, and holds it against the
// rules on tables, policies, keys, grants and functions (docs/architecture.md, "Data"). It is proven by planting each
// kind of hole and seeing it named.

// catalogueFaults asks every rule of the database that the transaction is on.
func catalogueFaults(ctx context.Context, tx pgx.Tx) ([]string, error) {
	var all []string
	for _, r := range catalogueRules() {
		rows, err := tx.Query(ctx, catalogueViews+r.sql)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		faults, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		for _, f := range faults {
			all = append(all, r.name+": "+f)
		}
	}
	slices.Sort(all)
	return all, nil
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	conn := dbtest.Connect(t, dbtest.New(t).Super)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var tables int
	if err := tx.QueryRow(t.Context(), catalogueViews+`select count(*) from t where class = 'tenant'`).Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if tables < 10 {
		t.Errorf("%d tenant tables: the rules look at too little", tables)
	}
	faults, err := catalogueFaults(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Error(f)
	}
}

// A hole is planted in a transaction and undone with it, so that the roles, which all tests share, are never really
// changed.
func TestCatalogueCatchesPlantedHoles(t *testing.T) {
	t.Parallel()
	conn := dbtest.Connect(t, dbtest.New(t).Super)
	for _, hole := range holes() {
		t.Run(hole.name, func(t *testing.T) {
			tx, err := conn.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := tx.Rollback(context.Background()); err != nil {
					t.Fatal(err)
				}
			}()
			if _, err := tx.Exec(t.Context(), hole.sql); err != nil {
				t.Fatalf("plant: %v", err)
			}
			faults, err := catalogueFaults(t.Context(), tx)
			if err != nil {
				t.Fatal(err)
			}
			if hole.want == "" && len(faults) > 0 {
				t.Errorf("nothing is wrong, and it says %q", faults)
			}
			if !slices.ContainsFunc(append(faults, ""), func(f string) bool { return strings.Contains(f, hole.want) && (f != "" || hole.want == "") }) {
				t.Errorf("not caught; want %q in %q", hole.want, faults)
			}
		})
	}
}

type hole struct{ name, sql, want string }

const scopeNow = `(select nullif(current_setting('app.current_tenant_id', true), '')::uuid)`

// goodTable is a tenant table as it should be; what is planted below goes wrong from there.
const goodTable = `
	create table things (tenant_id uuid not null references tenants (id), id uuid not null, name text, primary key (tenant_id, id));
	alter table things owner to plinth_owner;
	comment on table things is 'class: tenant';
	alter table things enable row level security;
	create policy tenant on things to plinth_app, plinth_worker using (tenant_id = ` + scopeNow + `) with check (tenant_id = ` + scopeNow + `);
	create policy staff on things to plinth_admin using (true);
	grant select, insert, update on things to plinth_app;
`

const goodPartitions = `
	create table parts (tenant_id uuid not null references tenants (id), id uuid not null, at date not null, primary key (tenant_id, id, at)) partition by range (at);
	create table parts_1 partition of parts for values from ('2026-01-01') to ('2027-01-01');
	alter table parts owner to plinth_owner; alter table parts_1 owner to plinth_owner;
	comment on table parts is 'class: tenant';
	alter table parts enable row level security; alter table parts_1 enable row level security;
	create policy tenant on parts to plinth_app, plinth_worker using (tenant_id = ` + scopeNow + `) with check (tenant_id = ` + scopeNow + `);
	create policy staff on parts to plinth_admin using (true);
	grant select, insert on parts to plinth_app;
`

func holes() []hole {
	return slices.Concat(policyHoles(), keyHoles(), roleHoles(), objectHoles())
}

func policyHoles() []hole {
	return []hole{
		{"a right table", goodTable, ""},
		{"policy missing", `drop policy tenant on tickets`, "policies: tickets has no policy tenant"},
		{"staff policy missing", `drop policy staff on tickets`, "policies: tickets has no policy staff"},
		{"further policy", `create policy more on tickets for select to plinth_app using (true)`, "policies: tickets has a policy more"},
		{"own with a check", `drop policy own on memberships; create policy own on memberships to plinth_app
			using (user_id = (select nullif(current_setting('app.current_user_id', true), '')::uuid))
			with check (user_id = (select nullif(current_setting('app.current_user_id', true), '')::uuid))`, "policies: memberships: own"},
		{"own on another table", `create policy own on tickets for select to plinth_app using (author_id = (select nullif(current_setting('app.current_user_id', true), '')::uuid))`, "policies: tickets has a policy own"},
		{"policy always true", `drop policy tenant on tickets; create policy tenant on tickets to plinth_app, plinth_worker using (true) with check (true)`, "policies: tickets: tenant"},
		{"policy without nullif", `drop policy tenant on tickets; create policy tenant on tickets to plinth_app, plinth_worker
			using (tenant_id = (select current_setting('app.current_tenant_id', true)::uuid)) with check (tenant_id = (select current_setting('app.current_tenant_id', true)::uuid))`, "policies: tickets: tenant"},
		{"check differs from using", `alter policy tenant on tickets with check (true)`, "policies: tickets: tenant"},
		{"policy for everybody", `alter policy tenant on tickets to public`, "policies: tickets: tenant"},
		{"staff policy for the app", `alter policy staff on tickets to plinth_app, plinth_admin`, "policies: tickets: staff"},
		{"global row of anybody", `alter policy own on users using (true) with check (true)`, "policies: users: own"},
		{"global delete", `create policy gone on users for delete to plinth_app using (true)`, "policies: users has a policy gone"},
		{"row security off", `alter table tickets disable row level security`, "row security: tickets has it switched off"},
		{"row security off on users", `alter table users disable row level security`, "row security: users has it switched off"},
		{"row security forced", `alter table tickets force row level security`, "row security: tickets has it FORCEd"},
		{"class missing", `comment on table tickets is null`, "class: tickets"},
		{"class unknown", `comment on table tickets is 'class: other'`, "class: tickets"},
		{"a table in a schema of its own", `create schema aside authorization plinth_owner; create table aside.x (id uuid primary key); alter table aside.x owner to plinth_owner`, "class: aside.x"},
	}
}

func keyHoles() []hole {
	return []hole{
		{"single-column foreign key", goodTable + `alter table comments add constraint bare unique (id);
			alter table things add column comment_id uuid references comments (id)`, "foreign keys: things (comment_id)"},
		{"foreign key with another column as tenant", goodTable + `alter table things add column other uuid, add column ticket uuid,
			add foreign key (other, ticket) references tickets (tenant_id, id)`, "foreign keys: things (other,ticket)"},
		{"cascade from tenants", `alter table comments drop constraint comments_tenant_id_fkey, add foreign key (tenant_id) references tenants (id) on delete cascade`, "foreign keys: comments (tenant_id)"},
		{"cascade from users", `alter table events add foreign key (actor_id) references users (id) on delete cascade`, "foreign keys: events (actor_id)"},
		{"set null from users", `alter table events add foreign key (actor_id) references users (id) on delete set null`, "foreign keys: events (actor_id)"},
		{"set null between tenant tables", `alter table tickets add foreign key (tenant_id, assignee_id) references memberships (tenant_id, user_id) on delete set null (assignee_id)`, "foreign keys: tickets (tenant_id,assignee_id)"},
		{"global table points at a tenant's", `alter table memberships add constraint bare unique (id); alter table users add column seat uuid references memberships (id)`, "foreign keys: users (seat)"},
		{"local table with a foreign key", `alter table sessions add foreign key (user_id) references users (id)`, "foreign keys: sessions (user_id)"},
		{"unique index without tenant", `create unique index loose on tickets (number)`, "keys: tickets: unique index loose"},
		{"tenant not first in a unique index", `create unique index loose on tickets (number, tenant_id)`, "keys: tickets: unique index loose"},
		{"primary key without tenant", `alter table ticket_counters drop constraint ticket_counters_pkey, add primary key (project_id)`, "keys: ticket_counters"},
		{"no primary key", `alter table ticket_counters drop constraint ticket_counters_pkey`, "keys: ticket_counters has no primary key"},
		{"tenant_id may be null", goodTable + `alter table things drop constraint things_pkey, alter column tenant_id drop not null`, "keys: things has no tenant_id uuid not null"},
		{"sequence", goodTable + `alter table things add column n bigint generated always as identity`, "objects: sequence"},
	}
}

func roleHoles() []hole {
	return []hole{
		{"runtime role owns a table", `grant create on schema public to plinth_app; alter table tickets owner to plinth_app`, "owners: tickets belongs to plinth_app"},
		{"runtime role owns a function", `grant create on schema public to plinth_app; alter function visible_to(uuid, uuid) owner to plinth_app`, "owners: function visible_to"},
		{"bypassrls", `alter role plinth_worker bypassrls`, "roles: plinth_worker"},
		{"superuser", `alter role plinth_app superuser`, "roles: plinth_app"},
		{"createrole", `alter role plinth_admin createrole`, "roles: plinth_admin"},
		{"member of the owner", `grant plinth_owner to plinth_app`, "roles: plinth_app is a member of plinth_owner"},
		{"truncate", `grant truncate on tickets to plinth_app`, "grants: tickets: TRUNCATE to plinth_app"},
		{"references", `grant references on tickets to plinth_worker`, "grants: tickets: REFERENCES to plinth_worker"},
		{"trigger", `grant trigger on tickets to plinth_app`, "grants: tickets: TRIGGER to plinth_app"},
		{"delete on a global table", `grant delete on users to plinth_app`, "grants: users: DELETE to plinth_app"},
		{"grant to everybody", `grant select on tickets to public`, "grants: tickets: SELECT to PUBLIC"},
		{"column grant to everybody", `grant select (title) on tickets to public`, "grants: tickets.title: SELECT to PUBLIC"},
		{"grant option", `grant select on tickets to plinth_app with grant option`, "grants: tickets: SELECT to plinth_app with grant option"},
		{"create in public", `grant create on schema public to plinth_app`, "grants: schema public"},
		{"append-only changed", `grant update on events to plinth_app`, "grants: events: UPDATE to plinth_app"},
		{"append-only deleted", `grant delete on account_events to plinth_worker`, "grants: account_events: DELETE to plinth_worker"},
		{"append-only deleted by the worker", `grant delete on events to plinth_worker`, "grants: events: DELETE to plinth_worker"},
		{"copies of seals deleted", `grant delete on audit.heads to plinth_admin`, "grants: audit.heads: DELETE to plinth_admin"},
		{"default privileges", `alter default privileges for role plinth_owner grant select on tables to plinth_app`, "grants: default privileges"},
		{"right partitions", goodPartitions, ""},
		{"grant on a partition", goodPartitions + `grant select on parts_1 to plinth_app`, "grants: partition parts_1"},
		{"partition without row security", goodPartitions + `alter table parts_1 disable row level security`, "row security: parts_1 has it switched off"},
	}
}

func objectHoles() []hole {
	return []hole{
		{"definer function", `create function peek() returns bigint language sql security definer as 'select count(*) from tickets'; alter function peek() owner to plinth_owner`, "objects: function peek is SECURITY DEFINER"},
		{"leakproof function", `create function leak() returns bigint language sql leakproof as 'select 1::bigint'; alter function leak() owner to plinth_owner`, "objects: function leak is LEAKPROOF"},
		{"right view", `create view seen with (security_invoker = true) as select id from tickets; alter view seen owner to plinth_owner`, ""},
		{"view without security_invoker", `create view seen as select id from tickets; alter view seen owner to plinth_owner`, "objects: view seen"},
		{"security_invoker switched off", `create view seen with (security_invoker = false) as select id from tickets; alter view seen owner to plinth_owner`, "objects: view seen"},
		{"materialized view", `create materialized view seen as select id from tickets; alter materialized view seen owner to plinth_owner`, "objects: materialized view seen"},
		{"trigger", `create function nothing() returns trigger language plpgsql as 'begin return new; end'; alter function nothing() owner to plinth_owner;
			create trigger quiet before insert on tickets for each row execute function nothing()`, "objects: trigger quiet on tickets"},
		{"rule", `create rule sly as on insert to tickets do also select 1`, "objects: rule sly on tickets"},
		{"inheritance", `create table child () inherits (tickets); alter table child owner to plinth_owner`, "objects: child inherits from tickets"},
	}
}
