-- Organizations number :from to :to with all that belongs to them: 20 people each, 4 projects, 100 tickets, 100 comments,
-- 200 entries of history, a year of invoices. Ids are made of numbers, so that each statement finds what the one before made.
create or replace function pg_temp.uid(text) returns uuid language sql immutable as 'select md5($1)::uuid';

create temp table numbers as select n from generate_series(:from, :to) n;
analyze numbers;

insert into users (id, email, name, email_verified_at, terms_version, terms_accepted_at)
select pg_temp.uid('user ' || n || ' ' || i), 'person' || n || '.' || i || '@example.com', 'Person ' || i || ' of ' || n, now(), '1', now()
from numbers, generate_series(1, 20) i;

insert into tenants (id, slug, name, created_by)
select pg_temp.uid('tenant ' || n), 'tenant-' || n, 'Organization ' || n, pg_temp.uid('user ' || n || ' 1')
from numbers;

-- The first five people of each also belong to the organization behind it.
insert into memberships (tenant_id, id, user_id, role, joined_at)
select
    pg_temp.uid('tenant ' || n), gen_random_uuid(), pg_temp.uid('user ' || n || ' ' || i),
    case when i = 1 then 'owner' when i = 2 then 'admin' when i > 18 then 'guest' else 'member' end, now() - make_interval(days => 200 - i)
from numbers, generate_series(1, 20) i
union all
select pg_temp.uid('tenant ' || n + 1), gen_random_uuid(), pg_temp.uid('user ' || n || ' ' || i), 'member', now() - interval '20 days'
from numbers, generate_series(1, 5) i
where n < :to;

insert into invitations (tenant_id, id, email, role, invited_by, expires_at, accepted_at)
select
    pg_temp.uid('tenant ' || n), gen_random_uuid(), 'guest' || n || '.' || i || '@example.com', 'member', pg_temp.uid('user ' || n || ' 1'),
    now() + interval '3 days', case when i > 2 then now() end
from numbers, generate_series(1, 10) i;

insert into projects (tenant_id, id, key, name, visibility, created_by)
select pg_temp.uid('tenant ' || n), pg_temp.uid('project ' || n || ' ' || i), 'P' || i, 'Project ' || i, 'organization', pg_temp.uid('user ' || n || ' 1')
from numbers, generate_series(1, 4) i;

insert into project_members (tenant_id, project_id, user_id)
select pg_temp.uid('tenant ' || n), pg_temp.uid('project ' || n || ' ' || i), pg_temp.uid('user ' || n || ' ' || j)
from numbers, generate_series(1, 4) i, generate_series(16, 20) j;

insert into ticket_counters (tenant_id, project_id, last_number)
select pg_temp.uid('tenant ' || n), pg_temp.uid('project ' || n || ' ' || i), 25
from numbers, generate_series(1, 4) i;

insert into statuses (tenant_id, project_id, slug, name, kind, position)
select pg_temp.uid('tenant ' || n), pg_temp.uid('project ' || n || ' ' || i), v.slug, v.slug, v.slug, v.position
from numbers, generate_series(1, 4) i, (values ('todo', 1), ('progress', 2), ('review', 3), ('done', 4)) v (slug, position);

insert into tickets (tenant_id, id, project_id, number, title, body, rank, status, priority, author_id, assignee_id, comments, created_at, updated_at, closed_at)
select
    pg_temp.uid('tenant ' || n), pg_temp.uid('ticket ' || n || ' ' || i || ' ' || k), pg_temp.uid('project ' || n || ' ' || i), k,
    'Ticket ' || k || ' of ' || n, 'Its text.', 'j' || lpad((4999999999 - k)::text, 10, '0'), (array['todo', 'progress', 'review', 'done'])[k % 4 + 1], k % 5,
    pg_temp.uid('user ' || n || ' ' || k % 18 + 1), pg_temp.uid('user ' || n || ' ' || k % 17 + 1), 1,
    now() - make_interval(hours => 1000 - k), now() - make_interval(hours => 500 - k),
    case when k % 4 = 3 then now() - make_interval(hours => 500 - k) end
from numbers, generate_series(1, 4) i, generate_series(1, 25) k;

create temp table made as select t.* from numbers join tickets t on t.tenant_id = pg_temp.uid('tenant ' || n);

insert into comments (tenant_id, id, ticket_id, author_id, body, created_at)
select tenant_id, gen_random_uuid(), id, author_id, 'Something that was said.', created_at + interval '1 hour'
from made;

insert into attachments (tenant_id, id, ticket_id, author_id, name, content_type, size, sha256, key, created_at, arrived_at)
select tenant_id, gen_random_uuid(), id, author_id, 'notes.txt', 'text/plain; charset=utf-8', 10, '\x01', 'none', created_at, created_at
from made;

