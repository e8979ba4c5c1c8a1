-- name: SetTicketDue :exec
update tickets
set due_on = sqlc.narg(due_on)::date, updated_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: SetTicketEstimate :exec
update tickets
set estimate = sqlc.narg(estimate)::smallint, updated_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: SetTicketParent :exec
update tickets
set parent_id = sqlc.narg(parent_id)::uuid, updated_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: TouchTicket :exec
update tickets
set updated_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: TicketLabels :many
-- All labels of the project, and which of them the ticket has. Number 0 is a ticket that is yet to be.
with t as materialized (
    select i.id
    from tickets i
    where i.tenant_id = $1 and i.id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k) and i.deleted_at is null
)
select l.id, l.name, l.hue, (h.label_id is not null)::boolean as chosen
from projects p
join labels l on l.tenant_id = $1 and l.project_id = p.id and l.deleted_at is null
left join ticket_labels h on h.tenant_id = $1 and h.label_id = l.id and h.ticket_id = (select t.id from t)
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
order by lower(l.name), l.id
limit 200;

-- name: LabelsOfTicket :many
-- every project: the ticket was locked through visible_to in the same transaction
select l.id, l.name
from ticket_labels h
join labels l on l.tenant_id = h.tenant_id and l.id = h.label_id
where h.tenant_id = $1 and h.ticket_id = $2 and l.deleted_at is null
order by lower(l.name);

-- name: TakeLabels :many
-- every project: the project was locked through visible_to in the same transaction
-- Shared, so that none is taken away before the ticket has it.
select l.id, l.name
from labels l
where l.tenant_id = $1 and l.project_id = $2 and l.id = any(@ids::uuid[]) and l.deleted_at is null
order by l.id
for share;

-- name: MakeLabel :one
-- every project: the project was locked through visible_to in the same transaction
-- One of that name is found, whoever made it.
insert into labels (tenant_id, id, project_id, name, hue)
values ($1, $2, $3, $4, $5)
on conflict (tenant_id, project_id, lower(name)) where deleted_at is null do update
set name = labels.name
returning id;

-- name: AddTicketLabel :exec
-- every project: the ticket was locked through visible_to in the same transaction
insert into ticket_labels (tenant_id, ticket_id, label_id, number)
values ($1, $2, $3, $4)
on conflict do nothing;

-- name: RemoveTicketLabel :exec
-- every project: the ticket was locked through visible_to in the same transaction
delete from ticket_labels
where tenant_id = $1 and ticket_id = $2 and label_id = $3;

-- name: TicketWatching :one
-- How many watch a ticket, and whether the person is one of them.
select count(*)::integer as watchers, coalesce(bool_or(w.user_id = $2), false)::boolean as mine
from ticket_watchers w
where w.tenant_id = $1
  and w.watching
  and w.ticket_id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k);

-- name: SetWatching :execrows
-- every project: the ticket was locked through visible_to in the same transaction
insert into ticket_watchers (tenant_id, ticket_id, user_id, watching, since)
values ($1, $2, $3, $4, @now::timestamptz)
on conflict (tenant_id, ticket_id, user_id) do update
set watching = excluded.watching, since = excluded.since
where ticket_watchers.watching <> excluded.watching;

-- name: WatchUnlessSaid :exec
-- every project: the ticket was locked through visible_to in the same transaction
-- What a person said of a ticket holds.
insert into ticket_watchers (tenant_id, ticket_id, user_id, watching, since)
values ($1, $2, $3, true, @now::timestamptz)
on conflict (tenant_id, ticket_id, user_id) do nothing;
