-- name: Choices :many
select c.kind, c.way
from notification_choices c
where c.user_id = $1;

-- name: SetChoice :exec
insert into notification_choices as c (user_id, kind, way)
values ($1, $2, $3)
on conflict (user_id, kind) do update
set way = excluded.way, updated_at = now();

-- name: Levels :many
-- The projects a person sees, each with what they want to hear of it.
select p.key, p.name, p.hue, coalesce(l.level, 'mine') as level
from projects p
left join notification_projects l on l.tenant_id = p.tenant_id and l.project_id = p.id and l.user_id = $2
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.archived_at is null
order by p.name, p.id
limit 500;

-- name: SetLevel :execrows
insert into notification_projects (tenant_id, project_id, user_id, level)
select p.tenant_id, p.id, $2, @level
from projects p
where p.tenant_id = $1
  and p.key = @key
  and p.id in (select v.project_id from visible_to($1, $2) v)
on conflict (tenant_id, project_id, user_id) do update
set level = excluded.level, updated_at = now();
