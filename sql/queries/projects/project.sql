-- name: NavProjects :many
-- Asked by the guard before the organization's id is known: the slug leads to it.
select p.key, p.name, p.hue, p.icon
from tenants t
join projects p on p.tenant_id = t.id
where t.slug = $1
  and p.id in (select v.project_id from visible_to(t.id, $2) v)
  and p.archived_at is null
order by p.name, p.id
limit 50;

-- name: CreateProject :execrows
-- every project: it is made here, there is nothing to see yet
insert into projects (tenant_id, id, key, name, description, hue, visibility, created_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing;

-- name: CreateCounter :exec
-- every project: belongs to the project that is made in the same transaction
insert into ticket_counters (tenant_id, project_id)
values ($1, $2);

-- name: ProjectTwin :one
-- The project that the same form made before.
select p.key
from projects p
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.created_by = $2
  and p.id = $3;

-- name: ProjectByKey :one
select
    p.id, p.key, p.name, p.description, p.hue, p.visibility, p.created_by, u.name as creator, p.created_at, p.archived_at,
    p.icon, p.lead_id, coalesce(l.name, '') as lead, coalesce(l.picture, '') as lead_picture, p.revision
from projects p
join users u on u.id = p.created_by
left join users l on l.id = p.lead_id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null;

-- name: LockProject :one
select
    p.id, p.key, p.name, p.description, p.hue, p.visibility, p.created_by, u.name as creator, p.created_at, p.archived_at,
    p.icon, p.lead_id, coalesce(l.name, '') as lead, coalesce(l.picture, '') as lead_picture, p.revision
from projects p
join users u on u.id = p.created_by
left join users l on l.id = p.lead_id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
for no key update of p;

-- name: RoleNow :one
-- What the guard read may be old by now.
select m.role
from memberships m
where m.tenant_id = $1 and m.user_id = $2 and m.left_at is null;

-- name: UpdateProject :exec
update projects
set name = $4, description = $5, visibility = $6, hue = $7, icon = $8, lead_id = sqlc.narg(lead_id)::uuid, revision = revision + 1, updated_at = now()
where tenant_id = $1
  and id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: SetArchived :exec
update projects
set archived_at = case when @archived::boolean then now() end, updated_at = now()
where tenant_id = $1
  and id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: ListProjects :many
select p.id, p.key, p.name, p.description, p.hue, p.visibility, p.archived_at, c.todo, c.progress, c.review, c.done, p.icon
from projects p
left join lateral (
    select
        coalesce(sum(k.tickets) filter (where st.kind in ('backlog', 'todo')), 0)::integer as todo,
        coalesce(sum(k.tickets) filter (where st.kind = 'progress'), 0)::integer as progress,
        coalesce(sum(k.tickets) filter (where st.kind = 'review'), 0)::integer as review,
        coalesce(sum(k.tickets) filter (where st.kind in ('done', 'canceled')), 0)::integer as done
    from ticket_counts k
    join statuses st on st.tenant_id = k.tenant_id and st.project_id = k.project_id and st.slug = k.status
    where k.tenant_id = p.tenant_id and k.project_id = p.id
) c on true
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and (p.archived_at is not null) = $3::boolean
  and (p.name, p.id) > ($4::text, $5::uuid)
order by p.name, p.id
limit $6;

-- name: CountVisible :one
select
    count(*) filter (where p.archived_at is null) as open,
    count(*) filter (where p.archived_at is not null) as archived
from projects p
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v);
