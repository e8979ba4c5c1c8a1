-- What Stripe told us, and what follows from it.

-- +goose Up
create table billing_customers (
    tenant_id          uuid primary key references tenants (id),
    stripe_customer_id text not null,
    livemode           boolean not null,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    constraint billing_customers_stripe_customer_id_key unique (stripe_customer_id)
);
comment on table billing_customers is 'class: global';
alter table billing_customers enable row level security;
create policy readable on billing_customers for select to plinth_app, plinth_worker using (true);
create policy addable on billing_customers for insert to plinth_app, plinth_worker with check (true);
create policy own on billing_customers for update to plinth_app, plinth_worker
    using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy staff on billing_customers to plinth_admin using (true);
grant select, insert, update on billing_customers to plinth_app, plinth_worker;
grant select, delete on billing_customers to plinth_admin;

create table subscriptions (
    tenant_id               uuid not null references tenants (id),
    id                      uuid not null,
    stripe_subscription_id  text not null,
    stripe_customer_id      text not null,
    is_current              boolean not null default false,
    status                  text not null,
    access_status           text not null,
    unknown_since           timestamptz,
    stripe_price_id         text not null default '',
    quantity                bigint not null default 0,
    current_period_start    timestamptz,
    current_period_end      timestamptz,
    cancel_at_period_end    boolean not null default false,
    cancel_at               timestamptz,
    canceled_at             timestamptz,
    ended_at                timestamptz,
    trial_end               timestamptz,
    stripe_schedule_id      text,
    pending_stripe_price_id text,
    pending_at              timestamptz,
    pause_collection        text,
    past_due_since          timestamptz,
    dispute_state           text,
    livemode                boolean not null,
    ticket                  bigint not null default 0,
    applied                 bigint not null default 0,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint subscriptions_stripe_subscription_id_key unique (tenant_id, stripe_subscription_id)
);
comment on table subscriptions is 'class: tenant';
create unique index subscriptions_current_key on subscriptions (tenant_id) where is_current;
comment on column subscriptions.ticket is 'counts fetches begun; taken before the fetch';
comment on column subscriptions.applied is 'ticket of the fetch this row shows; an older fetch cannot overwrite a newer one';

-- One row per applied change of plan, quantity or amount; revenue by month is computed from it.
create table subscription_changes (
    tenant_id       uuid not null references tenants (id),
    id              uuid not null,
    subscription_id uuid not null,
    plan            text not null,
    stripe_price_id text not null,
    quantity        bigint not null,
    monthly_amount  bigint not null,
    currency        text not null,
    at              timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id)
);
comment on table subscription_changes is 'class: tenant';
create index subscription_changes_at_idx on subscription_changes (tenant_id, subscription_id, at desc, id desc);

create table invoices (
    tenant_id          uuid not null references tenants (id),
    id                 uuid not null,
    stripe_invoice_id  text not null,
    stripe_customer_id text not null,
    subscription_id    text not null default '',
    number             text not null default '',
    status             text not null,
    currency           text not null,
    total              bigint not null,
    amount_due         bigint not null,
    amount_paid        bigint not null,
    hosted_url         text not null default '',
    pdf_url            text not null default '',
    period_start       timestamptz,
    period_end         timestamptz,
    issued_at          timestamptz not null,
    updated_at         timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint invoices_stripe_invoice_id_key unique (tenant_id, stripe_invoice_id)
);
comment on table invoices is 'class: tenant';
create index invoices_issued_at_idx on invoices (tenant_id, issued_at desc, id desc);

create table plan_overrides (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    plan       text not null,
    until_at   timestamptz,
    reason     text not null,
    staff_id   uuid not null references users (id),
    created_at timestamptz not null default now(),
    ended_at   timestamptz,
    primary key (tenant_id, id)
);
comment on table plan_overrides is 'class: tenant';
create unique index plan_overrides_open_key on plan_overrides (tenant_id) where ended_at is null;

create table stripe_events (
    id          text primary key,
    type        text not null,
    created     timestamptz not null,
    livemode    boolean not null,
    api_version text not null default '',
    account     text not null default '',
    object_id   text not null default '',
    customer_id text not null default '',
    payload     jsonb not null,
    state       text not null,
    note        text not null default '',
    received_at timestamptz not null default now(),
    applied_at  timestamptz,
    constraint stripe_events_state_known check (state in ('queued', 'applied', 'parked', 'ignored'))
);
comment on table stripe_events is 'class: local';
create index stripe_events_received_at_idx on stripe_events (received_at desc, id desc);
create index stripe_events_parked_idx on stripe_events (customer_id) where state = 'parked';
create index stripe_events_queued_idx on stripe_events (received_at) where state = 'queued';

create table billing_tasks (
    id        uuid primary key,
    kind      text not null,
    object_id text not null,
    tenant_id uuid,
    detail    text not null default '',
    opened_at timestamptz not null default now(),
    closed_at timestamptz
);
comment on table billing_tasks is 'class: local';
create unique index billing_tasks_open_key on billing_tasks (kind, object_id) where closed_at is null;

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['subscriptions', 'subscription_changes', 'invoices', 'plan_overrides'] loop
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
grant select, insert, update on subscriptions, invoices to plinth_app, plinth_worker;
grant select, insert on subscription_changes to plinth_app, plinth_worker;
grant select on plan_overrides to plinth_app, plinth_worker;
grant insert, update on plan_overrides to plinth_admin;
grant select, insert, update on stripe_events, billing_tasks to plinth_app, plinth_worker;
grant select, update on stripe_events, billing_tasks to plinth_admin;

-- +goose Down
drop table billing_tasks, stripe_events, plan_overrides, invoices, subscription_changes, subscriptions, billing_customers;
