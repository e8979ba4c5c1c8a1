-- name: ListWebhooks :many
-- An empty state or type is any.
select e.id, e.type, e.state, e.note, e.received_at, e.customer_id, b.tenant_id, coalesce(t.name, '') as organization
from stripe_events e
left join billing_customers b on b.stripe_customer_id = e.customer_id
left join tenants t on t.id = b.tenant_id
where (e.received_at, e.id) < ($1::timestamptz, $2::text)
  and ($3::text = '' or e.state = $3)
  and ($4::text = '' or e.type = $4)
order by e.received_at desc, e.id desc
limit $5;

-- name: CountWebhooks :one
select count(*)
from (
    select
    from stripe_events e
    where ($1::text = '' or e.state = $1)
      and ($2::text = '' or e.type = $2)
    limit $3
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
