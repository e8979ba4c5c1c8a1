-- name: StartTenantExport :execrows
-- A second press finds the first, by the id of its form or because one is under way.
insert into tenant_exports (tenant_id, id, user_id, expires_at)
values ($1, $2, $3, now() + interval '7 days')
on conflict do nothing;

-- name: GiveUpStaleOf :exec
-- What has not moved for an hour will not: its job was lost.
update tenant_exports
set state = 'failed', updated_at = now()
where tenant_id = $1 and state = 'running' and updated_at < now() - interval '1 hour';

-- name: GiveUpStaleTenants :exec
-- every organization: a job looks after all of them
update tenant_exports
set state = 'failed', updated_at = now()
where state = 'running' and updated_at < now() - interval '1 hour';

-- name: NewestTenantExport :one
select id, state, step, bytes, created_at, expires_at
from tenant_exports
where tenant_id = $1 and expires_at > now()
order by created_at desc
limit 1;

-- name: TenantExportByID :one
-- With what its asker is by now, empty for who has left.
select e.user_id, e.state, e.step, e.part, e.after_id, e.expires_at, t.slug, t.name, coalesce(m.role, '') as role
from tenant_exports e
join tenants t on t.id = e.tenant_id and t.purging_at is null
left join memberships m on m.tenant_id = e.tenant_id and m.user_id = e.user_id and m.left_at is null
where e.tenant_id = $1 and e.id = $2;

-- name: MoveTenantExport :execrows
update tenant_exports
set step = @step, part = @part, after_id = @after_id, updated_at = now()
where tenant_id = @tenant_id and id = @id and state = 'running' and step = @was_step and part = @was_part;

-- name: FinishTenantExport :execrows
update tenant_exports
set state = 'ready', bytes = @bytes, updated_at = now(), expires_at = now() + interval '7 days'
where tenant_id = @tenant_id and id = @id and state = 'running';

-- name: ReplaceTenantExports :exec
-- One copy of an organization lies about, the newest.
update tenant_exports
set expires_at = now()
where tenant_id = @tenant_id and id <> @id and state <> 'running' and expires_at > now();

-- name: FailTenantExport :execrows
update tenant_exports
set state = 'failed', updated_at = now()
where tenant_id = $1 and id = $2 and state = 'running';

-- name: ReadyTenantExport :one
select id, bytes, created_at
from tenant_exports
where tenant_id = $1 and id = $2 and state = 'ready' and expires_at > now();

-- name: ExpiredTenantExports :many
-- Of all organizations: a job looks after them.
select tenant_id, id
from tenant_exports
where expires_at <= now() and state <> 'running'
order by expires_at
limit 100;

-- name: DropTenantExport :exec
delete from tenant_exports
where tenant_id = $1 and id = $2 and state <> 'running';
