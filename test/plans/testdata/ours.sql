-- Organization :tenant, whose owner :owner is: 80 further people, 8 projects with 5100 tickets, 3000 of them in WEB, the
-- first of each with 300 comments and a history of 251 entries.
create or replace function pg_temp.uid(text) returns uuid language sql immutable as 'select md5($1)::uuid';

insert into users (id, email, name, email_verified_at, terms_version, terms_accepted_at)
select pg_temp.uid('colleague ' || i), 'colleague' || i || '@example.com', 'Colleague ' || i, now(), '1', now()
from generate_series(1, 80) i;

insert into memberships (tenant_id, id, user_id, role, joined_at)
select :tenant, gen_random_uuid(), pg_temp.uid('colleague ' || i), 'member', now() - make_interval(days => 100 - i)
from generate_series(1, 80) i;

insert into invitations (tenant_id, id, email, role, invited_by, expires_at, accepted_at)
select :tenant, gen_random_uuid(), 'guest' || i || '@acme.example', 'member', :owner, now() + interval '3 days', case when i > 5 then now() end
from generate_series(1, 85) i;

insert into projects (tenant_id, id, key, name, visibility, created_by)
select :tenant, pg_temp.uid('our project ' || i), case i when 1 then 'WEB' else 'Q' || i end, 'Project ' || i, 'organization', :owner
from generate_series(1, 8) i;

insert into project_members (tenant_id, project_id, user_id)
select :tenant, pg_temp.uid('our project ' || i), m.user_id
from generate_series(1, 8) i, memberships m
where m.tenant_id = :tenant and (m.role = 'guest' or m.user_id = :owner);

insert into ticket_counters (tenant_id, project_id, last_number)
select :tenant, pg_temp.uid('our project ' || i), case i when 1 then 3000 else 300 end
from generate_series(1, 8) i;

insert into statuses (tenant_id, project_id, slug, name, kind, position)
select :tenant, pg_temp.uid('our project ' || i), v.slug, v.slug, v.slug, v.position
from generate_series(1, 8) i, (values ('todo', 1), ('progress', 2), ('review', 3), ('done', 4)) v (slug, position);

insert into tickets (tenant_id, id, project_id, number, title, body, rank, status, priority, author_id, assignee_id, comments, created_at, updated_at, closed_at)
select
    :tenant, pg_temp.uid('our ticket ' || i || ' ' || k), pg_temp.uid('our project ' || i), k,
    'Ticket ' || k || case when k % 400 = 0 then ' about lighthouses' else '' end, 'Its text.', 'j' || lpad((4999999999 - k)::text, 10, '0'),
    (array['todo', 'progress', 'review', 'done', 'done', 'done'])[k % 6 + 1], k % 5, :owner,
    case when k % 7 = 0 then :owner when k % 7 > 1 then pg_temp.uid('colleague ' || k % 80 + 1) end, 2,
    now() - make_interval(hours => 6000 - k), now() - make_interval(hours => 5000 - k),
    case when k % 6 > 2 then now() - make_interval(hours => 5000 - k) end
from generate_series(1, 8) i cross join lateral generate_series(1, case i when 1 then 3000 else 300 end) k;

update tickets
set due_on = case when number % 3 = 0 then current_date - 30 + number % 60 end, estimate = case when number % 2 = 0 then number % 9 end
where tenant_id = :tenant;

insert into labels (tenant_id, id, project_id, name, hue)
select :tenant, pg_temp.uid('our label ' || i || ' ' || j), pg_temp.uid('our project ' || i), 'label ' || j, 'moss'
from generate_series(1, 8) i, generate_series(1, 5) j;

insert into ticket_labels (tenant_id, ticket_id, label_id, number)
select t.tenant_id, t.id, l.id, t.number
from tickets t
join labels l on l.tenant_id = t.tenant_id and l.project_id = t.project_id
where t.tenant_id = :tenant and t.number % 5 = ascii(right(l.name, 1)) % 5;

insert into comments (tenant_id, id, ticket_id, author_id, body, created_at)
select t.tenant_id, gen_random_uuid(), t.id, :owner, 'Something that was said.', t.created_at + make_interval(mins => j)
from tickets t cross join lateral generate_series(1, case when t.number = 1 then 300 else 2 end) j
where t.tenant_id = :tenant;

