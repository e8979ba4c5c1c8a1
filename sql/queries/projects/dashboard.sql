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

-- name: CycleTimes :many
-- How long what was finished since $4 took from its beginning, in seconds: the latest thousand of it.
select c.closed_at::timestamptz as closed_at, extract(epoch from c.closed_at - c.started_at)::float8 as took
from (
    select t.project_id, t.status, t.started_at, t.closed_at
    from tickets t
    where t.tenant_id = $1
      and t.project_id = (
          select p.id
          from projects p
          where p.tenant_id = $1 and p.id in (select v.project_id from visible_to($1, $2) v) and p.key = $3 and p.deleted_at is null
      )
      and t.deleted_at is null
      and t.closed_at is not null
      and t.started_at is not null
      and t.closed_at >= $4
    order by t.closed_at desc
    limit 1000
) c
join statuses st on st.tenant_id = $1 and st.project_id = c.project_id and st.slug = c.status and st.kind = 'done';

-- name: Trends :many
-- What was opened and closed of late in each project that the person sees.
select d.project_id, sum(d.opened)::integer as opened, sum(d.closed)::integer as closed
from ticket_days d
where d.tenant_id = $1
  and d.project_id in (select v.project_id from visible_to($1, $2) v)
  and d.day >= $3
group by d.project_id;

-- name: StepsHidden :one
select (m.steps_hidden_at is not null)::boolean
from memberships m
where m.tenant_id = $1 and m.user_id = $2 and m.left_at is null;
