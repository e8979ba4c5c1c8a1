-- name: Cause :one
-- What is told: the event, to whom it gave the ticket, and where the ticket is now.
-- every project: each recipient is asked about in Audience
select e.action, e.actor_id, e.changes, t.id as ticket_id, t.project_id, t.deleted_at is not null as deleted,
    coalesce(nullif(e.changes -> 'assignee' ->> 1, ''), '00000000-0000-0000-0000-000000000000')::uuid as given_to,
    coalesce(e.changes -> 'comment' ->> 1, '00000000-0000-0000-0000-000000000000')::uuid as comment_id,
    exists (
        select
        from comments c
        where c.tenant_id = e.tenant_id and c.id = (e.changes -> 'comment' ->> 1)::uuid and c.ticket_id = t.id and c.deleted_at is null
    ) as said
from events e
join tickets t on t.tenant_id = e.tenant_id and t.id = e.object_id
where e.tenant_id = $1 and e.id = @event;

-- name: Audience :many
-- Whom an event of the ticket may concern and who may see it now, but for who did it: what they have to do with it, and
-- what they want to hear of the project. Who wrote, has, was given, discusses or is named in a ticket watches it until they
-- say otherwise.
with concerned as (
    select w.user_id from ticket_watchers w where w.tenant_id = $1 and w.ticket_id = @ticket and w.watching
    union
    select t.author_id from tickets t where t.tenant_id = $1 and t.id = @ticket
    union
    select t.assignee_id from tickets t where t.tenant_id = $1 and t.id = @ticket and t.assignee_id is not null
    union
    select @given_to::uuid
    union
    select c.author_id from comments c where c.tenant_id = $1 and c.ticket_id = @ticket and c.deleted_at is null
    union
    select x.user_id from mentions x where x.tenant_id = $1 and x.ticket_id = @ticket
    union
    select l.user_id from notification_projects l where l.tenant_id = $1 and l.project_id = @project and l.level = 'everything'
)
select m.user_id, coalesce(w.watching, true) as watching, coalesce(l.level, 'mine') as level,
    coalesce((
        select x.id
        from mentions x
        where x.tenant_id = $1 and x.ticket_id = @ticket and x.user_id = m.user_id and x.comment_id is not distinct from sqlc.narg(comment)
    ), '00000000-0000-0000-0000-000000000000')::uuid as mention_id
from concerned o
join memberships m on m.tenant_id = $1 and m.user_id = o.user_id and m.left_at is null
left join ticket_watchers w on w.tenant_id = $1 and w.ticket_id = @ticket and w.user_id = m.user_id
left join notification_projects l on l.tenant_id = $1 and l.project_id = @project and l.user_id = m.user_id
where m.user_id is distinct from sqlc.narg(actor)
  and @project in (select v.project_id from visible_to($1, m.user_id) v);

-- name: ChoicesOf :many
select c.user_id, c.kind, c.way
from notification_choices c
where c.user_id = any(@people::uuid[]);

-- name: AddNotification :one
-- Once for each person and cause; who has a page open hears that there is something new.
with added as (
    insert into notifications (tenant_id, id, user_id, cause, kind, way, project_id, ticket_id, comment_id, actor_id, event_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict (tenant_id, user_id, cause) do nothing
    returning tenant_id, id, user_id
)
select a.id
from added a
cross join lateral pg_notify('plinth_events', json_build_object('t', a.tenant_id, 'u', a.user_id, 'a', 'notification')::text) told;

-- name: TicketsDue :many
-- Open tickets of somebody who can still see them, that are due from a day on up to another, and were not told of since
-- the date was set.
select t.id as ticket_id, t.project_id, t.assignee_id::uuid as user_id, t.due_on::date as due_on, u.time_zone, coalesce(l.level, 'mine') as level
from tickets t
join memberships m on m.tenant_id = $1 and m.user_id = t.assignee_id and m.left_at is null
join users u on u.id = t.assignee_id
left join notification_projects l on l.tenant_id = $1 and l.project_id = t.project_id and l.user_id = t.assignee_id
where t.tenant_id = $1
  and t.deleted_at is null
  and t.closed_at is null
  and t.due_on between @from_day::date and @to_day::date
  and t.id > @after
  and t.project_id in (select v.project_id from visible_to($1, t.assignee_id) v)
  and not exists (
      select
      from notifications n
      where n.tenant_id = $1 and n.user_id = t.assignee_id and n.cause = 'overdue:' || t.id || ':' || t.due_on
  )
order by t.id
limit @size;

-- name: ReadOfTicket :exec
-- Of a ticket that is deleted there is nothing more to open.
update notifications n
set read_at = now()
where n.tenant_id = $1 and n.ticket_id = $2 and n.read_at is null;

-- name: MoveWithTicket :exec
-- Who may see a notification is who may see the project its ticket is in.
update notifications n
set project_id = $3
where n.tenant_id = $1 and n.ticket_id = $2;
