-- name: LockTickets :many
-- Those of a project's tickets that are named, in an order that everybody takes them in.
select t.id, t.project_id, t.number, t.title, t.status, t.priority, t.assignee_id, t.closed_at, t.due_on, p.archived_at, n.time_zone, t.author_id, t.created_at
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
join tenants n on n.id = t.tenant_id
where t.tenant_id = $1
  and t.id = any(array(select k.ticket_id from unnest(@numbers::integer[]) n (number) cross join lateral ticket_at($1, $2, $3, n.number) k))
  and t.deleted_at is null
order by t.number
for no key update of t;

-- name: SetStatuses :exec
-- every project: the tickets were locked through visible_to in the same transaction
update tickets t
set
    status = @status, rank = x.rank, closed_at = case when @closed::boolean then coalesce(t.closed_at, @now::timestamptz) end,
    updated_at = @now::timestamptz, started_at = coalesce(t.started_at, case when @started::boolean then @now::timestamptz end)
from (select unnest(@ids::uuid[]) as id, unnest(@ranks::text[]) as rank) x
where t.tenant_id = $1 and t.id = x.id;

-- name: SetAssignees :exec
-- every project: the tickets were locked through visible_to in the same transaction
update tickets
set assignee_id = sqlc.narg(assignee_id)::uuid, updated_at = @now::timestamptz
where tenant_id = $1 and id = any(@ids::uuid[]);

-- name: SetPriorities :exec
-- every project: the tickets were locked through visible_to in the same transaction
update tickets
set priority = @priority, updated_at = @now::timestamptz
where tenant_id = $1 and id = any(@ids::uuid[]);

-- name: SetDueDates :exec
-- every project: the tickets were locked through visible_to in the same transaction
update tickets
set due_on = sqlc.narg(due_on)::date, updated_at = @now::timestamptz
where tenant_id = $1 and id = any(@ids::uuid[]);

-- name: TouchTickets :exec
-- every project: the tickets were locked through visible_to in the same transaction
update tickets
set updated_at = @now::timestamptz
where tenant_id = $1 and id = any(@ids::uuid[]);

-- name: LabelledAmong :many
-- every project: the tickets were locked through visible_to in the same transaction
-- How many labels tickets have, and whether one of them is the one that is asked for.
select h.ticket_id, count(*)::integer as labels, bool_or(h.label_id = @label::uuid)::boolean as has
from ticket_labels h
where h.tenant_id = $1 and h.ticket_id = any(@ids::uuid[])
group by h.ticket_id;

-- name: UnlabelTickets :exec
-- every project: the tickets were locked through visible_to in the same transaction
delete from ticket_labels
where tenant_id = $1 and label_id = $2 and ticket_id = any(@ids::uuid[]);
