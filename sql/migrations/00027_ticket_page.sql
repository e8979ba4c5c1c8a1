-- What the page of a ticket adds: tickets that wait for others, reactions to comments, and addresses of tickets that were
-- moved to another project.

-- +goose Up
create table ticket_links (
    tenant_id  uuid not null references tenants (id),
    blocker_id uuid not null,
    blocked_id uuid not null, -- waits for the blocker
    created_by uuid not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, blocker_id, blocked_id),
    constraint ticket_links_two check (blocker_id <> blocked_id),
    foreign key (tenant_id, blocker_id) references tickets (tenant_id, id),
    foreign key (tenant_id, blocked_id) references tickets (tenant_id, id),
    foreign key (tenant_id, created_by) references memberships (tenant_id, user_id)
);
comment on table ticket_links is 'class: tenant';
create index ticket_links_blocked_idx on ticket_links (tenant_id, blocked_id);

create table reactions (
    tenant_id  uuid not null references tenants (id),
    comment_id uuid not null,
    user_id    uuid not null,
    kind       text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, comment_id, kind, user_id),
    constraint reactions_kind_known check (kind in ('agree', 'disagree', 'thanks', 'happy', 'puzzled', 'seen')),
    foreign key (tenant_id, comment_id) references comments (tenant_id, id),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id)
);
comment on table reactions is 'class: tenant';

create table ticket_moves (
    tenant_id  uuid not null references tenants (id),
    project_id uuid not null, -- and number: the address that it had
    number     integer not null,
    ticket_id  uuid not null,
    moved_at   timestamptz not null default now(),
    primary key (tenant_id, project_id, number),
    foreign key (tenant_id, project_id) references projects (tenant_id, id),
    foreign key (tenant_id, ticket_id) references tickets (tenant_id, id)
);
comment on table ticket_moves is 'class: tenant';

alter table comments add column revision integer not null default 0;

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['ticket_links', 'reactions', 'ticket_moves'] loop
        execute format('alter table %I enable row level security', t);
        execute format($p$create policy tenant on %I to plinth_app, plinth_worker
            using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))$p$, t);
        execute format('create policy staff on %I to plinth_admin using (true)', t);
        execute format('grant select, insert, delete on %I to plinth_app, plinth_worker', t);
        execute format('grant select, delete on %I to plinth_admin', t);
    end loop;
end
$$;
-- +goose StatementEnd

-- +goose Down
alter table comments drop column revision;
drop table ticket_moves, reactions, ticket_links;