-- A file of each comment, which is called as the comment is.
insert into attachments (tenant_id, id, ticket_id, comment_id, author_id, name, content_type, size, sha256, key, created_at, arrived_at)
select tenant_id, id, ticket_id, id, author_id, 'notes.txt', 'text/plain; charset=utf-8', 10, '\x01', 'none', created_at, created_at
from comments
where tenant_id = :tenant;

insert into events (tenant_id, id, at, actor_id, action, object_kind, object_id, object_name, project_id, changes)
select
    t.tenant_id, gen_random_uuid(), t.created_at + make_interval(mins => j), :owner,
    (array['ticket.created', 'ticket.status_changed', 'ticket.assigned'])[j % 3 + 1], 'ticket', t.id, t.title, t.project_id,
    case j % 3 when 2 then jsonb_build_object('assignee', jsonb_build_array('', coalesce(t.assignee_id::text, ''))) else '{}' end
from tickets t cross join lateral generate_series(0, case when t.number = 1 then 250 else 2 end) j
where t.tenant_id = :tenant;

insert into search_docs (tenant_id, id, project_id, ticket_id, words)
select t.tenant_id, t.id, t.project_id, t.id, setweight(to_tsvector('simple', t.title), 'A') || strip(to_tsvector('simple', t.body))
from tickets t
where t.tenant_id = :tenant;

insert into ticket_counts (tenant_id, project_id, status, tickets)
select tenant_id, project_id, status, count(*)
from tickets
where tenant_id = :tenant
group by tenant_id, project_id, status;

insert into ticket_days (tenant_id, project_id, day, opened, closed)
select :tenant, pg_temp.uid('our project ' || i), current_date - d, 5, 4
from generate_series(1, 8) i, generate_series(0, 120) d;

insert into invoices (tenant_id, id, stripe_invoice_id, stripe_customer_id, status, currency, total, amount_due, amount_paid, issued_at)
select :tenant, gen_random_uuid(), 'in_ours_' || i, 'cus_ours', 'paid', 'eur', 900, 0, 900, now() - make_interval(days => 7 * i)
from generate_series(1, 120) i;

insert into notifications (tenant_id, id, user_id, cause, kind, way, project_id, ticket_id, comment_id, actor_id, created_at, read_at)
select c.tenant_id, gen_random_uuid(), :owner, 'comment:' || c.id, 'comment', 'app', t.project_id, t.id, c.id, c.author_id, c.created_at,
    case when t.number % 40 <> 3 then now() end
from comments c
join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
where c.tenant_id = :tenant;

insert into imports (tenant_id, id, project_id, user_id, kind, name, key, size, sha256, state, created_at)
select :tenant, pg_temp.uid('our import ' || i), pg_temp.uid('our project 1'), :owner, 'csv', 'tickets.csv', '', 1, '\x01', 'done', now() - make_interval(days => i)
from generate_series(1, 60) i;

insert into webhook_endpoints (tenant_id, id, url, secret, created_by, created_at, updated_at)
select :tenant, pg_temp.uid('our webhook ' || i), 'https://example.com/' || i, 'sealed', :owner, now(), now()
from generate_series(1, 5) i;

insert into webhook_deliveries (tenant_id, endpoint_id, event_id, type, payload, state, next_at, queued_at, created_at)
select :tenant, pg_temp.uid('our webhook ' || n), pg_temp.uid('our delivery ' || n || ' ' || i), case when i % 2 = 0 then 'ticket.created' else 'ticket.edited' end, '{}',
    case when i % 100 = 0 then 'waiting' when i % 10 = 0 then 'failed' else 'delivered' end, now(), now(), now() - make_interval(mins => i)
from generate_series(1, 5) n, generate_series(1, 3000) i;

insert into webhook_attempts (tenant_id, id, endpoint_id, event_id, at, took_ms, signature, status, answer, error)
select d.tenant_id, gen_random_uuid(), d.endpoint_id, d.event_id, d.created_at, 20, '', 200, '', ''
from webhook_deliveries d
where d.tenant_id = :tenant;
