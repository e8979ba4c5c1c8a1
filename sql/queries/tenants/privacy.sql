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

-- name: ExportOrganization :one
select jsonb_build_object(
    'name', t.name, 'address', t.slug, 'time_zone', t.time_zone, 'created_at', t.created_at,
    'earlier_addresses', (select coalesce(jsonb_agg(s.slug order by s.created_at), '[]') from tenant_slugs s where s.tenant_id = t.id and s.slug <> t.slug),
    'asks_for', (
        select jsonb_build_object(
            'email_domains', p.email_domains, 'open_to_domains', p.open_to_domains, 'second_factor', p.second_factor,
            'signin_methods', p.signin_methods, 'session_hours', p.session_hours
        )
        from tenant_policies p
        where p.tenant_id = t.id
    )
)::jsonb as doc
from tenants t
where t.id = $1;

-- name: ExportPeople :many
-- Of those who have left no address: it is no longer the organization's to know.
select m.id, jsonb_build_object(
    'id', m.user_id, 'name', u.name, 'email', case when m.left_at is null then u.email end, 'role', m.role, 'joined_at', m.joined_at, 'left_at', m.left_at
)::jsonb as doc
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.id > $2
order by m.id
limit $3;

-- name: ExportInvitations :many
select i.id, jsonb_build_object(
    'email', i.email, 'role', i.role, 'invited_by', u.name, 'created_at', i.created_at, 'expires_at', i.expires_at,
    'accepted_at', i.accepted_at, 'revoked_at', i.revoked_at
)::jsonb as doc
from invitations i
join users u on u.id = i.invited_by
where i.tenant_id = $1 and i.id > $2
order by i.id
limit $3;

-- name: ExportJoinLinks :many
select l.id, jsonb_build_object('role', l.role, 'made_by', u.name, 'created_at', l.created_at, 'ended_at', l.ended_at)::jsonb as doc
from join_links l
join users u on u.id = l.created_by
where l.tenant_id = $1 and l.id > $2
order by l.id
limit $3;

-- name: ExportTransfers :many
select o.id, jsonb_build_object(
    'from', f.name, 'to', u.name, 'created_at', o.created_at, 'confirmed_at', o.confirmed_at, 'ended_at', o.ended_at
)::jsonb as doc
from ownership_transfers o
join users f on f.id = o.from_user
join users u on u.id = o.to_user
where o.tenant_id = $1 and o.id > $2
order by o.id
limit $3;
