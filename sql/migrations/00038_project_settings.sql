-- What the settings of a project change, views that are kept under a name, when work on a ticket began, and who has put the
-- first steps away.

-- +goose Up
alter table projects add column revision integer not null default 1; -- of the settings, so that nobody writes over what they have not seen
alter table statuses add column moves_to text; -- of one that was taken away: the slug that its tickets get
alter table labels add column moves_to uuid; -- of one that was taken away: the label that its tickets get; null is none
alter table tickets add column started_at timestamptz; -- when it was first in a status of progress or review
alter table memberships add column steps_hidden_at timestamptz;

create table saved_views (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    project_id uuid not null,
    user_id    uuid not null,
    name       text not null,
    query      text not null, -- of the list's address
    shared     boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id)
);
comment on table saved_views is 'class: tenant';
create unique index saved_views_name_key on saved_views (tenant_id, project_id, user_id, lower(name));
alter table saved_views enable row level security;
create policy tenant on saved_views to plinth_app, plinth_worker
    using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid));
create policy staff on saved_views to plinth_admin using (true);
grant select, insert, update, delete on saved_views to plinth_app, plinth_worker;
grant select, delete on saved_views to plinth_admin;

-- +goose Down
drop table saved_views;
alter table memberships drop column steps_hidden_at;
alter table tickets drop column started_at;
alter table labels drop column moves_to;
alter table statuses drop column moves_to;
alter table projects drop column revision;
