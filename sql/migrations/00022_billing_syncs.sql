-- The nightly comparison with Stripe, run by run, and the rows that were not what Stripe says.

-- +goose Up
create table billing_syncs (
    id          uuid primary key,
    started_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    finished_at timestamptz,
    looked_at   bigint not null default 0, -- subscriptions compared so far
    after_id    text not null default '' -- the last of them
);
comment on table billing_syncs is 'class: local';
grant select, insert, update, delete on billing_syncs to plinth_app, plinth_worker;
grant select on billing_syncs to plinth_admin;

create table billing_drifts (
    sync_id                uuid not null,
    stripe_subscription_id text not null,
    tenant_id              uuid not null,
    what                   text not null,
    found_at               timestamptz not null default now(),
    primary key (sync_id, stripe_subscription_id)
);
comment on table billing_drifts is 'class: local';
create index billing_drifts_tenant_idx on billing_drifts (tenant_id);
grant select, insert, delete on billing_drifts to plinth_app, plinth_worker;
grant select, delete on billing_drifts to plinth_admin;

-- +goose Down
drop table billing_drifts;
drop table billing_syncs;
