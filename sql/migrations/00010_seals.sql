-- The chain that shows whether history was rewritten: each event of an organization, and each of the accounts, gets a
-- seal that holds a hash over its values and the seal before. Copies of the newest seals stand in a second place.
--
-- The indexes are built beside the work that goes on, outside of a transaction; so every statement can be repeated
-- after one that was ended. An index whose build was ended is not used, and `if not exists` would take it for a whole
-- one: it is dropped first.

-- +goose NO TRANSACTION
-- +goose Up
drop index concurrently if exists events_actor_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently events_actor_idx on events (tenant_id, actor_id, at desc, id desc);
drop index concurrently if exists events_action_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently events_action_idx on events (tenant_id, action, at desc, id desc);
drop index concurrently if exists events_kind_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently events_kind_idx on events (tenant_id, object_kind, at desc, id desc);

-- What waits for its seal, added in the transaction of the event. tenant_id is the nil id for events of accounts.
create table if not exists unsealed_events (
    tenant_id uuid not null,
    event_id  uuid not null,
    queued_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, event_id)
);
comment on table unsealed_events is 'class: local';
create index if not exists unsealed_events_queued_at_idx on unsealed_events (queued_at);

create table if not exists event_seals (
    tenant_id uuid not null references tenants (id),
    seq       bigint not null,
    event_id  uuid not null,
    person    bytea not null, -- sha256 of the personal values, so that erasing them leaves the chain whole
    prev      bytea not null, -- hash of the seal before; zeros in the first
    hash      bytea not null,
    sealed_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, seq),
    constraint event_seals_event_key unique (tenant_id, event_id)
);
comment on table event_seals is 'class: tenant';

create table if not exists account_event_seals (
    seq       bigint primary key,
    event_id  uuid not null,
    person    bytea not null,
    prev      bytea not null,
    hash      bytea not null,
    sealed_at timestamptz not null default clock_timestamp(),
    constraint account_event_seals_event_key unique (event_id)
);
comment on table account_event_seals is 'class: local';

-- Whose personal values were erased, and the event that tells of it. What is empty without such a mark was tampered with.
create table if not exists event_erasures (
    tenant_id  uuid not null references tenants (id),
    event_id   uuid not null,
    erasure_id uuid not null,
    primary key (tenant_id, event_id)
);
comment on table event_erasures is 'class: tenant';

create table if not exists account_event_erasures (
    event_id   uuid primary key,
    erasure_id uuid not null
);
comment on table account_event_erasures is 'class: local';

-- The second place, unless AUDIT_DATABASE_URL names a better one: `plinth audit store` prints the like of this for it.
create schema if not exists audit;
create table if not exists audit.heads (
    tenant_id uuid not null,
    seq       bigint not null,
    hash      bytea not null,
    at        timestamptz not null default clock_timestamp(),
    primary key (tenant_id, seq)
);
comment on table audit.heads is 'class: tenant';
create table if not exists audit.account_heads (
    seq  bigint primary key,
    hash bytea not null,
    at   timestamptz not null default clock_timestamp()
);
comment on table audit.account_heads is 'class: local';

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['event_seals', 'event_erasures', 'audit.heads'] loop
        execute format('alter table %s enable row level security', t);
        execute format('drop policy if exists tenant on %s', t);
        execute format('drop policy if exists staff on %s', t);
        execute format($p$create policy tenant on %s to plinth_app, plinth_worker
            using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))$p$, t);
        execute format('create policy staff on %s to plinth_admin using (true)', t);
    end loop;
end
$$;
-- +goose StatementEnd

-- The web adds what waits, the worker seals it, and nobody changes what stands. Personal values alone may be emptied, by
-- plinth_admin, which leaves a mark.
grant usage on schema audit to plinth_worker, plinth_admin;
grant insert on unsealed_events to plinth_app, plinth_admin;
grant select, insert, delete on unsealed_events to plinth_worker;
grant select on event_seals, event_erasures to plinth_app, plinth_admin;
grant select, insert on event_seals, account_event_seals, audit.heads, audit.account_heads to plinth_worker;
grant select on event_erasures, account_event_erasures to plinth_worker;
grant select on account_event_seals, audit.heads, audit.account_heads to plinth_admin;
grant select, insert on event_erasures, account_event_erasures to plinth_admin;
grant update (person) on events, account_events to plinth_admin;

-- +goose Down
revoke update (person) on events, account_events from plinth_admin;
drop table if exists audit.account_heads, audit.heads, account_event_erasures, event_erasures, account_event_seals, event_seals, unsealed_events;
drop schema if exists audit;
drop index concurrently if exists events_kind_idx;
drop index concurrently if exists events_action_idx;
drop index concurrently if exists events_actor_idx;
