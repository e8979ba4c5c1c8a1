-- name: NavProjects :many
-- Asked by the guard before the organization's id is known: the slug leads to it.
select p.key, p.name, p.hue
from tenants t
join projects p on p.tenant_id = t.id
where t.slug = $1
  and p.id in (select v.project_id from visible_to(t.id, $2) v)
  and p.archived_at is null
order by p.name, p.id
limit 50;
