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
-- What is kept: the files of tickets, as they keep their sum, tables and archives that were sent, and copies that were
-- prepared. An archive makes room for its files while they come in.
select (
    coalesce((select f.bytes from file_totals f where f.tenant_id = $1), 0)
    + coalesce((select sum(i.size) from imports i where i.tenant_id = $1 and i.key <> '' and not (i.kind = 'zip' and i.state = 'running')), 0)
    + coalesce((select sum(e.bytes) from project_exports e where e.tenant_id = $1), 0)
)::bigint as bytes;
