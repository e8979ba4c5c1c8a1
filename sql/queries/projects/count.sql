-- name: BumpCount :exec
-- every project: follows a ticket that the same transaction has written
insert into ticket_counts (tenant_id, project_id, status, tickets)
values ($1, $2, $3, $4)
on conflict (tenant_id, project_id, status) do update
set tickets = ticket_counts.tickets + excluded.tickets;

-- name: BumpDay :exec
-- every project: follows a ticket that the same transaction has written
insert into ticket_days (tenant_id, project_id, day, opened, closed)
values ($1, $2, $3, $4, $5)
on conflict (tenant_id, project_id, day) do update
set opened = ticket_days.opened + excluded.opened, closed = ticket_days.closed + excluded.closed;

-- name: CountsByKey :many
select c.status, c.tickets
from projects p
join ticket_counts c on c.tenant_id = p.tenant_id and c.project_id = p.id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3;

-- name: RecountProjects :many
-- every project: the recount belongs to nobody and goes through all of them
select p.id, n.time_zone
from projects p
join tenants n on n.id = p.tenant_id
where p.tenant_id = $1 and p.deleted_at is null and p.id > $2
order by p.id
limit $3;

-- name: LockCounts :many
-- every project: the recount belongs to nobody
-- Whoever changes a ticket's status changes one of these rows in the same transaction, so holding all of them holds
-- back everything that a recount could miss.
select c.status, c.tickets
from ticket_counts c
where c.tenant_id = $1 and c.project_id = $2
order by c.status
for update;

-- name: CountTickets :many
-- every project: the recount belongs to nobody
select t.status, count(*)::integer as tickets
from tickets t
where t.tenant_id = $1 and t.project_id = $2 and t.deleted_at is null
group by t.status;

-- name: SetCount :exec
-- every project: the recount belongs to nobody
update ticket_counts
set tickets = $4
where tenant_id = $1 and project_id = $2 and status = $3;

-- name: MiscountedFiles :many
-- every project: the recount belongs to nobody
select t.id
from tickets t
left join (
    select f.ticket_id, count(*) as files
    from attachments f
    left join comments c on c.tenant_id = f.tenant_id and c.id = f.comment_id
    where f.tenant_id = $1 and f.arrived_at is not null and f.deleted_at is null and f.draft_id is null and c.deleted_at is null
    group by f.ticket_id
) x on x.ticket_id = t.id
where t.tenant_id = $1 and t.project_id = $2 and t.files <> coalesce(x.files, 0)
order by t.id
limit $3;

-- name: KeptDays :many
-- every project: the recount belongs to nobody
select d.day, d.opened, d.closed
from ticket_days d
where d.tenant_id = $1 and d.project_id = $2 and (d.opened <> 0 or d.closed <> 0)
order by d.day;

-- name: CountDays :many
-- every project: the recount belongs to nobody
select x.day::date as day, sum(x.opened)::integer as opened, sum(x.closed)::integer as closed
from (
    select (t.created_at at time zone @zone::text)::date as day, 1 as opened, 0 as closed
    from tickets t
    where t.tenant_id = $1 and t.project_id = $2 and t.deleted_at is null
    union all
    select (t.closed_at at time zone @zone::text)::date, 0, 1
    from tickets t
    where t.tenant_id = $1 and t.project_id = $2 and t.deleted_at is null and t.closed_at is not null
) x
group by x.day
order by x.day;

-- name: ClearDays :exec
-- every project: the recount belongs to nobody
update ticket_days
set opened = 0, closed = 0
where tenant_id = $1 and project_id = $2 and (opened <> 0 or closed <> 0);

-- name: TenantsToRecount :many
select n.id
from tenants n
where n.deleted_at is null and n.id > $1
order by n.id
limit $2;
