-- name: OutboxDelivery :one
select d.tenant_id, t.name as organization, t.slug, d.endpoint_id, e.url, e.description, e.state as endpoint_state, e.paused_for, e.failures, (e.deleted_at is not null)::boolean as deleted,
    d.event_id, d.type, d.payload, d.state, d.aside, d.attempts, d.next_at, d.created_at, d.ended_at, d.last_status, d.last_error
from webhook_deliveries d
join tenants t on t.id = d.tenant_id
join webhook_endpoints e on e.tenant_id = d.tenant_id and e.id = d.endpoint_id
where d.tenant_id = $1 and d.endpoint_id = $2 and d.event_id = $3;

-- name: OutboxAttempts :many
-- The newest first, without their signatures.
select a.at, a.took_ms, a.status, a.answer, a.error
from webhook_deliveries d
join webhook_attempts a on a.tenant_id = d.tenant_id and a.endpoint_id = d.endpoint_id and a.event_id = d.event_id
where d.tenant_id = $1 and d.endpoint_id = $2 and d.event_id = $3
order by a.id desc
limit 100;

-- name: TroubledEndpoints :many
-- Those that are paused or fail, the newest change first. An empty organization is any.
select e.tenant_id, t.name as organization, t.slug, e.id, e.url, e.description, e.state, e.paused_for, e.paused_at, e.failures, e.failing_since, e.next_at, e.updated_at
from webhook_endpoints e
join tenants t on t.id = e.tenant_id and t.deleted_at is null
where e.deleted_at is null and (e.state = 'paused' or e.failures > 0)
  and (e.updated_at, e.id) < ($1::timestamptz, $2::uuid)
  and ($3::text = '' or t.slug = $3)
order by e.updated_at desc, e.id desc
limit $4;

-- name: CountTroubledEndpoints :one
select count(*)
from (
    select
    from webhook_endpoints e
    join tenants t on t.id = e.tenant_id and t.deleted_at is null
    where e.deleted_at is null and (e.state = 'paused' or e.failures > 0) and ($1::text = '' or t.slug = $1)
    limit $2
) found;
