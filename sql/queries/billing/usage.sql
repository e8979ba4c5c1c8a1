-- name: LockTenant :exec
-- Whoever adds something that the plan limits holds this lock, so that two cannot both be the last one allowed.
select id
from tenants
where id = $1
for no key update;

-- name: CountMembers :one
select count(*)
from memberships
where tenant_id = $1 and role <> 'guest' and left_at is null;

-- name: CountProjects :one
-- every project: the plan limits how many there are, whoever sees them
select count(*)
from projects
where tenant_id = $1 and deleted_at is null;

-- name: CountStorage :one
-- What is kept of files, as the files keep their sum.
select bytes
from file_totals
where tenant_id = $1;
