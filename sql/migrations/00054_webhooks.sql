-- Servers of organizations that are told what happens: where to, what was sent, and what was answered.

-- +goose Up
create table webhook_endpoints (
    tenant_id     uuid not null references tenants (id),
    id            uuid not null,
    url           text not null,
    description   text not null default '',
    types         text[] not null default '{}', -- of events; none is every one
    secret        text not null, -- sealed; '' once it is deleted
    old_secret    text not null default '', -- signs as well until old_until
    old_until     timestamptz,
    state         text not null default 'active',
    paused_for    text not null default '', -- why it is paused
    paused_at     timestamptz,
    missed_since  timestamptz, -- since when nothing arrived, before it was last paused
    failures      integer not null default 0, -- turns that failed since the last success
    failing_since timestamptz,
    next_at       timestamptz, -- while it fails: when it is tried again
    busy_until    timestamptz, -- somebody posts to it
    wake_at       timestamptz, -- when a job that waits will look at it
    created_by    uuid not null,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    deleted_at    timestamptz,
    primary key (tenant_id, id),
    constraint webhook_endpoints_state_known check (state in ('active', 'paused')),
    constraint webhook_endpoints_paused_for_known check (paused_for in ('', 'failing', 'gone', 'hand')),
    foreign key (tenant_id, created_by) references memberships (tenant_id, user_id)
);
comment on table webhook_endpoints is 'class: tenant';

-- One for each event and endpoint, however often the event is passed on.
create table webhook_deliveries (
    tenant_id   uuid not null references tenants (id),
    endpoint_id uuid not null,
    event_id    uuid not null,
    type        text not null,
    payload     text not null, -- the bytes that are signed
    state       text not null default 'waiting',
    aside       boolean not null default false, -- refused while others were taken: it waits by itself
    attempts    integer not null default 0,
    next_at     timestamptz not null,
    queued_at   timestamptz not null, -- since when it waits: it is given up three days later
    created_at  timestamptz not null,
    ended_at    timestamptz,
    last_status integer not null default 0,
    last_error  text not null default '',
    primary key (tenant_id, endpoint_id, event_id),
    constraint webhook_deliveries_state_known check (state in ('waiting', 'delivered', 'failed')),
    foreign key (tenant_id, endpoint_id) references webhook_endpoints (tenant_id, id)
);
comment on table webhook_deliveries is 'class: tenant';
create index webhook_deliveries_state_idx on webhook_deliveries (tenant_id, state, endpoint_id, event_id);
create index webhook_deliveries_type_idx on webhook_deliveries (tenant_id, type, endpoint_id, event_id);
create index webhook_deliveries_created_idx on webhook_deliveries (tenant_id, created_at);

create table webhook_attempts (
    tenant_id   uuid not null references tenants (id),
    id          uuid not null,
    endpoint_id uuid not null,
    event_id    uuid not null,
    at          timestamptz not null,
    took_ms     integer not null,
    signature   text not null, -- as it was sent
    status      integer not null, -- 0: there was no answer
    answer      text not null,
    error       text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, endpoint_id, event_id) references webhook_deliveries (tenant_id, endpoint_id, event_id)
);
comment on table webhook_attempts is 'class: tenant';
create index webhook_attempts_delivery_idx on webhook_attempts (tenant_id, endpoint_id, event_id, id);

-- Events of a while that are sent once more.
create table webhook_replays (
    tenant_id   uuid not null references tenants (id),
    id          uuid not null,
    endpoint_id uuid not null,
    since       timestamptz not null,
    until       timestamptz not null,
    after_at    timestamptz, -- the last event that is queued
    after_id    uuid not null default '00000000-0000-0000-0000-000000000000',
    done        integer not null default 0,
    total       integer not null,
    more        boolean not null, -- there are more in that while than are sent at once
    state       text not null default 'running',
    created_by  uuid not null,
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    primary key (tenant_id, id),
    constraint webhook_replays_state_known check (state in ('running', 'done', 'failed')),
    foreign key (tenant_id, endpoint_id) references webhook_endpoints (tenant_id, id),
    foreign key (tenant_id, created_by) references memberships (tenant_id, user_id)
);
comment on table webhook_replays is 'class: tenant';
create index webhook_replays_endpoint_idx on webhook_replays (tenant_id, endpoint_id, created_at desc);
create unique index webhook_replays_running_key on webhook_replays (tenant_id, endpoint_id) where state = 'running';

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['webhook_endpoints', 'webhook_deliveries', 'webhook_attempts', 'webhook_replays'] loop
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
grant delete on webhook_endpoints, webhook_deliveries, webhook_attempts, webhook_replays to plinth_worker;

-- +goose Down
drop table webhook_replays, webhook_attempts, webhook_deliveries, webhook_endpoints;
