-- name: PurgeJoinLinks :execrows
delete from join_links d
where d.tenant_id = $1 and d.id in (
    select x.id
    from join_links x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeTransfers :execrows
delete from ownership_transfers d
where d.tenant_id = $1 and d.id in (
    select x.id
    from ownership_transfers x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeInvitations :execrows
delete from invitations d
where d.tenant_id = $1 and d.id in (
    select x.id
    from invitations x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeMemberships :execrows
delete from memberships d
where d.tenant_id = $1 and d.id in (
    select x.id
    from memberships x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgePolicies :execrows
delete from tenant_policies d
where d.tenant_id = $1 and d.tenant_id in (
    select x.tenant_id
    from tenant_policies x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeSlugs :execrows
delete from tenant_slugs d
where d.tenant_id = $1 and d.slug in (
    select x.slug
    from tenant_slugs x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeDue :many
-- Whose time to be brought back is over. What staff suspended is kept until that is lifted.
select id
from tenants
where deleted_at < $1 and purged_at is null and suspended_at is null
order by deleted_at
limit $2;

-- name: BeginPurge :execrows
update tenants
set purging_at = now(), updated_at = now()
where id = $1 and deleted_at < $2 and purging_at is null and suspended_at is null;

-- name: LockPurging :one
-- Nothing that refers to an organization is added while its row is locked so.
select closing_at, deleted_at
from tenants
where id = $1 and purging_at is not null and purged_at is null
for update;

-- name: Entomb :exec
-- What stays is an id, for those who had a trial and for the record of the erasure.
update tenants
set name = '', slug = 'erased-' || replace(id::text, '-', ''), time_zone = 'UTC', logo = '', suspended_reason = null, closing_by = null,
    purged_at = now(), updated_at = now()
where id = $1;
