-- What a planned change leads to, which card is charged and what is taken off, as Stripe last said; and where invoices go.

-- +goose Up
alter table subscriptions
    add column pending_plan text not null default '',
    add column pending_interval text not null default '',
    add column card_brand text not null default '',
    add column card_last4 text not null default '',
    add column card_expires timestamptz, -- the last day it is good for
    add column discount_name text not null default '',
    add column discount_percent double precision not null default 0,
    add column discount_amount bigint not null default 0, -- in the subscription's currency
    add column discount_until timestamptz;

create table billing_settings (
    tenant_id  uuid primary key references tenants (id),
    email      text not null default '', -- empty: the owners alone
    updated_at timestamptz not null default now()
);
comment on table billing_settings is 'class: tenant';
alter table billing_settings enable row level security;
create policy tenant on billing_settings to plinth_app, plinth_worker
    using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy staff on billing_settings to plinth_admin using (true);
grant select, insert, update on billing_settings to plinth_app, plinth_worker;
grant select, update, delete on billing_settings to plinth_admin;

-- +goose Down
drop table billing_settings;
alter table subscriptions
    drop column discount_until, drop column discount_amount, drop column discount_percent, drop column discount_name,
    drop column card_expires, drop column card_last4, drop column card_brand, drop column pending_interval, drop column pending_plan;
