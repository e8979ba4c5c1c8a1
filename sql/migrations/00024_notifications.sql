-- What people are told of: notifications in the app, by mail and in a digest, and how each person wants it.

-- +goose Up
create table notifications (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    user_id    uuid not null,
    cause      text not null, -- what it is told for, once
    kind       text not null,
    way        text not null, -- how this person wanted to be told of this kind
    project_id uuid not null,
    ticket_id  uuid not null,
    comment_id uuid,
    actor_id   uuid, -- null when time itself is the cause
    event_id   uuid,
    created_at timestamptz not null default now(),
    read_at    timestamptz,
    digest_at  timestamptz, -- the digest it was put into
    primary key (tenant_id, id),
    constraint notifications_cause_key unique (tenant_id, user_id, cause),
    constraint notifications_kind_known check (kind in ('assigned', 'mention', 'comment', 'status', 'due')),
    constraint notifications_way_known check (way in ('app', 'mail', 'digest')),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id),
    foreign key (tenant_id, actor_id) references memberships (tenant_id, user_id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id),
    foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    foreign key (tenant_id, comment_id) references comments (tenant_id, id)
);
comment on table notifications is 'class: tenant';
create index notifications_user_idx on notifications (tenant_id, user_id, id desc);
create index notifications_unread_idx on notifications (tenant_id, user_id, id desc) where read_at is null;
create index notifications_ticket_idx on notifications (tenant_id, ticket_id);
create index notifications_digest_idx on notifications (tenant_id, created_at) where way = 'digest' and digest_at is null and read_at is null;
create index notifications_read_idx on notifications (tenant_id, read_at) where read_at is not null;

-- What somebody wants to hear of one project: everything, only what is theirs (which is said by no row), or nothing.
create table notification_projects (
    tenant_id  uuid not null references tenants (id),
    project_id uuid not null,
    user_id    uuid not null,
    level      text not null,
    updated_at timestamptz not null default now(),
    primary key (tenant_id, project_id, user_id),
    constraint notification_projects_level_known check (level in ('everything', 'mine', 'nothing')),
    foreign key (tenant_id, project_id) references projects (tenant_id, id),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id)
);
comment on table notification_projects is 'class: tenant';
create index notification_projects_user_idx on notification_projects (tenant_id, user_id);

-- How somebody wants to be told of each kind, in all their organizations; what no row says is as the program has it.
create table notification_choices (
    user_id    uuid not null references users (id),
    kind       text not null,
    way        text not null,
    updated_at timestamptz not null default now(),
    primary key (user_id, kind),
    constraint notification_choices_kind_known check (kind in ('assigned', 'mention', 'comment', 'status', 'due')),
    constraint notification_choices_way_known check (way in ('app', 'mail', 'digest', 'nothing'))
);
comment on table notification_choices is 'class: global';

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['notifications', 'notification_projects', 'notification_choices'] loop
        execute format('alter table %I enable row level security', t);
        execute format('create policy staff on %I to plinth_admin using (true)', t);
        execute format('grant select, insert, update on %I to plinth_app, plinth_worker', t);
        execute format('grant select, delete on %I to plinth_admin', t);
    end loop;
    foreach t in array array['notifications', 'notification_projects'] loop
        execute format($p$create policy tenant on %I to plinth_app, plinth_worker
            using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))$p$, t);
    end loop;
end
$$;
-- +goose StatementEnd
grant delete on notifications to plinth_worker;
create policy readable on notification_choices for select to plinth_app, plinth_worker using (true);
create policy addable on notification_choices for insert to plinth_app, plinth_worker
    with check (user_id = (select nullif(current_setting('app.current_user_id', true), '')::uuid));
create policy own on notification_choices for update to plinth_app, plinth_worker
    using (user_id = (select nullif(current_setting('app.current_user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('app.current_user_id', true), '')::uuid));

-- +goose Down
drop table notification_choices, notification_projects, notifications;
