-- What people find: the words of tickets and comments, and words that nearly are the one that was typed.

-- +goose Up
-- A ticket or a comment as a search reads it: from the first row to the last of the organization, because under row
-- security no index answers a full-text condition. So the rows are kept apart from the texts, and small.
create table search_docs (
    tenant_id  uuid not null references tenants (id),
    id         uuid not null, -- of the ticket, or of the comment
    project_id uuid not null,
    ticket_id  uuid not null,
    words      tsvector not null, -- of a title with weight A, of a text without places
    primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id),
    foreign key (tenant_id, ticket_id) references tickets (tenant_id, id)
);
comment on table search_docs is 'class: tenant';
create index search_docs_ticket_idx on search_docs (tenant_id, ticket_id);

-- The words of an organization, and each of them with one letter left out: two words that are a slip apart have such a
-- variant in common.
create table search_words (
    tenant_id uuid not null references tenants (id),
    word      text collate "C" not null,
    primary key (tenant_id, word)
);
comment on table search_words is 'class: tenant';

create table search_variants (
    tenant_id uuid not null references tenants (id),
    variant   text collate "C" not null,
    word      text collate "C" not null,
    primary key (tenant_id, variant, word)
);
comment on table search_variants is 'class: tenant';

insert into search_docs (tenant_id, id, project_id, ticket_id, words)
select t.tenant_id, t.id, t.project_id, t.id, setweight(to_tsvector('simple', t.title), 'A') || strip(to_tsvector('simple', t.body))
from tickets t
where t.deleted_at is null;
insert into search_docs (tenant_id, id, project_id, ticket_id, words)
select c.tenant_id, c.id, t.project_id, t.id, strip(to_tsvector('simple', c.body))
from comments c
join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
where c.deleted_at is null and t.deleted_at is null;

-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['search_docs', 'search_words', 'search_variants'] loop
        execute format('alter table %I enable row level security', t);
        execute format($p$create policy tenant on %I to plinth_app, plinth_worker
            using (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))
            with check (tenant_id = (select nullif(current_setting('app.current_tenant_id', true), '')::uuid))$p$, t);
        execute format('create policy staff on %I to plinth_admin using (true)', t);
        execute format('grant select, insert on %I to plinth_app, plinth_worker', t);
        execute format('grant select, delete on %I to plinth_admin', t);
    end loop;
end
$$;
-- +goose StatementEnd
grant update, delete on search_docs to plinth_app, plinth_worker;

-- +goose Down
drop table search_variants, search_words, search_docs;
