-- What we mean to do at Stripe is written down before we ask, so that a second try asks the same thing.

-- +goose Up
alter table billing_customers add column refreshed_at timestamptz;

alter table subscriptions
    add column unit_amount bigint not null default 0,
    add column currency text not null default '',
    add column billing_interval text not null default '';

alter table invoices
    add column attempts bigint not null default 0,
    add column next_attempt_at timestamptz,
    add column applied bigint not null default 0;

-- A trial is started once by an organization, and once by a person.
create table billing_trials (
    tenant_id  uuid primary key references tenants (id),
    user_id    uuid not null references users (id),
    plan       text not null,
    started_at timestamptz not null default now(),
    constraint billing_trials_user_id_key unique (user_id)
);
comment on table billing_trials is 'class: global';
alter table billing_trials enable row level security;
create policy readable on billing_trials for select to plinth_app, plinth_worker using (true);
create policy addable on billing_trials for insert to plinth_app, plinth_worker with check (true);
create policy staff on billing_trials to plinth_admin using (true);
grant select, insert on billing_trials to plinth_app, plinth_worker;
grant select, delete on billing_trials to plinth_admin;

-- The id is part of the idempotency key of the request that carries the intent out.
create table billing_intents (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    kind       text not null,
    params     text not null,
    stripe_id  text not null default '',
    url        text not null default '',
    created_at timestamptz not null default now(),
    closed_at  timestamptz,
    primary key (tenant_id, id)
);
comment on table billing_intents is 'class: tenant';
create unique index billing_intents_open_key on billing_intents (tenant_id, kind) where closed_at is null;

-- What an event has led to, by its meaning: payment_failed:sub_1:in_1:2. A second event of the same meaning finds the row.
create table billing_effects (
    tenant_id  uuid not null references tenants (id),
    id         text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id)
);
comment on table billing_effects is 'class: tenant';

-- When a subscription is to be looked at although no event came.
create table subscription_checks (
    stripe_subscription_id text primary key,
    tenant_id              uuid not null,
    due_at                 timestamptz not null
);
comment on table subscription_checks is 'class: local';
create index subscription_checks_due_at_idx on subscription_checks (due_at);
-- squawk-ignore require-concurrent-index-creation
create index stripe_events_object_id_idx on stripe_events (object_id, type);

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['billing_intents', 'billing_effects'] loop
        execute format('alter table %I enable row level security', t);
        execute format($p$create policy tenant on %I to plinth_app, plinth_worker
            using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))$p$, t);
        execute format('create policy staff on %I to plinth_admin using (true)', t);
        execute format('grant select, delete on %I to plinth_admin', t);
    end loop;
end
$$;
-- +goose StatementEnd
grant select, insert, update on billing_intents to plinth_app, plinth_worker;
grant select, insert on billing_effects to plinth_app, plinth_worker;
grant select, insert, update, delete on subscription_checks to plinth_app, plinth_worker;
grant select on subscription_checks to plinth_admin;

-- +goose Down
-- squawk-ignore require-concurrent-index-deletion
drop index stripe_events_object_id_idx;
drop table subscription_checks, billing_effects, billing_intents, billing_trials;
alter table invoices drop column applied, drop column next_attempt_at, drop column attempts;
alter table subscriptions drop column billing_interval, drop column currency, drop column unit_amount;
alter table billing_customers drop column refreshed_at;
