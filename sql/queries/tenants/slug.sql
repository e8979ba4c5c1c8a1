-- name: ReserveSlug :execrows
insert into tenant_slugs (slug, tenant_id)
values ($1, $2)
on conflict (slug) do nothing;

-- name: SlugHolder :one
select tenant_id
from tenant_slugs
where slug = $1;

-- name: ChangeSlug :exec
update tenants
set slug = $2, updated_at = now()
where id = $1 and deleted_at is null;

-- name: CountSlugs :one
select count(*)
from tenant_slugs
where tenant_id = $1;

-- name: EarlierSlugs :many
select s.slug
from tenant_slugs s
join tenants t on t.id = s.tenant_id
where s.tenant_id = $1 and s.slug <> t.slug
order by s.created_at desc, s.slug
limit 50;

-- name: MovedTo :one
-- Where an address of old leads, for the organization's own people.
select t.slug
from tenant_slugs s
join tenants t on t.id = s.tenant_id and t.slug <> s.slug and t.deleted_at is null
join memberships m on m.tenant_id = t.id and m.user_id = $2 and m.left_at is null
where s.slug = $1;
