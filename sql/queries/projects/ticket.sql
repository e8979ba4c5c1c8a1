-- name: TakeNumber :one
-- The lock on the counter's row lasts to the end of the transaction: numbers have no gaps and no twins. It says as well
-- whether the id of what takes the number is one that only the tickets of an import have.
update ticket_counters c
set last_number = c.last_number + 1
from projects p, tenants n
where c.tenant_id = $1
  and p.tenant_id = $1
  and n.id = $1
  and c.project_id = p.id
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
returning p.id as project_id, c.last_number, p.archived_at, n.time_zone, exists (
    select
    from imports i
    where i.tenant_id = $1 and i.id between @low::uuid and @high::uuid
)::boolean as imported;

-- name: CreateTicket :execrows
-- every project: the number was taken through visible_to in the same transaction
insert into tickets (
    tenant_id, id, project_id, number, title, body, status, priority, assignee_id, author_id, rank, created_at, updated_at, closed_at, due_on,
    estimate, parent_id, started_at
)
values (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, @now::timestamptz, @now::timestamptz, @closed_at, sqlc.narg(due_on)::date,
    sqlc.narg(estimate)::smallint, sqlc.narg(parent_id)::uuid, case when @started::boolean then @now::timestamptz end
)
on conflict (tenant_id, id) do nothing;

-- name: TicketTwin :one
-- The ticket that the same form made before.
select p.key, t.number
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
where t.tenant_id = $1
  and t.project_id in (select v.project_id from visible_to($1, $2) v)
  and t.author_id = $2
  and t.id = $3;

-- name: TicketByNumber :one
select
    t.id, p.key, t.number, t.title, t.body, t.status, t.priority, t.assignee_id, coalesce(a.name, '') as assignee,
    t.author_id, u.name as author, t.comments, t.revision, t.created_at, t.updated_at, t.closed_at,
    coalesce(a.picture, '') as assignee_picture, st.name as status_name, st.kind as status_kind, t.due_on, t.estimate
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
join statuses st on st.tenant_id = t.tenant_id and st.project_id = t.project_id and st.slug = t.status
join users u on u.id = t.author_id
left join users a on a.id = t.assignee_id
where t.tenant_id = $1 and t.id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k) and t.deleted_at is null;

-- name: LockTicket :one
select
    t.id, t.project_id, t.number, t.title, t.body, t.status, t.priority, t.assignee_id, t.revision, t.closed_at, p.archived_at,
    n.time_zone, t.due_on, t.estimate, t.parent_id, p.key, t.author_id, t.created_at
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
join tenants n on n.id = t.tenant_id
where t.tenant_id = $1 and t.id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k) and t.deleted_at is null
for no key update of t;

-- name: EditTicket :exec
update tickets
set title = $4, body = $5, revision = revision + 1, updated_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: SetTicketStatus :exec
update tickets
set
    status = $4, rank = $5, closed_at = @closed_at, updated_at = @now::timestamptz,
    started_at = coalesce(started_at, case when @started::boolean then @now::timestamptz end)
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: SetTicketAssignee :exec
update tickets
set assignee_id = $4, updated_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: SetTicketPriority :exec
update tickets
set priority = $4, updated_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: BumpComments :exec
update tickets
set comments = comments + @by::integer, updated_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: HoldTicket :one
-- every project: files come for it from whoever was let in by its form, or with an import
select t.id, t.project_id, t.title
from tickets t
where t.tenant_id = $1 and t.id = $2
for no key update;

-- name: CountFiles :exec
-- every project: the ticket was locked through visible_to in the same transaction
-- Of the ticket and of its comments, without what somebody is still writing about.
update tickets t
set files = (
    select count(*)
    from attachments f
    left join comments c on c.tenant_id = f.tenant_id and c.id = f.comment_id
    where f.tenant_id = t.tenant_id
      and f.ticket_id = t.id
      and f.arrived_at is not null
      and f.deleted_at is null
      and f.draft_id is null
      and c.deleted_at is null
)
where t.tenant_id = $1 and t.id = $2;

-- name: ReassignTickets :execrows
-- Open tickets of somebody go to somebody else, or to nobody where that one may not see the project. They are chosen once:
-- a plain subquery may be run again for every row, and would then go beyond the limit.
with chosen as materialized (
    select t.id
    from tickets t
    where t.tenant_id = $1 and t.assignee_id = @giver::uuid and t.deleted_at is null and t.closed_at is null
    order by t.id
    limit @size
    for no key update
)

update tickets r
set
    assignee_id = case
        when r.project_id in (select v.project_id from visible_to($1, @receiver::uuid) v) then @receiver::uuid
    end,
    updated_at = @now::timestamptz
from chosen c
where r.tenant_id = $1 and r.id = c.id;

-- name: AssigneeNames :many
-- The names behind the ids that a ticket's history speaks of.
select u.id, u.name
from users u
where u.id = any(array(
    select nullif(x.id, '')::uuid
    from events e
    cross join lateral jsonb_array_elements_text(e.changes -> 'assignee') x (id)
    where e.tenant_id = $1
      and e.object_id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
      and e.action = 'ticket.assigned'
))
limit 500;
