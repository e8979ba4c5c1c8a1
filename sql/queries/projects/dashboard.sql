-- name: Zone :one
select n.time_zone
from tenants n
where n.id = $1;

-- name: Days :many
select d.day, sum(d.opened)::integer as opened, sum(d.closed)::integer as closed
from ticket_days d
where d.tenant_id = $1
  and d.project_id in (select v.project_id from visible_to($1, $2) v)
  and d.day >= $3
group by d.day
order by d.day;

-- name: ProjectDays :many
select d.day, d.opened, d.closed
from projects p
join ticket_days d on d.tenant_id = p.tenant_id and d.project_id = p.id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and d.day >= $4
order by d.day;

-- name: ProjectBefore :one
select coalesce(sum(d.opened), 0)::integer as opened, coalesce(sum(d.closed), 0)::integer as closed
from projects p
join ticket_days d on d.tenant_id = p.tenant_id and d.project_id = p.id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and d.day < $4;

-- name: UsedSeats :one
select count(*)
from memberships m
where m.tenant_id = $1 and m.role <> 'guest' and m.left_at is null;

-- name: UsedProjects :one
-- every project: the plan counts all of them
select count(*)
from projects p
where p.tenant_id = $1 and p.deleted_at is null;
