-- Deleting an organization: Stripe is settled first, then it can be brought back for thirty days, and then everything it
-- had is erased. And the copy of all it has, which is offered before.

-- +goose Up
alter table tenants
    add column closing_at timestamptz, -- deletion was asked for, and Stripe is being settled
    add column closing_by uuid, -- who asked; no foreign key, so that nobody is kept by a tombstone
    add column purging_at timestamptz, -- erasing has begun: from here nothing leads back
    add column purged_at timestamptz; -- all of it is erased, and this row is a tombstone

create table tenant_exports (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    user_id    uuid not null references users (id), -- who asked
    state      text not null default 'running',
    step       integer not null default 0,
    part       integer not null default 0, -- of the step: pages written
    after_id   uuid not null default '00000000-0000-0000-0000-000000000000', -- the last row written
    bytes      bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    expires_at timestamptz not null,
    primary key (tenant_id, id),
    constraint tenant_exports_state_known check (state in ('running', 'ready', 'failed'))
);
comment on table tenant_exports is 'class: tenant';
create unique index tenant_exports_running_key on tenant_exports (tenant_id) where state = 'running';
create index tenant_exports_created_at_idx on tenant_exports (tenant_id, created_at desc);

alter table tenant_exports enable row level security;
create policy tenant on tenant_exports to plinth_app, plinth_worker
    using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy staff on tenant_exports to plinth_admin using (true);
grant select, insert, update on tenant_exports to plinth_app, plinth_worker;
grant select, update, delete on tenant_exports to plinth_admin;

-- How many rows of each table were erased so far, until the record of the erasure tells it.
create table tenant_purges (
    tenant_id uuid not null,
    noun      text not null,
    erased    bigint not null default 0,
    primary key (tenant_id, noun)
);
comment on table tenant_purges is 'class: local';
grant select, insert, update, delete on tenant_purges to plinth_admin;

-- Erasing is plinth_admin's alone. The copies of seals in audit.heads stay: they are hashes, and tell a history that was
-- erased from one that was taken away.
grant delete on events, event_seals, event_erasures to plinth_admin;
grant select, delete on unsealed_events, one_time_tokens, subscription_checks, stripe_events, billing_tasks, mails to plinth_admin;

-- +goose Down
revoke delete on stripe_events, billing_tasks, subscription_checks from plinth_admin;
revoke select, delete on unsealed_events from plinth_admin;
revoke delete on events, event_seals, event_erasures from plinth_admin;
drop table tenant_purges;
drop table tenant_exports;
alter table tenants
    drop column purged_at,
    drop column purging_at,
    drop column closing_by,
    drop column closing_at;
