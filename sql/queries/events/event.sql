-- name: AppendEvent :exec
insert into events (tenant_id, id, actor_id, acting_as, action, object_kind, object_id, object_name, project_id, changes, person, request_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: AppendAccountEvent :exec
insert into account_events (id, user_id, actor_id, action, changes, person, request_id)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: Activity :many
select e.id, e.at, e.action, e.object_kind, e.object_name, e.changes, e.actor_id, coalesce(u.name, '') as actor_name,
    p.key as project_key, coalesce(t.number, 0) as ticket_number
from events e
join projects p on p.tenant_id = e.tenant_id and p.id = e.project_id
left join tickets t on t.tenant_id = e.tenant_id and t.id = e.object_id
left join users u on u.id = e.actor_id
where e.tenant_id = $1
  and e.project_id in (select v.project_id from visible_to($1, $2) v)
order by e.at desc, e.id desc
limit $3;

-- name: ProjectActivity :many
select e.id, e.at, e.action, e.object_kind, e.object_name, e.changes, e.actor_id, coalesce(u.name, '') as actor_name,
    p.key as project_key, coalesce(t.number, 0) as ticket_number
from events e
join projects p on p.tenant_id = e.tenant_id and p.id = e.project_id
left join tickets t on t.tenant_id = e.tenant_id and t.id = e.object_id
left join users u on u.id = e.actor_id
where e.tenant_id = $1
  and e.project_id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
order by e.at desc, e.id desc
limit $4;

-- name: ObjectHistory :many
select e.id, e.at, e.action, e.object_kind, e.object_name, e.changes, e.actor_id, coalesce(u.name, '') as actor_name,
    p.key as project_key, coalesce(t.number, 0) as ticket_number
from events e
join projects p on p.tenant_id = e.tenant_id and p.id = e.project_id
join tickets t on t.tenant_id = e.tenant_id and t.id = e.object_id
left join users u on u.id = e.actor_id
where e.tenant_id = $1
  and e.project_id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and t.number = $4
order by e.at desc, e.id desc
limit $5;
