-- name: Suspend :execrows
update tenants
set suspended_at = now(), suspended_reason = $2, updated_at = now()
where id = $1 and suspended_at is null and deleted_at is null;

-- name: LiftSuspension :execrows
update tenants
set suspended_at = null, suspended_reason = null, updated_at = now()
where id = $1 and suspended_at is not null and deleted_at is null;

-- name: Suspension :one
select slug, name, suspended_at, coalesce(suspended_reason, '') as reason
from tenants
where id = $1 and deleted_at is null;
