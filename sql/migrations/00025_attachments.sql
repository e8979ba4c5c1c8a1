-- Files of tickets and comments. What they hold is in the place for files; here is what they are called, what they are
-- and whose they are, and how much of them an organization has.

-- +goose Up
create table attachments (
    tenant_id    uuid not null references tenants (id),
    id           uuid not null,
    ticket_id    uuid not null,
    comment_id   uuid, -- null: of the ticket itself
    draft_id     uuid, -- the form of a comment that is still being written; null once it is said
    author_id    uuid not null,
    name         text not null,
    content_type text not null default '', -- told by the content; empty until all of it is there
    size         bigint not null default 0,
    sha256       bytea,
    key          text not null, -- where it lies in the place for files
    thumbnail    text not null default 'none',
    width        integer not null default 0, -- of the thumbnail
    height       integer not null default 0,
    created_at   timestamptz not null default now(),
    arrived_at   timestamptz, -- null: not all of it is there
    deleted_at   timestamptz,
    deleted_by   uuid,
    primary key (tenant_id, id),
    constraint attachments_thumbnail_known check (thumbnail in ('none', 'waiting', 'ready', 'failed')),
    foreign key (tenant_id, ticket_id) references tickets (tenant_id, id),
    foreign key (tenant_id, comment_id) references comments (tenant_id, id),
    foreign key (tenant_id, author_id) references memberships (tenant_id, user_id)
);
comment on table attachments is 'class: tenant';
create index attachments_ticket_idx on attachments (tenant_id, ticket_id, created_at, id);
create index attachments_comment_idx on attachments (tenant_id, comment_id) where comment_id is not null;
create index attachments_author_idx on attachments (tenant_id, author_id, id);
create index attachments_loose_idx on attachments (tenant_id, created_at) where deleted_at is not null or arrived_at is null or draft_id is not null;

-- The kept sum of what is there: written with the files, recounted nightly.
create table file_totals (
    tenant_id uuid primary key references tenants (id),
    files     bigint not null default 0,
    bytes     bigint not null default 0
);
comment on table file_totals is 'class: tenant';

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['attachments', 'file_totals'] loop
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
grant delete on attachments to plinth_worker;

-- +goose Down
drop table file_totals;
drop table attachments;
