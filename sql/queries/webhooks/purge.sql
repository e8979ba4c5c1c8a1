-- name: TenantsWithWebhooks :many
select id
from tenants
where id > $1 and deleted_at is null
order by id
limit $2;

-- name: ForgetAttempts :execrows
-- Of deliveries that are forgotten next.
delete from webhook_attempts a
where a.tenant_id = $1 and a.id in (
    select x.id
    from webhook_deliveries d
    join webhook_attempts x on x.tenant_id = d.tenant_id and x.endpoint_id = d.endpoint_id and x.event_id = d.event_id
    where d.tenant_id = $1 and d.created_at < @before and d.state <> 'waiting'
    limit @most
);

-- name: ForgetDeliveries :execrows
delete from webhook_deliveries d
where d.tenant_id = $1 and (d.endpoint_id, d.event_id) in (
    select x.endpoint_id, x.event_id
    from webhook_deliveries x
    where x.tenant_id = $1 and x.created_at < @before and x.state <> 'waiting'
      and not exists (select from webhook_attempts a where a.tenant_id = $1 and a.endpoint_id = x.endpoint_id and a.event_id = x.event_id)
    limit @most
);

-- name: ForgetReplays :execrows
delete from webhook_replays r
where r.tenant_id = $1 and r.created_at < @before and r.state <> 'running';

-- name: ForgetEndpoints :execrows
delete from webhook_endpoints e
where e.tenant_id = $1 and e.deleted_at < @before
  and not exists (select from webhook_deliveries d where d.tenant_id = $1 and d.endpoint_id = e.id)
  and not exists (select from webhook_replays r where r.tenant_id = $1 and r.endpoint_id = e.id);

-- name: Forgotten :many
-- Endpoints with something due whose job seems to be gone.
select e.id
from webhook_endpoints e
where e.tenant_id = $1 and e.state = 'active' and e.deleted_at is null
  and exists (select from webhook_deliveries d where d.tenant_id = $1 and d.endpoint_id = e.id and d.state = 'waiting')
order by e.id;

-- name: ExportEndpoints :many
-- Without secrets.
select e.id, jsonb_build_object(
    'url', e.url, 'description', e.description, 'types', e.types, 'state', e.state, 'created_at', e.created_at
)::jsonb as doc
from webhook_endpoints e
where e.tenant_id = $1 and e.id > $2 and e.deleted_at is null
order by e.id
limit $3;

-- name: PurgeAttempts :execrows
delete from webhook_attempts d
where d.tenant_id = $1 and d.id in (
    select x.id
    from webhook_attempts x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeDeliveries :execrows
delete from webhook_deliveries d
where d.tenant_id = $1 and (d.endpoint_id, d.event_id) in (
    select x.endpoint_id, x.event_id
    from webhook_deliveries x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeReplays :execrows
delete from webhook_replays d
where d.tenant_id = $1 and d.id in (
    select x.id
    from webhook_replays x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeEndpoints :execrows
delete from webhook_endpoints d
where d.tenant_id = $1 and d.id in (
    select x.id
    from webhook_endpoints x
    where x.tenant_id = $1
    limit $2
);
