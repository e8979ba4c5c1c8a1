-- What happened is counted by day: in each organization, and in all of them together.

-- +goose Up
create table daily_metrics (
    tenant_id uuid not null references tenants (id),
    day       date not null, -- UTC
    metric    text not null,
    count     bigint not null,
    primary key (tenant_id, day, metric)
);
comment on table daily_metrics is 'class: tenant';
alter table daily_metrics enable row level security;
create policy tenant on daily_metrics to plinth_app, plinth_worker
    using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy staff on daily_metrics to plinth_admin using (true);

-- All organizations and all accounts together. They stay when an organization goes.
create table daily_totals (
    day    date not null, -- UTC
    metric text not null,
    count  bigint not null,
    primary key (metric, day)
);
comment on table daily_totals is 'class: local';

-- Up to which seal the events of an organization are counted; the nil id is the chain of the accounts.
create table metric_cursors (
    tenant_id uuid primary key,
    seq       bigint not null
);
comment on table metric_cursors is 'class: local';

grant select on daily_metrics to plinth_app;
grant select, insert, update on daily_metrics, daily_totals, metric_cursors to plinth_worker;
grant select, delete on daily_metrics, metric_cursors to plinth_admin;
grant select on daily_totals to plinth_admin;

-- +goose Down
drop table metric_cursors, daily_totals, daily_metrics;
