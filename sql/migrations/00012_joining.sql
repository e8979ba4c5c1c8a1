-- Ways into an organization beside an invitation, its addresses of old, what it asks of whoever comes in, and the handing
-- over of ownership.

-- +goose Up
-- Every address an organization has had. It stays the organization's for as long as that exists, so that a link never
-- leads to somebody else; tenants.slug is the one in force.
create table tenant_slugs (
    slug       text primary key,
    tenant_id  uuid not null references tenants (id),
    created_at timestamptz not null default now()
);
comment on table tenant_slugs is 'class: global';
create index tenant_slugs_tenant_idx on tenant_slugs (tenant_id);
insert into tenant_slugs (slug, tenant_id, created_at)
select slug, id, created_at
from tenants;

-- What an organization asks of its people. Without a row nothing is asked.
create table tenant_policies (
    tenant_id       uuid primary key references tenants (id),
    email_domains   text[] not null default '{}', -- whom invitations and join links take; empty is everybody
    open_to_domains boolean not null default false, -- anybody with an address there may join
    second_factor   boolean not null default false,
    signin_methods  text[] not null default '{}', -- password, link, passkey, oidc:<provider>; empty is all
    session_hours   integer not null default 0, -- the last proof is not older; 0 is without limit
    updated_at      timestamptz not null default now()
);
comment on table tenant_policies is 'class: global';
create index tenant_policies_open_idx on tenant_policies using gin (email_domains) where open_to_domains;

-- A link with which anybody who has it joins in its role. At most one of a role is open.
create table join_links (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    role       text not null,
    hash       bytea not null,
    secret     text not null, -- sealed: the link is shown again to those who manage people
    created_by uuid not null references users (id),
    created_at timestamptz not null default now(),
    ended_at   timestamptz,
    primary key (tenant_id, id)
);
comment on table join_links is 'class: tenant';
create unique index join_links_open_key on join_links (tenant_id, role) where ended_at is null;

-- An owner hands ownership to another member, who confirms it.
create table ownership_transfers (
    tenant_id    uuid not null references tenants (id),
    id           uuid not null,
    from_user    uuid not null references users (id),
    to_user      uuid not null references users (id),
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null,
    confirmed_at timestamptz,
    ended_at     timestamptz, -- withdrawn, declined or replaced
    primary key (tenant_id, id)
);
comment on table ownership_transfers is 'class: tenant';
create unique index ownership_transfers_open_key on ownership_transfers (tenant_id, from_user) where confirmed_at is null and ended_at is null;

alter table tenant_slugs enable row level security;
create policy readable on tenant_slugs for select to plinth_app, plinth_worker using (true);
create policy addable on tenant_slugs for insert to plinth_app, plinth_worker
    with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy staff on tenant_slugs to plinth_admin using (true);
grant select, insert on tenant_slugs to plinth_app, plinth_worker;
grant select, delete on tenant_slugs to plinth_admin;

alter table tenant_policies enable row level security;
create policy readable on tenant_policies for select to plinth_app, plinth_worker using (true);
create policy addable on tenant_policies for insert to plinth_app, plinth_worker
    with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy own on tenant_policies for update to plinth_app, plinth_worker
    using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy staff on tenant_policies to plinth_admin using (true);
grant select, insert, update on tenant_policies to plinth_app, plinth_worker;
grant select, delete on tenant_policies to plinth_admin;

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['join_links', 'ownership_transfers'] loop
        execute format('alter table %I enable row level security', t);
        execute format($p$create policy tenant on %I to plinth_app, plinth_worker
            using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))$p$, t);
        execute format('create policy staff on %I to plinth_admin using (true)', t);
    end loop;
end
$$;
-- +goose StatementEnd
grant select, insert, update on join_links, ownership_transfers to plinth_app, plinth_worker;
grant select, delete on join_links, ownership_transfers to plinth_admin;

-- +goose Down
drop table ownership_transfers, join_links, tenant_policies, tenant_slugs;
