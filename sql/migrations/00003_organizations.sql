-- What an organization owns of its people and its history.

-- +goose Up
create table memberships (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    user_id    uuid not null references users (id),
    role       text not null,
    invited_by uuid references users (id),
    joined_at  timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    left_at    timestamptz,
    primary key (tenant_id, id),
    constraint memberships_user_key unique (tenant_id, user_id)
);
comment on table memberships is 'class: tenant';
create index memberships_user_id_idx on memberships (user_id) where left_at is null;

create table invitations (
    tenant_id   uuid not null references tenants (id),
    id          uuid not null,
    email       text not null,
    role        text not null,
    invited_by  uuid not null references users (id),
    created_at  timestamptz not null default now(),
    sent_at     timestamptz not null default now(),
    expires_at  timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid references users (id),
    revoked_at  timestamptz,
    primary key (tenant_id, id),
    constraint invitations_email_lower check (email = lower(email))
);
comment on table invitations is 'class: tenant';
create unique index invitations_pending_key on invitations (tenant_id, email)
    where accepted_at is null and revoked_at is null;

create table events (
    tenant_id   uuid not null references tenants (id),
    id          uuid not null,
    at          timestamptz not null default clock_timestamp(),
    actor_id    uuid references users (id),
    acting_as   uuid references users (id),
    action      text not null,
    object_kind text not null,
    object_id   uuid,
    object_name text not null default '',
    project_id  uuid,
    changes     jsonb not null default '{}',
    person      jsonb not null default '{}',
    request_id  text not null default '',
    primary key (tenant_id, id)
);
comment on table events is 'class: tenant';
create index events_at_idx on events (tenant_id, at desc, id desc);
create index events_project_idx on events (tenant_id, project_id, at desc, id desc);
create index events_object_idx on events (tenant_id, object_id, at desc, id desc);

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['memberships', 'invitations', 'events'] loop
        execute format('alter table %I enable row level security', t);
        execute format($p$create policy tenant on %I to plinth_app, plinth_worker
            using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))$p$, t);
        execute format('create policy staff on %I to plinth_admin using (true)', t);
    end loop;
end
$$;
-- +goose StatementEnd

-- A person finds the organizations they belong to, and what they are invited to, before any organization is in scope.
-- For select only: with a check for writing a person could make themselves owner of anything.
create policy own on memberships for select to plinth_app
    using (user_id = (select nullif(current_setting('app.current_user_id', true), '')::uuid));
create policy own on invitations for select to plinth_app
    using (email = (select u.email from users u where u.id = (select nullif(current_setting('app.current_user_id', true), '')::uuid)));

grant select, insert, update on memberships, invitations to plinth_app, plinth_worker;
grant select, insert on events to plinth_app, plinth_worker, plinth_admin;
grant select, delete on memberships, invitations to plinth_admin;
grant update on memberships to plinth_admin;

-- +goose Down
drop table events, invitations, memberships;