insert into events (tenant_id, id, at, actor_id, action, object_kind, object_id, object_name, project_id, changes)
select
    tenant_id, gen_random_uuid(), created_at + make_interval(hours => j), author_id,
    (array['ticket.created', 'ticket.assigned'])[j], 'ticket', id, title, project_id,
    case j when 2 then jsonb_build_object('assignee', jsonb_build_array('', assignee_id)) else '{}' end
from made, generate_series(1, 2) j;

insert into search_docs (tenant_id, id, project_id, ticket_id, words)
select t.tenant_id, t.id, t.project_id, t.id, setweight(to_tsvector('simple', t.title), 'A') || strip(to_tsvector('simple', t.body))
from made t;

insert into ticket_counts (tenant_id, project_id, status, tickets)
select tenant_id, project_id, status, count(*)
from made
group by tenant_id, project_id, status;

insert into ticket_days (tenant_id, project_id, day, opened, closed)
select pg_temp.uid('tenant ' || n), pg_temp.uid('project ' || n || ' ' || i), current_date - d, 1, 1
from numbers, generate_series(1, 4) i, generate_series(0, 60) d;

insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, status, access_status, is_current, quantity, livemode)
select
    pg_temp.uid('tenant ' || n), pg_temp.uid('subscription ' || n || ' ' || i), 'sub_' || n || '_' || i, 'cus_' || n,
    case i when 1 then 'active' else 'canceled' end, case i when 1 then 'active' else 'canceled' end, i = 1, 20, false
from numbers, generate_series(1, 5) i;

insert into subscription_changes (tenant_id, id, subscription_id, plan, stripe_price_id, quantity, monthly_amount, currency, at)
select pg_temp.uid('tenant ' || n), gen_random_uuid(), pg_temp.uid('subscription ' || n || ' 1'), 'team', 'price_1', i, 900, 'eur', now() - make_interval(days => 10 * i)
from numbers, generate_series(1, 6) i;

insert into billing_customers (tenant_id, stripe_customer_id, livemode)
select pg_temp.uid('tenant ' || n), 'cus_' || n, false
from numbers;

insert into billing_trials (tenant_id, user_id, plan)
select pg_temp.uid('tenant ' || n), pg_temp.uid('user ' || n || ' 1'), 'team'
from numbers;

insert into billing_intents (tenant_id, id, kind, params, closed_at)
select pg_temp.uid('tenant ' || n), gen_random_uuid(), 'seats', '{}', now()
from numbers, generate_series(1, 12);

insert into plan_overrides (tenant_id, id, plan, reason, staff_id, ended_at)
select pg_temp.uid('tenant ' || n), gen_random_uuid(), 'team', 'A month to make up for an outage.', pg_temp.uid('user ' || n || ' 1'), now()
from numbers, generate_series(1, 4);

insert into invoices (tenant_id, id, stripe_invoice_id, stripe_customer_id, status, currency, total, amount_due, amount_paid, issued_at)
select
    pg_temp.uid('tenant ' || n), gen_random_uuid(), 'in_' || n || '_' || i, 'cus_' || n, 'paid', 'eur', 900, 0, 900,
    now() - make_interval(days => 30 * i)
from numbers, generate_series(1, 12) i;

insert into notifications (tenant_id, id, user_id, cause, kind, way, project_id, ticket_id, actor_id, read_at)
select t.tenant_id, gen_random_uuid(), t.author_id, 'assigned:' || t.id, 'assigned', 'app', t.project_id, t.id, t.author_id, case when t.number % 2 = 0 then now() end
from tickets t
join numbers on t.tenant_id = pg_temp.uid('tenant ' || n);

insert into webhook_endpoints (tenant_id, id, url, secret, created_by, created_at, updated_at)
select pg_temp.uid('tenant ' || n), pg_temp.uid('webhook ' || n), 'https://example.com/' || n, 'sealed', pg_temp.uid('user ' || n || ' 1'), now(), now()
from numbers;

insert into webhook_deliveries (tenant_id, endpoint_id, event_id, type, payload, state, next_at, queued_at, created_at)
select pg_temp.uid('tenant ' || n), pg_temp.uid('webhook ' || n), pg_temp.uid('delivery ' || n || ' ' || i), 'ticket.created', '{}', 'delivered', now(), now(), now()
from numbers, generate_series(1, 100) i;

insert into webhook_attempts (tenant_id, id, endpoint_id, event_id, at, took_ms, signature, status, answer, error)
select pg_temp.uid('tenant ' || n), gen_random_uuid(), pg_temp.uid('webhook ' || n), pg_temp.uid('delivery ' || n || ' ' || i), now(), 20, '', 200, '', ''
from numbers, generate_series(1, 100) i;

drop table numbers, made;
