-- Organization :tenant, whose owner :owner is, gets a project SCALE with :tickets tickets; each has a comment, two
-- entries of history and words to be found by, and most have a label, an estimate, a due date or somebody responsible.
create or replace function pg_temp.uid(text) returns uuid language sql immutable as $$select md5(:tenant::text || $1)::uuid$$;

insert into users (id, email, name, email_verified_at, terms_version, terms_accepted_at)
select pg_temp.uid('colleague ' || i), 'colleague-' || i || '-' || :tenant || '@example.com', 'Colleague ' || i, now(), '1', now()
from generate_series(1, 40) i;

insert into memberships (tenant_id, id, user_id, role, joined_at)
select :tenant, gen_random_uuid(), pg_temp.uid('colleague ' || i), 'member', now() - make_interval(days => 100 - i)
from generate_series(1, 40) i;

insert into projects (tenant_id, id, key, name, visibility, created_by)
values (:tenant, pg_temp.uid('scale'), 'SCALE', 'Scale', 'organization', :owner);

insert into project_members (tenant_id, project_id, user_id) values (:tenant, pg_temp.uid('scale'), :owner);

insert into ticket_counters (tenant_id, project_id, last_number) values (:tenant, pg_temp.uid('scale'), :tickets);

insert into statuses (tenant_id, project_id, slug, name, kind, position)
select :tenant, pg_temp.uid('scale'), v.slug, v.slug, v.slug, v.position
from (values ('todo', 1), ('progress', 2), ('review', 3), ('done', 4)) v (slug, position);

insert into labels (tenant_id, id, project_id, name, hue)
select :tenant, pg_temp.uid('label ' || j), pg_temp.uid('scale'), 'label ' || j, 'moss'
from generate_series(0, 9) j;

-- One in ten is open, so that a larger project is rather an older one than a busier one; a ticket is about lighthouses
-- now and then, and one is of a person who has no other.
insert into tickets (
    tenant_id, id, project_id, number, title, body, rank, status, priority, author_id, assignee_id, comments, due_on, estimate, created_at, updated_at, closed_at
)
select
    :tenant, pg_temp.uid('ticket ' || k), pg_temp.uid('scale'), k,
    'Ticket ' || k || case when k % (:tickets / 5) = 0 then ' about lighthouses' else '' end, 'Its text.', 'j' || lpad((4999999999 - k)::text, 10, '0'),
    case when k % 10 = 0 then (array['todo', 'progress', 'review'])[k / 10 % 3 + 1] else 'done' end, k % 5, :owner,
    case when k % 7 = 0 then :owner when k % 7 > 1 then pg_temp.uid('colleague ' || k % 40 + 1) end, 1,
    case when k % 3 = 0 then current_date - 30 + k % 60 end, case when k % 2 = 0 then k % 9 end,
    now() - make_interval(mins => 2 * (:tickets - k)), now() - make_interval(mins => :tickets - k),
    case when k % 10 <> 0 then now() - make_interval(mins => :tickets - k) end
from generate_series(1, :tickets) k;

insert into ticket_labels (tenant_id, ticket_id, label_id, number)
select :tenant, pg_temp.uid('ticket ' || k), pg_temp.uid('label ' || k % 10), k
from generate_series(1, :tickets, 2) k;

insert into comments (tenant_id, id, ticket_id, author_id, body, created_at)
select :tenant, gen_random_uuid(), pg_temp.uid('ticket ' || k), :owner, 'Something that was said.', now() - make_interval(mins => :tickets - k)
from generate_series(1, :tickets) k;

insert into events (tenant_id, id, at, actor_id, action, object_kind, object_id, object_name, project_id)
select
    :tenant, gen_random_uuid(), now() - make_interval(mins => 2 * (:tickets - k) - j), :owner,
    (array['ticket.created', 'ticket.status_changed'])[j + 1], 'ticket', pg_temp.uid('ticket ' || k), 'Ticket ' || k, pg_temp.uid('scale')
from generate_series(1, :tickets) k, generate_series(0, 1) j;

insert into search_docs (tenant_id, id, project_id, ticket_id, words)
select t.tenant_id, t.id, t.project_id, t.id, setweight(to_tsvector('simple', t.title), 'A') || strip(to_tsvector('simple', t.body))
from tickets t
where t.tenant_id = :tenant and t.project_id = pg_temp.uid('scale');

insert into ticket_counts (tenant_id, project_id, status, tickets)
select tenant_id, project_id, status, count(*)
from tickets
where tenant_id = :tenant and project_id = pg_temp.uid('scale')
group by tenant_id, project_id, status;

insert into ticket_days (tenant_id, project_id, day, opened, closed)
select :tenant, pg_temp.uid('scale'), current_date - d, 5, 4
from generate_series(0, 120) d;

insert into notifications (tenant_id, id, user_id, cause, kind, way, project_id, ticket_id, comment_id, actor_id, created_at, read_at)
select c.tenant_id, gen_random_uuid(), :owner, 'comment:' || c.id, 'comment', 'app', t.project_id, t.id, c.id, c.author_id, c.created_at,
    case when t.number % 40 <> 3 then now() end
from comments c
join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
where c.tenant_id = :tenant and t.project_id = pg_temp.uid('scale') and t.number % 20 = 3;
