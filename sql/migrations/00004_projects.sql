-- Projects, tickets, comments and the counts that pages show.

-- +goose Up
create table projects (
    tenant_id   uuid not null references tenants (id),
    id          uuid not null,
    key         text not null,
    name        text not null,
    description text not null default '',
    hue         text not null default 'patina',
    visibility  text not null,
    created_by  uuid not null,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    archived_at timestamptz,
    deleted_at  timestamptz,
    primary key (tenant_id, id),
    constraint projects_key_form check (key ~ '^[A-Z][A-Z0-9]{1,5}$'),
    constraint projects_visibility_known check (visibility in ('organization', 'members')),
    foreign key (tenant_id, created_by) references memberships (tenant_id, user_id)
);
comment on table projects is 'class: tenant';
create unique index projects_key_key on projects (tenant_id, key) where deleted_at is null;
create index projects_name_idx on projects (tenant_id, name, id) where deleted_at is null;

create table project_members (
    tenant_id  uuid not null references tenants (id),
    project_id uuid not null,
    user_id    uuid not null,
    added_at   timestamptz not null default now(),
    primary key (tenant_id, project_id, user_id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id)
);
comment on table project_members is 'class: tenant';
create index project_members_user_idx on project_members (tenant_id, user_id, project_id);

-- The counter that WEB-1, WEB-2 … come from; taken in the transaction that adds the ticket.
create table ticket_counters (
    tenant_id   uuid not null references tenants (id),
    project_id  uuid not null,
    last_number integer not null default 0,
    primary key (tenant_id, project_id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id)
);
comment on table ticket_counters is 'class: tenant';

create table tickets (
    tenant_id    uuid not null references tenants (id),
    id           uuid not null,
    project_id   uuid not null,
    number       integer not null,
    title        text not null,
    body         text not null default '',
    status       text not null,
    priority     smallint not null default 0,
    assignee_id  uuid,
    author_id    uuid not null,
    comments     integer not null default 0,
    revision     integer not null default 1, -- of title and body, so that nobody writes over what they have not seen
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    closed_at    timestamptz,
    deleted_at   timestamptz,
    primary key (tenant_id, id),
    constraint tickets_number_key unique (tenant_id, project_id, number),
    constraint tickets_priority_known check (priority between 0 and 4),
    foreign key (tenant_id, project_id) references projects (tenant_id, id),
    foreign key (tenant_id, assignee_id) references memberships (tenant_id, user_id),
    foreign key (tenant_id, author_id) references memberships (tenant_id, user_id)
);
comment on table tickets is 'class: tenant';
create index tickets_list_idx on tickets (tenant_id, project_id, number desc) where deleted_at is null;
create index tickets_updated_idx on tickets (tenant_id, project_id, updated_at desc, number desc) where deleted_at is null;
create index tickets_board_idx on tickets (tenant_id, project_id, status, priority desc, number desc) where deleted_at is null;
create index tickets_priority_idx on tickets (tenant_id, project_id, priority desc, number desc) where deleted_at is null;
create index tickets_open_idx on tickets (tenant_id, project_id, number) where deleted_at is null and closed_at is null;
create index tickets_mine_idx on tickets (tenant_id, assignee_id, priority desc, id desc) where deleted_at is null and closed_at is null;
create index tickets_assignee_idx on tickets (tenant_id, project_id, assignee_id, number desc) where deleted_at is null;

create table comments (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    ticket_id  uuid not null,
    author_id  uuid not null,
    body       text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    edited_at  timestamptz,
    deleted_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    foreign key (tenant_id, author_id) references memberships (tenant_id, user_id)
);
comment on table comments is 'class: tenant';
create index comments_ticket_idx on comments (tenant_id, ticket_id, created_at, id) where deleted_at is null;

-- Kept counts: written with the ticket, recounted nightly.
create table ticket_counts (
    tenant_id  uuid not null references tenants (id),
    project_id uuid not null,
    status     text not null,
    tickets    integer not null default 0,
    primary key (tenant_id, project_id, status),
    foreign key (tenant_id, project_id) references projects (tenant_id, id)
);
comment on table ticket_counts is 'class: tenant';

create table ticket_days (
    tenant_id  uuid not null references tenants (id),
    project_id uuid not null,
    day        date not null,
    opened     integer not null default 0,
    closed     integer not null default 0,
    primary key (tenant_id, project_id, day),
    foreign key (tenant_id, project_id) references projects (tenant_id, id)
);
comment on table ticket_days is 'class: tenant';
create index ticket_days_day_idx on ticket_days (tenant_id, day);

-- The projects a person may know of: owners and admins all of them, members those of the whole organization and those
-- they were added to, guests only the latter. Who left and came back is added anew: what was before counts no more.
-- Every query on project data says
--     project_id in (select v.project_id from visible_to($1, $2) v)
-- and the planner sees through it, because the function is a plain stable query.
-- +goose StatementBegin
create function visible_to(tenant uuid, person uuid) returns table (project_id uuid)
    language sql stable parallel safe
as $$
    select p.id
    from projects p
    join memberships m on m.tenant_id = p.tenant_id and m.user_id = person and m.left_at is null
    where p.tenant_id = tenant
      and p.deleted_at is null
      and (
          m.role in ('owner', 'admin')
          or (m.role = 'member' and p.visibility = 'organization')
          or exists (
              select 1
              from project_members pm
              where pm.tenant_id = p.tenant_id and pm.project_id = p.id and pm.user_id = person and pm.added_at >= m.joined_at
          )
      )
$$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['projects', 'project_members', 'ticket_counters', 'tickets', 'comments', 'ticket_counts', 'ticket_days'] loop
        execute format('alter table %I enable row level security', t);
        execute format($p$create policy tenant on %I to plinth_app, plinth_worker
            using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))$p$, t);
        execute format('create policy staff on %I to plinth_admin using (true)', t);
        execute format('grant select, insert, update on %I to plinth_app, plinth_worker', t);
        execute format('grant select, delete on %I to plinth_admin', t);
    end loop;
end
$$;
-- +goose StatementEnd
grant delete on project_members to plinth_app, plinth_worker;

-- +goose Down
drop function visible_to(uuid, uuid);
drop table ticket_days, ticket_counts, comments, tickets, ticket_counters, project_members, projects;
