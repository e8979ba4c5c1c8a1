-- People and organizations, the two things that are globally unique.

-- +goose Up
create table users (
    id                  uuid primary key,
    email               text not null,
    name                text not null,
    password_hash       text,
    password_changed_at timestamptz,
    email_verified_at   timestamptz not null,
    terms_version       text not null,
    terms_accepted_at   timestamptz not null,
    time_zone           text not null default 'UTC',
    staff_since         timestamptz,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    anonymised_at       timestamptz,
    constraint users_email_key unique (email),
    constraint users_email_lower check (email = lower(email))
);
comment on table users is 'class: global';

create table tenants (
    id               uuid primary key,
    slug             text not null,
    name             text not null,
    time_zone        text not null default 'UTC',
    created_by       uuid not null references users (id),
    suspended_at     timestamptz,
    suspended_reason text,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    deleted_at       timestamptz,
    constraint tenants_slug_key unique (slug),
    constraint tenants_slug_form check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) between 2 and 40)
);
comment on table tenants is 'class: global';

-- Global tables: everybody reads and adds, nobody but the row in scope is changed, and only the back-office deletes.
alter table users enable row level security;
create policy readable on users for select to plinth_app, plinth_worker using (true);
create policy addable on users for insert to plinth_app, plinth_worker with check (true);
create policy own on users for update to plinth_app, plinth_worker
    using (id = (select nullif(current_setting('app.current_user_id', true), '')::uuid))
    with check (id = (select nullif(current_setting('app.current_user_id', true), '')::uuid));
create policy staff on users to plinth_admin using (true);
grant select, insert, update on users to plinth_app, plinth_worker;
grant select, update, delete on users to plinth_admin;

alter table tenants enable row level security;
create policy readable on tenants for select to plinth_app, plinth_worker using (true);
create policy addable on tenants for insert to plinth_app, plinth_worker with check (true);
create policy own on tenants for update to plinth_app, plinth_worker
    using (id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
    with check (id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy staff on tenants to plinth_admin using (true);
grant select, insert, update on tenants to plinth_app, plinth_worker;
grant select, update, delete on tenants to plinth_admin;

-- +goose Down
drop table tenants;
drop table users;
