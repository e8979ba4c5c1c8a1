-- name: CreateTenant :execrows
insert into tenants (id, slug, name, created_by, time_zone)
values ($1, $2, $3, $4, $5)
on conflict do nothing;

-- name: TenantByID :one
select id, slug, name, time_zone, suspended_at, closing_at
from tenants
where id = $1 and deleted_at is null;

-- name: LockTenant :one
select id, slug, name, suspended_at, closing_at
from tenants
where id = $1 and deleted_at is null
for no key update;

-- name: RenameTenant :execrows
update tenants
set name = $2, time_zone = $3, updated_at = now()
where id = $1 and deleted_at is null;

-- name: OrganizationsOf :many
select t.id, t.slug, t.name, m.role, t.logo
from memberships m
join tenants t on t.id = m.tenant_id
where m.user_id = $1 and m.left_at is null and t.deleted_at is null
order by t.name, t.id
limit 100;

-- name: Standing :one
-- Asked by the guard before the organization's id is known: the slug and the person lead to it. One that is deleted is
-- found until erasing it begins.
select t.id as tenant_id, t.slug, t.name, t.suspended_at, t.closing_at, t.deleted_at, m.role,
    coalesce(p.second_factor, false) as second_factor, coalesce(p.signin_methods, '{}')::text[] as signin_methods, coalesce(p.session_hours, 0)::integer as session_hours, t.logo
from tenants t
join memberships m on m.tenant_id = t.id
left join tenant_policies p on p.tenant_id = t.id
where t.slug = $1 and m.user_id = $2 and m.left_at is null and t.purging_at is null;

-- name: ListTenantIDs :many
select id
from tenants
where deleted_at is null and id > $1
order by id
limit $2;
