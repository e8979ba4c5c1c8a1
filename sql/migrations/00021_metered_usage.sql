-- What an organization uses of its plan's meter, hour by hour, and whether Stripe was told.

-- +goose Up
create table usage_hours (
    tenant_id   uuid not null references tenants (id),
    meter       text not null,
    hour        timestamptz not null, -- its first moment
    quantity    bigint not null, -- what is charged, in the meter's unit, above what the plan includes
    measured    bigint not null, -- what was found, in the meter's own measure: bytes
    reported_at timestamptz, -- null: Stripe has not been told yet
    note        text not null default '', -- why it is not charged, when it is not
    created_at  timestamptz not null default now(),
    primary key (tenant_id, meter, hour)
);
comment on table usage_hours is 'class: tenant';
alter table usage_hours enable row level security;
create policy tenant on usage_hours to plinth_app, plinth_worker
    using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy staff on usage_hours to plinth_admin using (true);
grant select on usage_hours to plinth_app;
grant select, insert, update, delete on usage_hours to plinth_worker;
grant select, delete on usage_hours to plinth_admin;

-- +goose Down
drop table usage_hours;
