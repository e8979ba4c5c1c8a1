-- name: LockWebhooks :exec
-- What an organization subscribes follows from all of its endpoints, so they change one after another.
select pg_advisory_xact_lock(hashtextextended('webhooks ' || @tenant::text, 0));

-- name: CountEndpoints :one
select count(*)
from webhook_endpoints
where tenant_id = $1 and deleted_at is null;

-- name: CreateEndpoint :execrows
insert into webhook_endpoints (tenant_id, id, url, description, types, secret, created_by, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, @now, @now)
on conflict do nothing;

-- name: ListEndpoints :many
-- With how the newest twenty deliveries of each ended.
select e.id, e.url, e.description, e.types, e.state, e.paused_for, e.failures, e.failing_since, e.next_at, n.delivered, n.failed, n.waiting, n.newest
from webhook_endpoints e
cross join lateral (
    select count(*) filter (where d.state = 'delivered') as delivered, count(*) filter (where d.state = 'failed') as failed,
        count(*) filter (where d.state = 'waiting') as waiting, max(d.created_at)::timestamptz as newest
    from (
        select x.state, x.created_at
        from webhook_deliveries x
        where x.tenant_id = $1 and x.endpoint_id = e.id
        order by x.event_id desc
        limit 20
    ) d
) n
where e.tenant_id = $1 and e.deleted_at is null
order by e.created_at, e.id
limit 100;

-- name: EndpointByID :one
select e.id, e.url, e.description, e.types, e.state, e.paused_for, e.paused_at, e.missed_since, e.failures, e.failing_since, e.next_at, e.old_until, e.created_at
from webhook_endpoints e
where e.tenant_id = $1 and e.id = $2 and e.deleted_at is null;

-- name: EndpointSecret :one
select secret, old_secret, old_until, older_secrets
from webhook_endpoints
where tenant_id = $1 and id = $2 and deleted_at is null;

-- name: LockEndpoint :one
select id, url, description, types, state, paused_for, failures, failing_since, next_at, busy_until, wake_at, secret, old_secret, old_until, older_secrets
from webhook_endpoints
where tenant_id = $1 and id = $2 and deleted_at is null
for update;

-- name: UpdateEndpoint :exec
update webhook_endpoints
set url = $3, description = $4, types = $5, updated_at = @now
where tenant_id = $1 and id = $2;

-- name: RotateSecret :exec
update webhook_endpoints
set older_secrets = @older_secrets, old_secret = secret, old_until = @old_until, secret = $3, updated_at = @now
where tenant_id = $1 and id = $2;

-- name: PauseEndpoint :exec
update webhook_endpoints
set state = 'paused', paused_for = $3, paused_at = @now, stopped_at = @now, wanted_at = null, missed_since = coalesce(failing_since, @now), failures = 0, failing_since = null, next_at = null, wake_at = null, updated_at = @now
where tenant_id = $1 and id = $2;

-- name: ResumeEndpoint :exec
update webhook_endpoints
set state = 'active', paused_for = '', paused_at = null, failures = 0, failing_since = null, next_at = null, updated_at = @now
where tenant_id = $1 and id = $2;

-- name: DeleteEndpoint :exec
update webhook_endpoints
set deleted_at = @now, stopped_at = @now, updated_at = @now, state = 'paused', paused_for = '', secret = '', old_secret = '', older_secrets = '[]', wanted_at = null, wake_at = null
where tenant_id = $1 and id = $2;

-- name: Subscribed :one
-- What the endpoints of an organization are to hear of together.
select coalesce(bool_or(e.types = '{}'), false)::boolean as everything,
    coalesce(array_agg(distinct t.name) filter (where t.name is not null), '{}')::text[] as types
from webhook_endpoints e
left join lateral unnest(e.types) t (name) on true
where e.tenant_id = $1 and e.state = 'active' and e.deleted_at is null;

-- name: PausedMail :one
-- What the mails about a pause need, as long as it lasts.
select e.url, e.paused_for, e.paused_at::timestamptz as paused_at, t.slug, t.name
from webhook_endpoints e
join tenants t on t.id = e.tenant_id and t.deleted_at is null
where e.tenant_id = $1 and e.id = $2 and e.deleted_at is null and e.state = 'paused';

-- name: Managers :many
select u.id, u.name, u.email
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.role in ('owner', 'admin') and m.left_at is null
order by u.id
limit 100;
