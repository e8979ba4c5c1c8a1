-- What goes out of a project and comes into one: copies under way or ready to be fetched, and files that are read in.

-- +goose Up
create table project_exports (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    project_id uuid not null,
    user_id    uuid not null, -- who asked, and alone may fetch it
    kind       text not null,
    filter     text not null default '', -- as the address of the list says it
    state      text not null default 'running',
    step       smallint not null default 0, -- which part of the copy is written
    page       integer not null default 0, -- which file of that part
    after      bigint not null default 0, -- the last number, or count of rows, that is written
    after_id   uuid not null default '00000000-0000-0000-0000-000000000000',
    done       bigint not null default 0, -- tickets
    total      bigint not null default 0,
    bytes      bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    expires_at timestamptz not null,
    primary key (tenant_id, id),
    constraint project_exports_kind_known check (kind in ('csv', 'zip')),
    constraint project_exports_state_known check (state in ('running', 'ready', 'failed')),
    foreign key (tenant_id, project_id) references projects (tenant_id, id),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id)
);
comment on table project_exports is 'class: tenant';
create index project_exports_own_idx on project_exports (tenant_id, user_id, project_id, created_at desc);
create index project_exports_expired_idx on project_exports (tenant_id, expires_at);
create unique index project_exports_running_key on project_exports (tenant_id, user_id, project_id, kind) where state = 'running';

create table imports (
    tenant_id   uuid not null references tenants (id),
    id          uuid not null, -- the tickets of an import have ids that begin like it
    project_id  uuid, -- null until the project of an archive is made
    user_id     uuid not null,
    kind        text not null,
    name        text not null, -- of the file
    key         text not null, -- where it lies in the place for files
    size        bigint not null,
    sha256      bytea not null,
    layout      jsonb not null default '{}', -- encoding, separator, names of the columns, the first rows
    mapping     jsonb not null default '{}', -- which column is what, and what becomes of unknown words
    found       jsonb not null default '{}', -- what looking through it brought to light
    state       text not null,
    step        smallint not null default 0,
    at          bigint not null default 0, -- rows of the step that are done
    total       bigint not null default 0, -- rows to do, as far as it is known
    made        bigint not null default 0, -- tickets
    skipped     bigint not null default 0, -- rows that were not taken
    remaining   bigint not null default 0, -- tickets that stayed when the import was undone
    problem     text not null default '',
    created_at  timestamptz not null, -- what was touched since then was touched by people
    updated_at  timestamptz not null default now(),
    finished_at timestamptz,
    primary key (tenant_id, id),
    constraint imports_kind_known check (kind in ('csv', 'zip')),
    constraint imports_state_known check (state in ('mapping', 'checking', 'checked', 'running', 'done', 'undoing', 'undone', 'failed')),
    foreign key (tenant_id, project_id) references projects (tenant_id, id),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id)
);
comment on table imports is 'class: tenant';
create index imports_project_idx on imports (tenant_id, project_id, created_at desc);
create index imports_user_idx on imports (tenant_id, user_id, created_at desc);

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['project_exports', 'imports'] loop
        execute format('alter table %I enable row level security', t);
        execute format($p$create policy tenant on %I to plinth_app, plinth_worker
            using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))$p$, t);
        execute format('create policy staff on %I to plinth_admin using (true)', t);
        execute format('grant select, insert, update on %I to plinth_app, plinth_worker', t);
        execute format('grant select, update, delete on %I to plinth_admin', t);
    end loop;
end
$$;
-- +goose StatementEnd
grant delete on project_exports, imports to plinth_worker;

-- +goose Down
drop table imports, project_exports;
