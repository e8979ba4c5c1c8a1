-- name: JoinLinkExists :one
-- Open or not: the id is that of a form.
select exists (
    select
    from join_links
    where tenant_id = $1 and id = $2
);

-- name: CreateJoinLink :exec
insert into join_links (tenant_id, id, role, hash, secret, created_by)
values ($1, $2, $3, $4, $5, $6);

-- name: EndJoinLink :execrows
update join_links
set ended_at = now()
where tenant_id = $1 and role = $2 and ended_at is null;

-- name: ListJoinLinks :many
select l.id, l.role, l.secret, l.created_at, u.name as maker, coalesce(m.role, '') as maker_role
from join_links l
join users u on u.id = l.created_by
left join memberships m on m.tenant_id = l.tenant_id and m.user_id = l.created_by and m.left_at is null
where l.tenant_id = $1 and l.ended_at is null
order by l.role desc;

-- name: JoinLinkByHash :one
select l.id, l.role, t.slug, t.name as organization, u.name as maker, coalesce(m.role, '') as maker_role
from join_links l
join tenants t on t.id = l.tenant_id and t.deleted_at is null
join users u on u.id = l.created_by
left join memberships m on m.tenant_id = l.tenant_id and m.user_id = l.created_by and m.left_at is null
where l.tenant_id = $1 and l.hash = $2 and l.ended_at is null;

-- name: WasMember :one
-- Whether somebody is or ever was of the organization, and still is.
select (m.left_at is null)::boolean as still
from memberships m
where m.tenant_id = $1 and m.user_id = $2;
