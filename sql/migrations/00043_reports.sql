-- Who gets the weekly report of a project by mail.

-- +goose Up
create table report_subscriptions (
    tenant_id  uuid not null references tenants (id),
    project_id uuid not null,
    user_id    uuid not null,
    created_at timestamptz not null default now(),
    last_week  date not null, -- the Monday of the last week whose report was sent, or is not to be
    primary key (tenant_id, project_id, user_id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id)
);
comment on table report_subscriptions is 'class: tenant';
create index report_subscriptions_user_idx on report_subscriptions (tenant_id, user_id);

alter table report_subscriptions enable row level security;
create policy tenant on report_subscriptions to plinth_app, plinth_worker
    using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy staff on report_subscriptions to plinth_admin using (true);
grant select, insert, update, delete on report_subscriptions to plinth_app, plinth_worker;
grant select, delete on report_subscriptions to plinth_admin;

-- +goose Down
drop table report_subscriptions;
