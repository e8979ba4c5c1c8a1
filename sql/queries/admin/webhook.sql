-- name: ListWebhooks :many
-- An empty state, type or customer is any; late are those that are queued for a quarter of an hour.
select e.id, e.type, e.state, e.note, e.received_at, e.customer_id, b.tenant_id, coalesce(t.name, '') as organization
from stripe_events e
left join billing_customers b on b.stripe_customer_id = e.customer_id
left join tenants t on t.id = b.tenant_id
where (e.received_at, e.id) < ($1::timestamptz, $2::text)
  and ($3::text = '' or e.state = $3 or $3 = 'late' and e.state = 'queued' and e.received_at < now() - interval '15 minutes')
  and ($4::text = '' or e.type = $4)
  and ($5::text = '' or e.customer_id = $5)
order by e.received_at desc, e.id desc
limit $6;

-- name: CountWebhooks :one
select count(*)
from (
    select
    from stripe_events e
    where ($1::text = '' or e.state = $1 or $1 = 'late' and e.state = 'queued' and e.received_at < now() - interval '15 minutes')
      and ($2::text = '' or e.type = $2)
      and ($3::text = '' or e.customer_id = $3)
    limit $4
) found;

-- name: WebhookTypes :many
select distinct type
from (
    select type
    from stripe_events
    order by received_at desc, id desc
    limit 5000
) newest
order by type
limit 100;

-- name: Webhook :one
select e.id, e.type, e.state, e.note, e.created, e.received_at, e.applied_at, e.livemode, e.api_version, e.account, e.object_id,
    e.customer_id, b.tenant_id, coalesce(t.slug, '') as slug, coalesce(t.name, '') as organization, e.payload
from stripe_events e
left join billing_customers b on b.stripe_customer_id = e.customer_id
left join tenants t on t.id = b.tenant_id
where e.id = $1;

-- name: WebhooksWaiting :one
select
    (select count(*) from stripe_events q where q.state = 'queued') as queued,
    (select min(q.received_at) from stripe_events q where q.state = 'queued')::timestamptz as oldest_queued,
    (select count(*) from stripe_events p where p.state = 'parked') as parked,
    (select min(p.received_at) from stripe_events p where p.state = 'parked')::timestamptz as oldest_parked;

-- name: UnknownCustomers :many
-- Customers that events speak of and that are no organization's; those with parked events, or all. The last heard of first.
select e.customer_id, count(*) as events, count(*) filter (where e.state = 'parked') as parked,
    min(e.received_at)::timestamptz as first_seen, max(e.received_at)::timestamptz as last_seen
from stripe_events e
where e.customer_id <> '' and ($1::boolean or e.state = 'parked')
  and not exists (select from billing_customers b where b.stripe_customer_id = e.customer_id)
group by e.customer_id
having (max(e.received_at), e.customer_id) < ($2::timestamptz, $3::text)
order by 5 desc, 1 desc
limit $4;

-- name: UnknownCustomer :one
select e.customer_id, count(*) as events, count(*) filter (where e.state = 'parked') as parked,
    min(e.received_at)::timestamptz as first_seen, max(e.received_at)::timestamptz as last_seen
from stripe_events e
where e.customer_id = $1 and e.customer_id <> ''
  and not exists (select from billing_customers b where b.stripe_customer_id = e.customer_id)
group by e.customer_id;
