-- What a ticket can say of itself: statuses of its project's own, labels, a place on the board, a due date, an estimate, a
-- parent, who watches it and who is named in it.

-- +goose Up
create table statuses (
    tenant_id    uuid not null references tenants (id),
    project_id   uuid not null,
    slug         text not null, -- stays when the status is renamed: tickets and addresses say it
    name         text not null,
    kind         text not null,
    position     integer not null,
    ticket_limit integer, -- how many tickets of it are wanted at most; null is any number
    created_at   timestamptz not null default now(),
    deleted_at   timestamptz, -- kept for the history of tickets that had it
    primary key (tenant_id, project_id, slug),
    constraint statuses_slug_form check (slug ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    constraint statuses_kind_known check (kind in ('backlog', 'todo', 'progress', 'review', 'done', 'canceled')),
    constraint statuses_limit_some check (ticket_limit > 0),
    foreign key (tenant_id, project_id) references projects (tenant_id, id)
);
comment on table statuses is 'class: tenant';
create unique index statuses_name_key on statuses (tenant_id, project_id, lower(name)) where deleted_at is null;

insert into statuses (tenant_id, project_id, slug, name, kind, position)
select p.tenant_id, p.id, v.slug, v.name, v.slug, v.position
from projects p
cross join (values ('todo', 'To do', 1), ('progress', 'In progress', 2), ('review', 'In review', 3), ('done', 'Done', 4)) v (slug, name, position);

create table labels (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    project_id uuid not null,
    name       text not null,
    hue        text not null,
    created_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id)
);
comment on table labels is 'class: tenant';
create unique index labels_name_key on labels (tenant_id, project_id, lower(name)) where deleted_at is null;

-- The number of the ticket stands here too: the index of a label has the order of a list.
create table ticket_labels (
    tenant_id uuid not null references tenants (id),
    ticket_id uuid not null,
    label_id  uuid not null,
    number    integer not null,
    primary key (tenant_id, ticket_id, label_id),
    foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    foreign key (tenant_id, label_id) references labels (tenant_id, id)
);
comment on table ticket_labels is 'class: tenant';
create index ticket_labels_label_idx on ticket_labels (tenant_id, label_id, number desc);

-- Who asked to hear of a ticket, or asked not to: what a person said last holds.
create table ticket_watchers (
    tenant_id uuid not null references tenants (id),
    ticket_id uuid not null,
    user_id   uuid not null,
    watching  boolean not null,
    since     timestamptz not null default now(),
    primary key (tenant_id, ticket_id, user_id),
    foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id)
);
comment on table ticket_watchers is 'class: tenant';
create index ticket_watchers_user_idx on ticket_watchers (tenant_id, user_id, since desc, ticket_id) where watching;

-- Who was named in a ticket's text (no comment) or in a comment.
create table mentions (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null,
    ticket_id  uuid not null,
    comment_id uuid,
    user_id    uuid not null,
    author_id  uuid not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint mentions_once unique nulls not distinct (tenant_id, ticket_id, comment_id, user_id),
    foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    foreign key (tenant_id, comment_id) references comments (tenant_id, id),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id),
    foreign key (tenant_id, author_id) references memberships (tenant_id, user_id)
);
comment on table mentions is 'class: tenant';
create index mentions_user_idx on mentions (tenant_id, user_id, id desc);
create index mentions_comment_idx on mentions (tenant_id, comment_id);

-- rank is a key of fractional indexing: between any two there is room for another. The smallest stands on top of its lane.
-- What was there before stands as boards showed it: the most pressing first, then the newest.
alter table tickets
    add column rank text collate "C" not null default 'j0000000000',
    add column due_on date,
    add column estimate smallint, -- points
    add column parent_id uuid,
    add column deleted_by uuid,
    add constraint tickets_estimate_some check (estimate between 0 and 100) not valid,
    add constraint tickets_parent_other check (parent_id <> id) not valid;
update tickets
set rank = 'j' || (4 - priority)::text || lpad((999999999 - number)::text, 9, '0')
where rank = 'j0000000000';
alter table tickets add constraint tickets_status_fkey foreign key (tenant_id, project_id, status) references statuses (tenant_id, project_id, slug) not valid;
alter table tickets add constraint tickets_parent_fkey foreign key (tenant_id, parent_id) references tickets (tenant_id, id) not valid;
alter table tickets add constraint tickets_deleted_by_fkey foreign key (tenant_id, deleted_by) references memberships (tenant_id, user_id) not valid;
alter table projects
    add column icon text not null default '', -- one of a few pictures; empty is the letters of the key
    add column lead_id uuid;
alter table projects add constraint projects_lead_fkey foreign key (tenant_id, lead_id) references memberships (tenant_id, user_id) not valid;

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['statuses', 'labels', 'ticket_labels', 'ticket_watchers', 'mentions'] loop
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
grant delete on ticket_labels, mentions to plinth_app, plinth_worker;

-- +goose Down
alter table tickets drop constraint tickets_status_fkey, drop constraint tickets_parent_fkey, drop constraint tickets_deleted_by_fkey;
alter table tickets drop column rank, drop column due_on, drop column estimate, drop column parent_id, drop column deleted_by;
alter table projects drop column icon, drop column lead_id;
drop table mentions, ticket_watchers, ticket_labels, labels, statuses;
