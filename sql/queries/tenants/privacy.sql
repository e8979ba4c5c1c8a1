-- name: EverMemberOf :many
-- The organizations a person belongs to or belonged to.
select t.id, t.slug
from memberships m
join tenants t on t.id = m.tenant_id
where m.user_id = $1 and t.deleted_at is null
order by t.slug;

-- name: ExportMembership :one
select jsonb_build_object(
    'organization', t.name, 'address', t.slug, 'role', m.role, 'joined_at', m.joined_at, 'left_at', m.left_at
)::jsonb as doc
from memberships m
join tenants t on t.id = m.tenant_id
where m.tenant_id = $1 and m.user_id = $2 and t.deleted_at is null;
