-- name: StartClosing :one
update tenants
set closing_at = now(), closing_by = $2, updated_at = now()
where id = $1 and closing_at is null and deleted_at is null
returning closing_at;

-- name: Closing :one
-- How the deletion of an organization stands, from asking for it until erasing begins.
select slug, name, suspended_at, closing_at, closing_by, deleted_at
from tenants
where id = $1 and purging_at is null;

-- name: LockClosing :one
select slug, name, suspended_at, closing_at, closing_by, deleted_at
from tenants
where id = $1 and purging_at is null
for no key update;

-- name: MarkDeleted :exec
update tenants
set deleted_at = now(), updated_at = now()
where id = $1 and closing_at is not null and deleted_at is null;

-- name: Restore :exec
update tenants
set closing_at = null, closing_by = null, deleted_at = null, updated_at = now()
where id = $1 and purging_at is null;

-- name: EndJoinLinks :exec
update join_links
set ended_at = now()
where tenant_id = $1 and ended_at is null;

-- name: RevokeInvitations :exec
update invitations
set revoked_at = now()
where tenant_id = $1 and accepted_at is null and revoked_at is null;

-- name: EndTransfers :exec
update ownership_transfers
set ended_at = now()
where tenant_id = $1 and confirmed_at is null and ended_at is null;

-- name: OwnersOf :many
select u.id, u.name, u.email, u.time_zone
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.role = 'owner' and m.left_at is null
order by u.id
limit 100;

-- name: DeletedOf :many
-- The deleted organizations that a person, as an owner, can still bring back.
select t.id, t.slug, t.name, t.deleted_at
from memberships m
join tenants t on t.id = m.tenant_id and t.deleted_at is not null and t.purging_at is null
where m.user_id = $1 and m.left_at is null and m.role = 'owner'
order by t.deleted_at desc, t.id
limit 50;

-- name: UnsettledTenants :many
-- Whose deletion was asked for over an hour ago and has not come about.
select id, closing_at
from tenants
where closing_at < now() - interval '1 hour' and deleted_at is null and suspended_at is null and id > $1
order by id
limit $2;
