-- name: ListLabels :many
select l.id, l.name, l.hue
from projects p
join labels l on l.tenant_id = p.tenant_id and l.project_id = p.id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
  and l.deleted_at is null
order by lower(l.name), l.id
limit 200;
